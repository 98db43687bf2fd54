"""A lake's tables and views in DuckDB, and queries on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

import duckdb
from sqlglot import exp

from analytics import sql as statements
from analytics.engine import dialect, reading
from analytics.engine.dialect import Translated
from analytics.engine.kinds import Kind, kind
from analytics.engine.macros import BEFORE, MACROS
from analytics.engine.results import Result, held
from analytics.engine.scope import Source
from analytics.engine.stops import stop_of
from analytics.errors import QueryError, UntranslatableError
from analytics.lake import Lake
from analytics.schema import TRINO, Table
from analytics.tables import CATALOG, DATABASE, FIRST_DAY, TABLES

# Nothing is downloaded at run time.
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
# DuckDB's errors for an object that does not match its table: truncated, not JSON, wrong type.
_UNREADABLE = (duckdb.InvalidInputException, duckdb.IOException, duckdb.ConversionException)
_WRONG_VALUE = "a value cannot be cast or read as the query requires"
_RANGE = "NUMERIC_VALUE_OUT_OF_RANGE: a number is out of the range of its type"
_MEMORY = (
    "there is not enough memory here for this query: read fewer days (WHERE dt BETWEEN DATE '…' "
    "AND DATE '…'), or run it on Athena"
)
_UNKNOWN = (duckdb.CatalogException, duckdb.BinderException, duckdb.ParserException)


def _explained(message: str) -> QueryError:
    """DuckDB's error of a value, without the value."""
    if "More than one row returned by a subquery" in message:
        return QueryError("SUBQUERY_MULTIPLE_ROWS: Scalar sub-query has returned multiple rows")
    if "out of range" in message or "Could not cast value" in message:
        return QueryError(_RANGE)
    return UntranslatableError(_WRONG_VALUE)


