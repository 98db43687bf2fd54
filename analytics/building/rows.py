"""The Lambda's row types, from tables.py: the zip holds the structs and no more."""

from __future__ import annotations

from analytics.tables import SCHEMA_VERSION, TABLES, Column, Kind, Table

_PYTHON: dict[Kind, str] = {
    "string": "str",
    "double": "float",
    "int": "int",
    "bigint": "int",
    "boolean": "bool",
    "timestamp": "str",
    "array<string>": "list[str]",
}
_HEAD = '''\
"""The rows of the lake's tables, one struct a table; written by `python -m analytics build`.

Change analytics/tables.py, not this. Columns are only ever added; `schema_version` tells the
readers which ones to expect. Times are UTC, `YYYY-MM-DD HH:MM:SS.mmm`. Every time but
`files.started_at` and `files.finished_at` is the landing object's LastModified, so that a replay
writes the same row again.
"""

from __future__ import annotations

import msgspec
'''


def source() -> str:
    """The module `chalicelib/output/tables.py`."""
    written = [table for table in TABLES.values() if table.row_type]
    structs = "".join(f"\n\n{_struct(table)}" for table in written)
    union = " | ".join(str(table.row_type) for table in written)
    names = "".join(f'    {table.row_type}: "{table.name}",\n' for table in written)
    return (
        f"{_HEAD}\nSCHEMA_VERSION = {SCHEMA_VERSION}\n{structs}\n\nRow = {union}\n"
        f"TABLES: dict[type[Row], str] = {{\n{names}}}\n"
    )


def _struct(table: Table) -> str:
    fields = "".join(f"    {_field(column)}\n" for column in table.columns)
    return (
        f"class {table.row_type}(msgspec.Struct, kw_only=True):\n"
        f'    """{table.comment}"""\n\n{fields}'
    )


def _field(column: Column) -> str:
    if column.name == "schema_version":
        return f"{column.name}: int = SCHEMA_VERSION"
    kind = _PYTHON[column.kind]
    return f"{column.name}: {kind} | None" if column.optional else f"{column.name}: {kind}"
