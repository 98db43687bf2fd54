"""Reads Parquet, as on Hugging Face, with DuckDB: only the columns that are needed."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from training.errors import CollectionError
from training.prepare import records
from training.prepare.columns import ColumnsError, Roles, listed, missing, resolve
from training.prepare.items import Item
from training.prepare.records import Reading
from training.prepare.report import Report
from training.prepare.texts import NotReportsError

MAGIC = b"PAR1"
_ROWS = 10_000


def read_parquet(item: Item, reading: Reading) -> Iterator[Report]:
    """Read every row; columns without a role, such as images, are never read.

    Raises:
        CollectionError: the file is damaged, or a column that is needed is nested.
        NotReportsError: it contains no reports.
        ColumnsError: two columns could both be the findings, the impression or the report.
    """
    import duckdb

    with ExitStack() as stack:
        path = _plain_path(item, stack)
        base = stack.enter_context(duckdb.connect())
        try:
            described = base.execute(
                "SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM read_parquet(?))",
                [path],
            ).fetchall()
            types = dict(described)
            roles = _roles(item, types, reading)
            wanted = _columns(roles, types)
            # A whole result would be held in memory; DuckDB skips the row groups of other pages.
            page = (
                f"SELECT {', '.join(map(_quoted, wanted))}"  # noqa: S608  # quoted names
                " FROM read_parquet(?, file_row_number = true)"
                " WHERE file_row_number >= ? AND file_row_number < ?"
            )
            stem, number = item.path.stem, 0
            while rows := base.execute(page, [path, number, number + _ROWS]).fetchall():
                for values in rows:
                    row = dict(zip(wanted, values, strict=True))
                    yield records.read(row, roles, f"{stem}-{number}", reading)
                    number += 1
        except duckdb.Error as error:
            # Its messages may contain values.
            problem = f"cannot be read as Parquet ({type(error).__name__}); download it again"
            raise CollectionError(item.place, problem) from None


def _roles(item: Item, types: dict[str, str], reading: Reading) -> Roles:
    names = tuple(types)
    nested = [name for name in names if _is_nested(types[name])]
    try:
        roles = resolve(names, reading.columns)
    except ColumnsError as error:
        if not error.is_missing:
            raise
        raise NotReportsError(f"is Parquet; it {error}{_hint(nested)}") from None
    if not roles.is_usable:
        problem = f"is Parquet; it {missing(roles)}; {listed(names)}{_hint(nested)}"
        raise NotReportsError(problem)
    for name in (roles.findings, roles.impression, roles.text):
        if name is not None and types[name] != "VARCHAR":
            kind = "nested" if _is_nested(types[name]) else f"of type {types[name]}"
            problem = f"its column {name} is {kind}, not text; write the text into its own column"
            raise CollectionError(item.place, problem)
    return roles


def _columns(roles: Roles, types: dict[str, str]) -> list[str]:
    """The columns to read; a nested one identifies nothing."""
    named = [roles.findings, roles.impression, roles.text, *roles.ids, roles.patient]
    return [n for n in dict.fromkeys(named) if n is not None and not _is_nested(types[n])]


def _is_nested(kind: str) -> bool:
    return kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION"))


def _hint(nested: list[str]) -> str:
    if not nested:
        return ""
    return f"; nested columns ({len(nested)}) are not searched: write their texts into columns"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _plain_path(item: Item, stack: ExitStack) -> str:
    """A path for DuckDB, which reads `*`, `?` and `[` in a name as a pattern."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="impressions-parquet-")))
    path = folder / "input.parquet"
    named = getattr(item.file, "name", None)
    if isinstance(named, str) and Path(named).is_file():
        path.symlink_to(Path(named).resolve())
    else:
        item.file.seek(0)
        with path.open("wb") as copy:
            shutil.copyfileobj(item.file, copy)
    return str(path)
