"""What a table of the lake is made of: columns, types and their names in Athena and in DuckDB."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["string", "double", "int", "bigint", "boolean", "timestamp", "date", "array<string>"]

PARTITION = "dt"
# Glue (Hive) types in Athena's SQL and in DuckDB.
TRINO: dict[Kind, str] = {
    "string": "varchar",
    "double": "double",
    "int": "integer",
    "bigint": "bigint",
    "boolean": "boolean",
    "timestamp": "timestamp(3)",
    "date": "date",
    "array<string>": "array(varchar)",
}
DUCKDB: dict[Kind, str] = {
    "string": "VARCHAR",
    "double": "DOUBLE",
    "int": "INTEGER",
    "bigint": "BIGINT",
    "boolean": "BOOLEAN",
    "timestamp": "TIMESTAMP",
    "date": "DATE",
    "array<string>": "VARCHAR[]",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `kind` is a Glue (Hive) type, `optional` means that it may be null.

    `report_text` columns contain what a radiologist or a model wrote, or may contain it.
    """

    name: str
    kind: Kind
    comment: str
    optional: bool = False
    report_text: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the lake: `lake/<name>/dt=YYYY-MM-DD/<object>.jsonl.gz`.

    The `key` columns identify a row; `newest` orders the duplicates that a replay writes.
    `row_type` is the struct that the Lambda writes, or None if no Lambda writes the table.
    """

    name: str
    comment: str
    key: tuple[str, ...]
    newest: str
    row_type: str | None
    columns: tuple[Column, ...]

    @property
    def report_text(self) -> frozenset[str]:
        """The names of the columns with report text."""
        return frozenset(one.name for one in self.columns if one.report_text)

    @property
    def kinds(self) -> dict[str, Kind]:
        """Types by column, the partition last, as Athena lists them."""
        return {**{one.name: one.kind for one in self.columns}, PARTITION: "date"}
