"""JSON and JSON Lines as their strictest readers take them."""

from __future__ import annotations

import json
from typing import Any

import msgspec


def decode(line: bytes) -> Any:
    """Read JSON strictly: NaN and Infinity are refused."""
    return msgspec.json.decode(line)


def lines(data: bytes) -> list[bytes]:
    """Cut JSON Lines as its readers do: at every newline, CR too."""
    assert data.endswith(b"\n")
    assert b"\r" not in data
    return data[:-1].split(b"\n")


def json_lines(*records: object) -> bytes:
    """Write JSON Lines."""
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)
