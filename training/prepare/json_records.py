"""Reads JSON: an array, JSON Lines, one object, or lists of records under names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from chalicelib.errors import FileRejectedError
from chalicelib.intake.frames import MAX_RECORD_BYTES, Frame
from chalicelib.intake.reading import frames_of
from training.errors import CollectionError
from training.prepare import records, texts, wrapped
from training.prepare.columns import ColumnsError, Roles, listed, missing, resolve
from training.prepare.items import Item
from training.prepare.records import Reading
from training.prepare.report import LeftOut, Report

# How many records are looked at to find out whether a file contains reports.
_LOOKED_AT = 20


def read_json(item: Item, head: bytes, reading: Reading) -> Iterator[Report]:
    """Read every record; one that is not valid JSON is left out alone.

    Args:
        item: the file.
        head: its first bytes, decoded.
        reading: columns and patients.

    Raises:
        CollectionError: the records cannot be separated, or the file is damaged.
        NotReportsError: none of its first records has a text.
        ColumnsError: two fields could both be the findings, the impression or the report.
    """
    stem = item.path.name.split(".")[0]
    try:
        frames = _frames(item, head, reading)
        first = list(islice(frames, _LOOKED_AT))
        _check(first, reading)
        for found in chain(first, frames):
            yield _record(stem, found, reading)
    except FileRejectedError as error:
        raise texts.rejected(error, item.place) from None


def _frames(item: Item, head: bytes, reading: Reading) -> Iterator[Frame]:
    if wrapped.may_be(head) and not _begins_with_record(head, reading):
        yield from wrapped.frames(texts.stream(item.file), item.place)
    else:
        yield from frames_of(texts.stream(item.file))[1]


def _begins_with_record(head: bytes, reading: Reading) -> bool:
    """Whether the first line, or all of a short text, is a record of a report."""
    for text in (head.lstrip().split(b"\n", 1)[0], head):
        values = _decoded(text)
        if values is not None:
            return _is_record(values, reading)
    return False


def _is_record(values: dict[str, Any], reading: Reading) -> bool:
    try:
        return _has_text(resolve(tuple(values), reading.columns))
    except ColumnsError as error:
        return not error.is_missing


def _check(first: list[Frame], reading: Reading) -> None:
    """Raise NotReportsError unless one of the first records has a field for a text."""
    problem: str | None = None
    if len(first) == 1:
        _check_single(first[0], reading)
    for found in first:
        values = _decoded(found.data)
        if values is None:
            continue
        names = tuple(values)
        try:
            roles = resolve(names, reading.columns)
        except ColumnsError as error:
            if not error.is_missing:
                raise
            problem = problem or f"is JSON; a record {error}"
            continue
        if _has_text(roles):
            return
        problem = problem or f"is JSON; a record {missing(roles)}; {listed(names)}"
    if problem is not None:
        raise texts.NotReportsError(problem)


def _check_single(found: Frame, reading: Reading) -> None:
    """Raise NotReportsError if the only object of a file is a table of many reports."""
    if found.data is None:
        size = f"{MAX_RECORD_BYTES:,}"
        problem = f"is one JSON object of more than {size} bytes; write one record per report"
        raise texts.NotReportsError(problem)
    values = _decoded(found.data) or {}
    try:
        roles = resolve(tuple(values), reading.columns)
    except ColumnsError:
        return
    for name in (roles.findings, roles.impression, roles.text):
        if name is not None and isinstance(values[name], dict | list):
            problem = f"is JSON whose {name} is not a text; write one record per report"
            raise texts.NotReportsError(problem)


def _has_text(roles: Roles) -> bool:
    return bool(roles.findings or roles.impression or roles.text)


def _record(stem: str, found: Frame, reading: Reading) -> Report:
    name = f"{stem}-{found.index}"
    values = _decoded(found.data)
    if values is None:
        return LeftOut(name, "unreadable")
    try:
        roles = resolve(tuple(values), reading.columns)
    except ColumnsError as error:
        if error.is_missing:
            return LeftOut(name, "no findings")
        raise CollectionError(f"{stem}: record {found.index}", str(error)) from None
    return records.read(values, roles, name, reading)


def _decoded(data: bytes | None) -> dict[str, Any] | None:
    """The record's fields; None if it is no record. NaN is allowed: nobody may need its field."""
    if data is None:
        return None
    try:
        values = json.loads(data.decode("utf-8"), object_pairs_hook=_unique)
    except (ValueError, RecursionError):  # ValueError: also UnicodeDecodeError, and huge numbers
        return None
    return values if isinstance(values, dict) else None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):  # it is unclear which one was meant
        raise ValueError
    return values