class Athena:
    """A local Athena; a context manager.

    A table is fetched when a query first refers to it. `damaged` lists the objects that were
    skipped because they are unreadable: a truncated object must not hide the others. `now` is the
    day of the projection's NOW, by default today in UTC.
    """

    def __init__(
        self, lake: Lake, warn: Callable[[str], None] | None = None, now: date | None = None
    ) -> None:
        self._lake = lake
        self._now = now or reading.today()
        self._warn = warn or (lambda _: None)
        self._files: dict[str, list[Path]] = {}
        self._odd: dict[str, set[Path]] = {}
        self._schema: dict[str, dict[str, Kind]] = {}
        self._only: dict[str, str] = {}
        self.damaged: list[str] = []
        # What does not fit into memory is written here, report text included; without it, to `.tmp`
        # in the current folder. Only the user may read it.
        self._spilled = TemporaryDirectory(prefix="impressions-spilled-")
        config = _CONFIG | {"temp_directory": self._spilled.name}
        self._duckdb = duckdb.connect(config=config)
        # The progress bar would be printed to stdout, among the results.
        self._duckdb.execute("SET enable_progress_bar = false")
        # The list checks every divisor itself; DuckDB would check constants in branches not taken.
        self._duckdb.execute("SET error_on_division_by_zero = false")
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
            raise QueryError(
                "INVALID_PARAMETER_USAGE: line 1:1: Incorrect number of parameters: "
                f"expected {wanted} but found {len(parameters)}"
            )
        self._define_all(tree)
        translated = dialect.to_duckdb(tree, self._schema)
        try:
            return self._run(translated, parameters)
        except _UNREADABLE as error:
            if not self._read_oddly():
                raise _explained(str(error)) from None
        try:
            return self._run(translated, parameters)
        except _UNREADABLE as error:
            raise _explained(str(error)) from None

    def restrict(self, conditions: Mapping[str, str]) -> None:
        """Restrict views to the rows that satisfy a condition, given in Athena's SQL.

        What reads such a view sees these rows only. To be called before a query names the views.
        """
        late = sorted(set(conditions) & set(self._schema))
        if late:
            raise ValueError(f"already read: {', '.join(late)}")
        self._only |= conditions

    def describe(self, name: str) -> list[tuple[str, str]]:
        """Columns of a table or view with their Athena types; raises QueryError."""
        self._define(name.lower())
        return [(column, one.shown) for column, one in self._schema[name.lower()].items()]

    def rows_of(self, name: str) -> int:
        """The number of rows in a table or view."""
        return int(self.query(f"SELECT count(*) AS n FROM {name}").rows[0][0])

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
            raise QueryError(_RANGE) from None
        except _UNREADABLE as error:
            stopped = stop_of(str(error))
            if stopped is not None:
                raise stopped from None
            raise
        except duckdb.OutOfMemoryException:
            raise UntranslatableError(_MEMORY) from None
        except UnicodeDecodeError:
            # DuckDB's message quotes a value, and may cut it inside a character.
            raise UntranslatableError(_WRONG_VALUE) from None
        except duckdb.Error as error:
            # Its message may quote a value, which is report text.
            problem = f"the local engine failed ({type(error).__name__})"
            raise UntranslatableError(problem) from None

    def _define_all(self, tree: exp.Expr) -> None:
        """Define all that a query reads."""
        for name, node in sorted(dialect.tables_of(tree).items()):
            self._check_database(node)
            if name not in {*self._schema, *TABLES, *statements.views()}:
                message = f"Table '{name}' does not exist; {_known()}"
                raise Source(tree.meta["text"]).error("TABLE_NOT_FOUND", node, message)
            self._define(name)

    def _check_database(self, node: exp.Table) -> None:
        """The lake is one database, and does not know under which name it was deployed."""
        catalog, database = node.catalog.lower(), node.db.lower()
        if catalog not in ("", CATALOG):
            raise UntranslatableError(f"the catalog {catalog} is on Athena only")
        if database not in ("", DATABASE):
            self._warn(f"{database}.{node.name.lower()} is read from this lake, its only database")

    def _define(self, name: str) -> None:
        """Define the table or view `name` in DuckDB, with everything that it reads."""
        if name in self._schema:
            return
        if name in TABLES:
            self._find(name)
            self._read_table(TABLES[name])
            return
        view = statements.views().get(name)
        if view is None:
            raise QueryError(f"TABLE_NOT_FOUND: Table '{name}' does not exist; {_known()}")
        sql = view.sql
        if name in self._only:
            sql = f"SELECT * FROM ({sql}) WHERE {self._only[name]}"
        tree = dialect.parse(sql)
        self._define_all(tree)
        made = dialect.to_duckdb(tree, self._schema)
        columns = ", ".join(f'"{column}"' for column, _ in made.columns)
        self._duckdb.execute(f'CREATE VIEW "{name}"({columns}) AS {made.sql}')
        self._schema[name] = dict(made.columns)

    def _find(self, name: str) -> None:
        """Find the objects of a table that Athena sees."""
        there = self._lake.files(name)
        files = reading.visible(there, self._now)
        if len(files) < len(there):
            last = reading.last_day(self._now)
            self._warn(
                f"{len(there) - len(files)} objects of {name} are invisible here as in Athena: "
                f"their days are not from {FIRST_DAY} to {last}"
            )
        self._files[name] = files
        self._odd[name] = {path for path in files if reading.has_capitals(path)}

    def _read_table(self, table: Table) -> None:
        odd = self._odd[table.name]
        plain = [path for path in self._files[table.name] if path not in odd]
        self._schema[table.name] = {name: kind(TRINO[one]) for name, one in table.kinds.items()}
        parts = [reading.strict(table, plain)] if plain else []
        parts += [reading.lenient(table, sorted(odd))] if odd else []
        source = " UNION ALL ".join(parts) or reading.nothing(table)
        self._duckdb.execute(f'CREATE OR REPLACE VIEW "{table.name}" AS {source}')

    def _read_oddly(self) -> bool:
        """Read objects that are not as they should be value by value, and skip damaged ones.

        Returns whether there were any.
        """
        found = False
        for name, files in self._files.items():
            odd = self._odd[name]
            bad = [
                path
                for path in files
                if path not in odd and not self._is_readable(TABLES[name], path)
            ]
            damaged = {path for path in bad if not self._is_whole(path)}
            for path in bad:
                if path in damaged:
                    key = f"{name}/{path.parent.name}/{path.name}"
                    self.damaged.append(key)
                    self._warn(
                        f"skipped: {self._lake.place}/{key} is damaged; upload its file again"
                    )
            if bad:
                found = True
                self._warn_of_odd(name, len(bad) - len(damaged))
                self._files[name] = [path for path in files if path not in damaged]
                odd.update(path for path in bad if path not in damaged)
                self._read_table(TABLES[name])
        return found

    def _warn_of_odd(self, name: str, count: int) -> None:
        if count:
            self._warn(
                f"{count} objects of {name} are read value by value, as Athena reads them: a line "
                "is not JSON, or a value has another type than its column"
            )

    def _is_readable(self, table: Table, path: Path) -> bool:
        columns = " + ".join(f'count("{one.name}")' for one in table.columns)
        try:
            self._duckdb.execute(
                f"SELECT {columns} FROM ({reading.strict(table, [path])})"
            ).fetchall()
        except duckdb.Error:
            return False
        return True

    def _is_whole(self, path: Path) -> bool:
        try:
            self._duckdb.execute(reading.lines([path])).fetchall()
        except duckdb.Error:
            return False
        return True


def _known() -> str:
    return "known tables and views: " + ", ".join([*TABLES, *statements.views()])
