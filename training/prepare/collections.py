"""Finds the reports of a collection, whatever its form: by what its files hold."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

from training.errors import CollectionError
from training.prepare import free_text, open_i, tables
from training.prepare.report import Report

SUFFIXES = (".xml", ".txt", ".csv", ".json", ".jsonl", ".gz", ".zip")


def files_of(source: Path) -> list[Path]:
    """The files of a collection, in the order of their names.

    Raises:
        CollectionError: nothing is there, or nothing that could hold reports.
    """
    if source.is_file():
        return [source]
    if not source.is_dir():
        raise CollectionError(str(source), "does not exist; name a file or a folder of reports")
    found = sorted(
        path for path in source.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file()
    )
    if not found:
        known = ", ".join(SUFFIXES)
        raise CollectionError(str(source), f"holds no file of reports; their names end in {known}")
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
            raise CollectionError(str(path), "is no zip archive; fetch it again")
        elif tables.is_csv(path):
            yield from tables.read_csv(path)
        else:
            yield from tables.read_json(path)
    except OSError as error:
        problem = f"cannot be read ({error.strerror or type(error).__name__})"
        raise CollectionError(str(path), problem) from None
