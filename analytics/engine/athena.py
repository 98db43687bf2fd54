"""A lake's tables and views in DuckDB, and queries on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

import duckdb

from analytics import sql as statements
from analytics.engine import dialect
from analytics.engine.dialect import Translated
from analytics.engine.kinds import Kind, kind
from analytics.engine.macros import BEFORE, MACROS
from analytics.engine.results import Result, held
from analytics.errors import QueryError, UntranslatableError
from analytics.lake import Lake
from analytics.tables import DUCKDB, PARTITION, TABLES, TRINO, Table

# Nothing is downloaded at run time.
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
# DuckDB's errors for an object that does not match its table: truncated, not JSON, wrong type.
_UNREADABLE = (duckdb.InvalidInputException, duckdb.IOException, duckdb.ConversionException)
_WRONG_VALUE = "a value cannot be cast or read as the query requires"
_UNKNOWN = (duckdb.CatalogException, duckdb.BinderException, duckdb.ParserException)


class Athena:
    """A local Athena; a context manager.

    A table is fetched when a query first refers to it. `damaged` lists the objects that were
    skipped because they are unreadable: a truncated object must not hide the others.
    """

    def __init__(self, lake: Lake, warn: Callable[[str], None] | None = None) -> None:
        self._lake = lake
        self._warn = warn or (lambda _: None)
        self._files: dict[str, list[Path]] = {}
        self._schema: dict[str, dict[str, Kind]] = {}
        self.damaged: list[str] = []
        # What does not fit into memory is written here, report text included; without it, to `.tmp`
        # in the current folder. Only the user may read it.
        self._spilled = TemporaryDirectory(prefix="impressions-spilled-")
        config = _CONFIG | {"temp_directory": self._spilled.name}
        self._duckdb = duckdb.connect(config=config)
        # The progress bar would be printed to stdout, among the results.
        self._duckdb.execute("SET enable_progress_bar = false")
        self._duckdb.execute(BEFORE)
        self._duckdb.execute(MACROS)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close DuckDB and delete what it wrote to disk."""
        self._duckdb.close()
        self._spilled.cleanup()

    def query(self, sql: str, parameters: Sequence[str] = ()) -> Result:
        """Run one query; `parameters` replace its question marks, in order.

        Raises:
            QueryError: Athena would reject it too.
            UntranslatableError: Athena accepts it, but the local engine does not.
            AwsError: the lake does not exist or access is denied.
        """
        tree = dialect.parse(sql)
        wanted = dialect.parameters_of(tree)
        if wanted != len(parameters):
            raise QueryError(f"the query has {wanted} parameters (?), {len(parameters)} were given")
        for name in sorted(dialect.tables_of(tree)):
            self._define(name)
        translated = dialect.to_duckdb(tree, self._schema)
        try:
            return self._run(translated, parameters)
        except _UNREADABLE:
            if not self._skip_damaged():
                raise UntranslatableError(_WRONG_VALUE) from None
            return self._run(translated, parameters)

    def describe(self, name: str) -> list[tuple[str, str]]:
        """Columns of a table or view with their Athena types; raises QueryError."""
        self._define(name.lower())
        return [(column, one.shown) for column, one in self._schema[name.lower()].items()]

    def rows_of(self, name: str) -> int:
        """The number of rows in a table or view."""
        return int(self.query(f"SELECT count(*) AS n FROM {name}").rows[0][0])  # noqa: S608  # ours

    def _run(self, translated: Translated, parameters: Sequence[str]) -> Result:
        try:
            rows = self._duckdb.execute(translated.sql, list(parameters)).fetchall()
            kinds = [one for _, one in translated.columns]
            columns = tuple((name, one.shown) for name, one in translated.columns)
            return Result(columns, held(rows, kinds))
        except _UNKNOWN as error:
            first = " ".join(str(error).splitlines()[0].split())
            raise UntranslatableError(f"the local engine cannot run this: {first}") from None
        except duckdb.OutOfRangeException:
            raise QueryError("a number is out of range") from None
        except _UNREADABLE:
            raise
        except UnicodeDecodeError:
            # DuckDB's message quotes a value, and may cut it inside a character.
            raise UntranslatableError(_WRONG_VALUE) from None
        except duckdb.Error as error:
            # Its message may quote a value, which is report text.
            problem = f"the local engine failed ({type(error).__name__})"
            raise UntranslatableError(problem) from None

    def _define(self, name: str) -> None:
        """Define the table or view `name` in DuckDB, with everything that it reads."""
        if name in self._schema:
            return
        if name in TABLES:
            self._files[name] = self._lake.files(name)
            self._read_table(TABLES[name])
            return
        view = statements.views().get(name)
        if view is None:
            known = ", ".join([*TABLES, *statements.views()])
            raise QueryError(f"table {name} does not exist; known tables and views: {known}")
        tree = dialect.parse(view.sql)
        for other in sorted(dialect.tables_of(tree)):
            self._define(other)
        made = dialect.to_duckdb(tree, self._schema)
        columns = ", ".join(f'"{column}"' for column, _ in made.columns)
        self._duckdb.execute(f'CREATE VIEW "{name}"({columns}) AS {made.sql}')
        self._schema[name] = dict(made.columns)

    def _read_table(self, table: Table) -> None:
        files = self._files[table.name]
        self._schema[table.name] = {
            name: kind(TRINO[one]) for name, one in table.kinds.items()
        }
        source = _reader(table, files) if files else _nothing(table)
        self._duckdb.execute(f'CREATE OR REPLACE VIEW "{table.name}" AS {source}')

    def _skip_damaged(self) -> bool:
        """Skip the objects that cannot be read; returns whether there were any."""
        found = False
        for name, files in self._files.items():
            bad = [path for path in files if not self._is_readable(TABLES[name], path)]
            for path in bad:
                key = f"{name}/{path.parent.name}/{path.name}"
                self.damaged.append(key)
                self._warn(f"skipped: {self._lake.place}/{key} is damaged; upload its file again")
            if bad:
                found = True
                self._files[name] = [path for path in files if path not in set(bad)]
                self._read_table(TABLES[name])
        return found

    def _is_readable(self, table: Table, path: Path) -> bool:
        columns = " + ".join(f'count("{one.name}")' for one in table.columns)
        try:
            self._duckdb.execute(f"SELECT {columns} FROM ({_reader(table, [path])})").fetchall()  # noqa: S608  # our own tables, paths quoted
        except duckdb.Error:
            return False
        return True


def _reader(table: Table, files: Iterable[Path]) -> str:
    """DuckDB's reader of the table's columns: missing fields are null, extra ones are ignored."""
    names = ", ".join(_quoted(str(path)) for path in files)
    columns = ", ".join(f"{one.name}: {_quoted(DUCKDB[one.kind])}" for one in table.columns)
    return (
        f"SELECT * FROM read_json([{names}], format = 'newline_delimited', compression = 'gzip', "  # noqa: S608  # our own tables, paths quoted
        f"columns = {{{columns}}}, maximum_object_size = 268435456, hive_partitioning = true, "
        f"hive_types = {{'{PARTITION}': DATE}})"
    )


def _nothing(table: Table) -> str:
    """A table without rows."""
    columns = [f'NULL::{DUCKDB[kind]} AS "{name}"' for name, kind in table.kinds.items()]
    return f"SELECT {', '.join(columns)} WHERE false"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
