"""The result document of one landing object, and its parts when the object was large."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from chalicelib.objects import ObjectRef
from chalicelib.output.tables import Row

Status = Literal["complete", "partial", "failed"]

# Sorted keys and gzip without a time: a replay writes the same bytes.
_ENCODER = msgspec.json.Encoder(order="sorted")


class Entry(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What became of one record under one model."""

    report_id: str | None
    impression: str | None
    model: str | None
    status: Literal["ok", "failed"]
    flags: list[str]
    error: dict[str, str] | None = None
    metadata: dict[str, Any] | None = None


class Counts(msgspec.Struct, frozen=True):
    """How many records an object held, and how they ended."""

    records: int
    ok: int
    failed: int

    @property
    def status(self) -> Status:
        """`complete`: none failed; `failed`: all of them did; `partial`: the rest."""
        if not self.failed:
            return "complete"
        return "partial" if self.ok else "failed"


def result_document(
    ref: ObjectRef,
    counts: Counts,
    *,
    entries: Sequence[Entry] | None = None,
    parts: Sequence[str] | None = None,
) -> bytes:
    """Write the document: with the impressions, or with the keys of the parts that hold them."""
    document: dict[str, Any] = {
        "source": {"bucket": ref.bucket, "key": ref.key, "etag": ref.etag},
        "status": counts.status,
        "counts": counts,
    }
    if parts is None:
        document["impressions"] = list(entries or ())
    else:
        document["parts"] = list(parts)
    return _ENCODER.encode(document)


def part_lines(entries: Sequence[Entry]) -> bytes:
    """Write a part: the same entries, JSON Lines."""
    return _ENCODER.encode_lines(entries)


def table_lines(rows: Sequence[Row]) -> bytes:
    """Write rows as JSON Lines, gzip."""
    return gzip.compress(_ENCODER.encode_lines(rows), mtime=0)
