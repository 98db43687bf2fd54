"""The findings in the committed examples, so that training can leave them out."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from training.errors import ExamplesError
from training.synthetic.stream import normalised


def held_out(folder: Path) -> frozenset[str]:
    """Normalised findings of every readable record in the folder.

    Raises:
        ExamplesError: the folder is missing or a whole file cannot be read.
    """
    if not folder.is_dir():
        raise ExamplesError(folder, "no such folder")
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return frozenset(normalised(text) for path in paths for text in findings_in(path))


def findings_in(path: Path) -> Iterator[str]:
    """Findings of one file; records without findings are skipped.

    Raises:
        ExamplesError: the file is neither text nor gzip-compressed text.
    """
    try:
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        text = raw.decode()
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise ExamplesError(path, str(error)) from error
    for record in _records(text):
        findings = record.get("findings") if isinstance(record, dict) else None
        if isinstance(findings, str) and findings.strip():
            yield findings


def _records(text: str) -> list[Any]:
    """The records of a JSON document or of JSON Lines; broken lines are skipped."""
    try:
        document = json.loads(text)
    except ValueError:
        return [record for line in text.splitlines() for record in _line(line)]
    return document if isinstance(document, list) else [document]


def _line(line: str) -> list[Any]:
    try:
        return [json.loads(line)]
    except ValueError:
        return []
