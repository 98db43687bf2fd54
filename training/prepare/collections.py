"""Reads the reports of a collection; each file's format is detected from name and content."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

from training.errors import CollectionError
from training.prepare import free_text, open_i, tables
from training.prepare.report import Report

SUFFIXES = (".xml", ".txt", ".csv", ".json", ".jsonl", ".gz", ".zip")


def files_of(source: Path) -> list[Path]:
    """The files of a collection, sorted by name.

    Raises:
        CollectionError: the source does not exist, or contains no file of a known format.
    """
    if source.is_file():
        return [source]
    if not source.is_dir():
        raise CollectionError(str(source), "does not exist; give a file or a folder of reports")
    found = sorted(
        path for path in source.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file()
    )
    if not found:
        known = ", ".join(SUFFIXES)
        raise CollectionError(str(source), f"contains no report files; known extensions: {known}")
    return found


def read(path: Path) -> Iterator[Report]:
    """Read one file of a collection.

    Raises:
        CollectionError: it cannot be read.
    """
    try:
        if path.suffix.lower() == ".xml":
            yield open_i.read_xml(path)
        elif path.suffix.lower() == ".txt":
            yield from free_text.read_text(path)
        elif zipfile.is_zipfile(path):
            yield from free_text.read_zip(path)
        elif path.suffix.lower() == ".zip":
            raise CollectionError(str(path), "is not a zip archive; download it again")
        elif tables.is_csv(path):
            yield from tables.read_csv(path)
        else:
            yield from tables.read_json(path)
    except OSError as error:
        problem = f"cannot be read ({error.strerror or type(error).__name__})"
        raise CollectionError(str(path), problem) from None
