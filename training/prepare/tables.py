"""Reads collections of structured records: JSON Lines, MEDIQA's JSON array, Kaggle's CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from chalicelib.errors import FileRejectedError, RecordRejectedError
from chalicelib.intake.decoding import PIECE_BYTES, TextStream
from chalicelib.intake.frames import Frame
from chalicelib.intake.json_text.decoding import ID_FIELDS
from chalicelib.intake.json_text.reading import read_record
from chalicelib.intake.reading import frames_of
from training.errors import CollectionError
from training.prepare.report import LeftOut, Reason, Report, report

# A collection may be far larger than the Lambda's limit.
MOST_BYTES = 1 << 40
LONGEST_FINDINGS = 20_000
CSV_ID_FIELDS = (*ID_FIELDS, "uid")
CSV_FIELDS = frozenset({"findings", "impression"})


def read_json(path: Path) -> Iterator[Report]:
    """Read the system's own formats: an array, JSON Lines or one object, optionally gzip.

    Raises:
        CollectionError: the file is not JSON, is empty or is damaged.
    """
    try:
        _, frames = frames_of(TextStream(_pieces(path), MOST_BYTES))
        for found in frames:
            yield _record(path, found)
    except FileRejectedError as error:
        raise CollectionError(str(path), str(error)) from None


def is_csv(path: Path) -> bool:
    """Whether the first line contains the two required column names."""
    with path.open("rb") as file:
        first = file.readline(1 << 16).decode("utf-8-sig", "replace").lower()
    if first.startswith(("{", "[")):
        return False
    names = (name.strip(' "') for name in first.strip().split(","))
    return set(names) >= CSV_FIELDS


def read_csv(path: Path) -> Iterator[Report]:
    """Read a table with the columns `findings` and `impression`, one report per row.

    Raises:
        CollectionError: it is not UTF-8, or its quotes do not match.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file, strict=True)
        try:
            yield from _rows(path, rows)
        except UnicodeDecodeError:
            raise CollectionError(str(path), "is not UTF-8; save it as UTF-8") from None
        except csv.Error as error:
            place = f"{path}: line {rows.line_num}"
            raise CollectionError(place, f"is not valid CSV ({error}); fix its quotes") from None


def _rows(path: Path, rows: Iterator[list[str]]) -> Iterator[Report]:
    names = [name.strip().lower() for name in next(rows)]
    for number, values in enumerate(rows):
        row = dict(zip(names, values, strict=False))  # a short row lacks its last columns
        found = (row[field] for field in CSV_ID_FIELDS if row.get(field))
        name = next(found, f"{path.stem}-{number}")
        yield report(name, row.get("findings"), row.get("impression"))


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            yield piece


def _record(path: Path, found: Frame) -> Report:
    try:
        record = read_record(found, path.stem, LONGEST_FINDINGS)
    except RecordRejectedError as error:
        return LeftOut(error.report_id or f"record {found.index}", _reason(error))
    return report(record.report_id, record.findings, record.impression)


def _reason(error: RecordRejectedError) -> Reason:
    if error.field != "findings":
        return "unreadable"
    return "findings too long" if "longer" in str(error) else "no findings"
