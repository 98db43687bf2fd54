"""Translates FROM: tables, subqueries, VALUES, UNNEST and joins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from sqlglot import exp

from analytics.engine.casts import implicit
from analytics.engine.functions.model import Typed
from analytics.engine.kinds import BIGINT, UNKNOWN, Kind, common
from analytics.engine.scope import Columns, Field, Scope, Source
from analytics.errors import UntranslatableError

if TYPE_CHECKING:
    from analytics.engine.expressions import Expressions


class Queries(Protocol):
    """What a FROM clause needs of the statement that it is a part of."""

    source: Source

    def numbered(self, letter: str) -> str:
        """A name that is not there yet."""

    def expressions(self, scope: Scope, clause: str | None = None) -> Expressions:
        """A translator of expressions."""

    def table(self, node: exp.Expr) -> tuple[str, Columns]:
        """A table, a view or a name of WITH."""

    def query(self, node: exp.Expr, outer: Scope | None) -> tuple[str, Columns]:
        """The SQL of a query and its columns."""


class Relations:
    """The relations of one FROM clause, in `scope`, and their SQL."""

    def __init__(self, queries: Queries, outer: Scope | None) -> None:
        self._queries = queries
        self.scope = Scope(outer=outer)

    def of(self, node: exp.Expr) -> str:
        """The SQL after FROM."""
        sql, fields = self._one(node.this)
        self.scope.fields += fields
        return sql

    def join(self, node: exp.Expr) -> str:
        """The SQL of one more join."""
        side, kind = (node.args.get("side") or ""), (node.args.get("kind") or "")
        on, using = node.args.get("on"), node.args.get("using")
        word = "CROSS JOIN" if on is None and not using else f"{side} JOIN".strip()
        if kind in ("SEMI", "ANTI", "STRAIGHT", "ARRAY"):
            raise self._queries.source.error("SYNTAX_ERROR", node, f"no {kind} JOIN in Athena")
        sql, fields = self._one(node.this)
        if using:
            return f"{word} {sql} ON {self._using(using, fields, side)}"
        self.scope.fields += fields
        if on is None:
            return f"{word} {sql}"
        expressions = self._queries.expressions(self.scope, "JOIN")
        if isinstance(node.this, (exp.Unnest, exp.Lateral)) and on != exp.true():
            raise UntranslatableError("UNNEST joined on a condition runs on Athena only")
        return f"{word} {sql} ON {expressions.condition(on, 'JOIN ON clause')}"

    def _using(self, using: list[exp.Expr], fields: list[Field], side: str) -> str:
        parts = []
        merged: list[Field] = []
        for one in using:
            name = one.name.lower()
            left = self.scope.find(name, None)
            right = [each for each in fields if each.name == name]
            if len(left) != 1 or len(right) != 1:
                message = f"Column '{name}' is missing from one side of the join"
                raise self._queries.source.error("COLUMN_NOT_FOUND", one, message)
            kind = common(left[0].kind, right[0].kind)
            if kind is None:
                message = f"join using {name}: {left[0].kind} and {right[0].kind}"
                raise self._queries.source.error("TYPE_MISMATCH", one, message)
            a, b = (implicit(Typed(each.sql, each.kind), kind) for each in (left[0], right[0]))
            parts.append(f"{a} = {b}")
            value = {"RIGHT": b, "FULL": f"coalesce({a}, {b})"}.get(side, a)
            merged.append(Field(name, kind, value, ""))
        names = {one.name for one in merged}
        rest = [
            Field(one.name, one.kind, one.sql, one.of, hidden=one.hidden or one.name in names)
            for one in [*self.scope.fields, *fields]
            if one.of or one.name not in names
        ]
        self.scope.fields = merged + rest
        return " AND ".join(parts)

    def _one(self, node: exp.Expr) -> tuple[str, list[Field]]:
        if isinstance(node, exp.Unnest):
            return self._unnest(node)
        if isinstance(node, exp.Table):
            if not isinstance(node.this, exp.Identifier):
                raise UntranslatableError("table functions run on Athena only")
            sql, columns = self._queries.table(node)
            name = node.alias_or_name.lower()
        elif isinstance(node, exp.Lateral):
            inner = node.this
            if isinstance(inner, exp.Unnest):
                return self._unnest(inner)
            sql, columns = self._queries.query(inner, self.scope)
            sql, name = f"LATERAL ({sql})", node.alias.lower()
        elif isinstance(node, (exp.Subquery, exp.Values)):
            if isinstance(node, exp.Subquery) and isinstance(node.this, (exp.Table, exp.Join)):
                raise UntranslatableError("a join in parentheses runs on Athena only")
            sql, columns = self._queries.query(node, self.scope.outer)
            sql, name = f"({sql})", node.alias.lower()
        else:
            raise UntranslatableError(f"{type(node).__name__.lower()} in FROM runs on Athena only")
        alias = self._queries.numbered("r")
        is_table = sql.startswith('"')
        renamed = self._renamed(node, columns)
        fields = [
            Field(shown, kind, f'{alias}."{given}"' if is_table else f"{alias}.c{place}", name)
            for place, ((shown, kind), (given, _)) in enumerate(zip(renamed, columns, strict=True))
        ]
        return f"{sql} AS {alias}", fields

    def _renamed(self, node: exp.Expr, columns: Columns) -> Columns:
        alias = node.args.get("alias")
        names = [one.name.lower() for one in (alias.args.get("columns") or [])] if alias else []
        if names and len(names) != len(columns):
            message = (
                f"Column alias list has {len(names)} entries but '{node.alias}' has "
                f"{len(columns)} columns available"
            )
            raise self._queries.source.error("MISMATCHED_COLUMN_ALIASES", node, message)
        return tuple((names[i] if names else name, kind) for i, (name, kind) in enumerate(columns))

    def _unnest(self, node: exp.Expr) -> tuple[str, list[Field]]:
        expressions = self._queries.expressions(self.scope, "UNNEST")
        values = [expressions.compile(one) for one in node.expressions]
        made: list[tuple[str, Kind]] = []
        lengths = []
        for one, value in zip(node.expressions, values, strict=True):
            lengths.append(f"coalesce(len({value.sql}), 0)")
            if value.kind.name == "array" and value.kind.item.name == "row":
                for place, kind in enumerate(value.kind.item.kinds):
                    made.append((f"struct_extract(unnest({value.sql}), 'f{place}')", kind))
            elif value.kind.name == "array":
                made.append((f"unnest({value.sql})", value.kind.item))
            elif value.kind.name == "map":
                lengths[-1] = f"coalesce(len(map_keys({value.sql})), 0)"
                made.append((f"unnest(map_keys({value.sql}))", value.kind.kinds[0]))
                made.append((f"unnest(map_values({value.sql}))", value.kind.kinds[1]))
            else:
                message = f"Cannot unnest type: {value.kind}"
                raise self._queries.source.error("TYPE_MISMATCH", one, message)
        offset = node.args.get("offset")
        alias = node.args.get("alias")
        names = [one.name.lower() for one in (alias.args.get("columns") or [])] if alias else []
        if offset:
            longest = lengths[0] if len(lengths) == 1 else f"greatest({', '.join(lengths)})"
            made.append((f"unnest(range(1, {longest} + 1))", BIGINT))
            if names and isinstance(offset, exp.Identifier) and len(names) == len(made) - 1:
                names.append(offset.name.lower())
        if names and len(names) != len(made):
            message = f"Column alias list has {len(names)} entries but there are {len(made)}"
            raise self._queries.source.error("MISMATCHED_COLUMN_ALIASES", node, message)
        listed = ", ".join(f"{sql} AS c{place}" for place, (sql, _) in enumerate(made))
        name = self._queries.numbered("r")
        relation = alias.name.lower() if alias else ""
        fields = [
            Field(names[place] if names else "", kind, f"{name}.c{place}", relation)
            for place, (_, kind) in enumerate(made)
        ]
        return f"LATERAL (SELECT {listed}) AS {name}", fields


def values_of(queries: Queries, node: exp.Expr, outer: Scope | None) -> tuple[str, Columns]:
    """The SQL of VALUES and its columns, converted to one type each."""
    expressions = queries.expressions(Scope(outer=outer), "VALUES")
    rows = []
    for one in node.expressions:
        cells = one.expressions if isinstance(one, exp.Tuple) else [one]
        if len(cells) == 1 and _is_row(cells[0]):
            cells = cells[0].expressions
        rows.append([expressions.compile(cell) for cell in cells])
    if len({len(row) for row in rows}) != 1:
        raise queries.source.error("SYNTAX_ERROR", node, "Values rows have mismatched sizes")
    kinds = [UNKNOWN] * len(rows[0])
    for row in rows:
        for place, cell in enumerate(row):
            kind = common(kinds[place], cell.kind)
            if kind is None:
                message = f"Values rows have mismatched types: {kinds[place]} vs {cell.kind}"
                raise queries.source.error("TYPE_MISMATCH", node, message)
            kinds[place] = kind
    lines = (
        f"({', '.join(_held(cell, kind) for cell, kind in zip(row, kinds, strict=True))})"
        for row in rows
    )
    names = ", ".join(f"c{place}" for place in range(len(kinds)))
    columns = tuple(("", kind) for kind in kinds)
    return f"SELECT * FROM (VALUES {', '.join(lines)}) v({names})", columns


def _is_row(node: exp.Expr) -> bool:
    is_call = isinstance(node, exp.Anonymous) and node.name.lower() == "row"
    return is_call or isinstance(node, exp.Tuple)


def _held(cell: Typed, kind: Kind) -> str:
    return f"CAST({cell.sql} AS {kind.duckdb})" if cell.kind == UNKNOWN else implicit(cell, kind)
