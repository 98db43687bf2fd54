"""Reads a table's objects as Athena's JSON SerDe does, with the projection's range of days.

Most objects are read strictly, which is fast. One that cannot be read so, or that spells a column's
name with capitals, is read value by value: a line that is not JSON is a row of nulls, and a value
of another type stops the queries that read its column.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from analytics.engine.stops import marked
from analytics.schema import DUCKDB, PARTITION, Kind, Table
from analytics.tables import FIRST_DAY

_CAPITALS = re.compile(rb'[{,]\s*"[^"\\A-Z]*[A-Z][^"\\]*"\s*:')
_OPTIONS = "format = 'newline_delimited', compression = 'gzip', maximum_object_size = 268435456"
_HIVE = f"hive_partitioning = true, hive_types = {{'{PARTITION}': DATE}}"
_START = 2048  # bytes of an object in which capitals are looked for, compressed
_INFLATED = 16_384


def today() -> date:
    """The day in UTC, as the projection's NOW."""
    return datetime.now(UTC).date()


def last_day(now: date) -> date:
    """The last day of the projection: NOW+1DAYS."""
    return now + timedelta(days=1)


def visible(files: Iterable[Path], now: date) -> list[Path]:
    """The objects in partitions that Athena projects."""
    first, last = date.fromisoformat(FIRST_DAY), last_day(now)
    return [path for path in files if _is_within(path, first, last)]


def _is_within(path: Path, first: date, last: date) -> bool:
    try:
        day = date.fromisoformat(path.parent.name.removeprefix(f"{PARTITION}="))
    except ValueError:
        return False  # such as the 30th of February: no projected day
    return first <= day <= last


def has_capitals(path: Path) -> bool:
    """Whether the start of an object has a key with capitals, which Athena reads as well."""
    try:
        with path.open("rb") as file:
            start = zlib.decompressobj(31).decompress(file.read(_START), _INFLATED)
    except (OSError, zlib.error):
        return False  # read strictly, which says what is wrong
    return _CAPITALS.search(start) is not None


def strict(table: Table, files: Iterable[Path]) -> str:
    """Columns as they should be: missing fields are null, extra ones are ignored."""
    columns = ", ".join(f"{one.name}: {_quoted(DUCKDB[one.kind])}" for one in table.columns)
    return (
        f"SELECT * FROM read_json([{_paths(files)}], {_OPTIONS}, columns = {{{columns}}}, {_HIVE})"
    )


def lenient(table: Table, files: Iterable[Path]) -> str:
    """Value by value; a value of another type stops the query that reads it."""
    values = ", ".join(
        f"{_converted(table, one.name, one.kind)} AS {one.name}" for one in table.columns
    )
    return (
        f"SELECT {values}, {PARTITION} FROM (SELECT json AS line, {PARTITION} "
        f"FROM read_json_objects([{_paths(files)}], {_OPTIONS}, ignore_errors = true, {_HIVE}))"
    )


def lines(files: Iterable[Path]) -> str:
    """A query that reads whole objects, and fails if one is truncated or not compressed."""
    reader = f"read_json_objects([{_paths(files)}], {_OPTIONS}, ignore_errors = true)"
    return f"SELECT count(json) FROM {reader}"


def nothing(table: Table) -> str:
    """A table without rows."""
    columns = [f'NULL::{DUCKDB[kind]} AS "{name}"' for name, kind in table.kinds.items()]
    return f"SELECT {', '.join(columns)} WHERE false"


def _converted(table: Table, name: str, kind: Kind) -> str:
    key = f"list_filter(json_keys(line), lambda k: lower(k) = '{name}')[-1]"
    value = f"json_extract(line, '/' || {key})"
    text = f"json_extract_string(line, '/' || {key})"
    held = DUCKDB[kind]
    bad = f"error({marked(f'HIVE_BAD_DATA: a value of {table.name}.{name} is no {kind}')})"
    cast = f"TRY_CAST({text} AS {held})"
    match kind:
        case "string":
            done = f"WHEN true THEN {text}"
        case "double":
            kinds = "('VARCHAR', 'DOUBLE', 'BIGINT', 'UBIGINT')"
            done = f"WHEN json_type({value}) IN {kinds} AND {cast} IS NOT NULL THEN {cast}"
        case "int" | "bigint":
            done = (
                f"WHEN regexp_full_match({text}, '[+-]?[0-9]+') AND {cast} IS NOT NULL THEN {cast}"
            )
        case "boolean":
            done = f"WHEN lower({text}) IN ('true', 'false') THEN lower({text}) = 'true'"
        case "array<string>":
            done = f"WHEN json_type({value}) = 'ARRAY' THEN CAST({value} AS {held})"
        case _:
            done = f"WHEN json_type({value}) = 'VARCHAR' AND {cast} IS NOT NULL THEN {cast}"
    null = f"{value} IS NULL OR json_type({value}) = 'NULL'"
    return f"CASE WHEN {null} THEN NULL {done} ELSE {bad} END"


def _paths(files: Iterable[Path]) -> str:
    return ", ".join(_quoted(str(path)) for path in files)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
