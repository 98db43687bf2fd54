"""Reads tables as text: CSV with any usual delimiter, one report per row."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from chalicelib.errors import FileRejectedError
from training.errors import CollectionError
from training.prepare import records, texts
from training.prepare.columns import Columns, ColumnsError, Roles, listed, missing, resolve
from training.prepare.items import Item
from training.prepare.records import Reading
from training.prepare.report import Report

DELIMITERS = (",", ";", "\t", "|")
_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
# Python's default is 131,072: a longer field is a whole document, or a quote that is not closed.
LONGEST_FIELD = 1 << 24


@dataclass(frozen=True)
class Header:
    """A table's delimiter and its columns."""

    delimiter: str
    names: tuple[str, ...]
    roles: Roles


def header_of(head: bytes, columns: Columns) -> Header:
    """The header in the first bytes of a text: the delimiter whose columns are known, or most.

    Raises:
        NotReportsError: no delimiter gives a table that contains reports.
        ColumnsError: two columns could both be the findings, the impression or the report.
    """
    line = _first_line(head)
    tables = [(_split(line, delimiter), delimiter) for delimiter in DELIMITERS]
    names, delimiter = max(tables, key=lambda one: len(one[0]))
    ambiguous: ColumnsError | None = None
    for found, separator in sorted(tables, key=lambda one: -len(one[0])):
        try:
            roles = resolve(found, columns)
        except ColumnsError as error:
            ambiguous = ambiguous or error
            continue
        if roles.is_usable:
            return Header(separator, found, roles)
    if ambiguous is not None and not ambiguous.is_missing:
        raise ambiguous
    if len(names) == 1:
        raise texts.NotReportsError(
            "is neither JSON, XML nor a table (its first line has no commas, semicolons, tabs or"
            " bars); save it as CSV or JSON Lines"
        )
    looks = f"looks like a table separated by {_NAMES[delimiter]}; it"
    if ambiguous is not None:
        raise texts.NotReportsError(f"{looks} {ambiguous}")
    problem = missing(resolve(names, columns))
    raise texts.NotReportsError(f"{looks} {problem}; {listed(names)}")


def delimiter_of(head: bytes) -> str:
    """The delimiter that gives the first line of a text the most columns."""
    line = _first_line(head)
    return max(DELIMITERS, key=lambda delimiter: len(_split(line, delimiter)))


def read_table(item: Item, header: Header, reading: Reading) -> Iterator[Report]:
    """Read every row.

    Raises:
        CollectionError: its encoding is unknown, or its quotes do not match.
    """
    stem = item.path.name.split(".")[0]
    with texts.open_text(item.file) as text, _long_fields():
        rows = csv.reader(text, delimiter=header.delimiter, strict=True)
        try:
            for number, values in enumerate(_data(rows)):
                row = dict(zip(header.names, values, strict=False))  # a short row lacks its last
                yield records.read(row, header.roles, f"{stem}-{number}", reading)
        except UnicodeDecodeError:
            raise CollectionError(item.place, "is not UTF-8; save it as UTF-8") from None
        except FileRejectedError as error:
            raise texts.rejected(error, item.place) from None
        except csv.Error as error:
            place = f"{item.place}: line {rows.line_num}"
            raise CollectionError(place, _problem(error)) from None


def _data(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    """The rows after the header, without blank lines."""
    filled = (values for values in rows if values)
    next(filled, None)
    return filled


def _first_line(head: bytes) -> str:
    return head.decode("utf-8", "replace").lstrip("\r\n").split("\n", 1)[0].rstrip("\r")


def _split(line: str, delimiter: str) -> tuple[str, ...]:
    try:
        values = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return ()
    return tuple(value.strip().strip("\ufeff") for value in values)


@contextmanager
def _long_fields() -> Iterator[None]:
    before = csv.field_size_limit(LONGEST_FIELD)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _problem(error: csv.Error) -> str:
    if "field limit" in str(error):
        return f"a field has more than {LONGEST_FIELD:,} characters; is its quote closed? Fix it"
    return f"is not valid CSV ({error}); fix its quotes"
