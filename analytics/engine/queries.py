"""Translates queries: SELECT, set operations, WITH, and what follows them.

Every query's columns are called c0, c1 … in DuckDB's SQL; their names are kept beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlglot import exp

from analytics.engine.casts import implicit
from analytics.engine.expressions import Expressions
from analytics.engine.functions.model import Typed
from analytics.engine.grouping import check_grouped, grouping, ordinal
from analytics.engine.kinds import Kind, common
from analytics.engine.limits import fetched, limits, with_ties
from analytics.engine.relations import Relations, values_of
from analytics.engine.scope import Columns, Field, Scope, Source
from analytics.engine.windows import direction
from analytics.errors import UntranslatableError

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(slots=True)
class _Item:
    """One output column: its name, its value, and the columns in it that are not aggregated."""

    name: str
    value: Typed
    loose: frozenset[str]
    node: exp.Expr


@dataclass
class Queries:
    """Translates one statement; `schema` has the tables' columns with their types."""

    source: Source
    schema: Mapping[str, Mapping[str, Kind]]
    parameters: list[int]
    _with: dict[str, tuple[str, Columns]] = field(default_factory=dict)
    _numbers: int = 0

    def numbered(self, letter: str) -> str:
        """A name that is not there yet."""
        self._numbers += 1
        return f"{letter}{self._numbers}"

    def expressions(self, scope: Scope, clause: str | None = None) -> Expressions:
        """A translator of expressions; a clause allows no aggregates."""
        made = Expressions(self.source, scope, self.parameters, clause=clause)
        made.query_of = lambda node: self.query(node, scope)  # type: ignore[method-assign]  # its scope is known only here
        return made

    def table(self, node: exp.Expr) -> tuple[str, Columns]:
        """A table, a view or a name of WITH."""
        name = node.name.lower()
        if name in self._with and not node.args.get("db"):
            return self._with[name]
        columns = self.schema.get(name)
        if columns is None:
            raise self.source.error("TABLE_NOT_FOUND", node, f"Table '{name}' does not exist")
        return f'"{name}"', tuple(columns.items())

    def query(self, node: exp.Expr, outer: Scope | None) -> tuple[str, Columns]:
        """The SQL of a query and its columns."""
        with self._named(node, outer) as prefix:
            sql, columns = self._query(node, outer)
        return prefix + sql, columns

    @contextmanager
    def _named(self, node: exp.Expr, outer: Scope | None) -> Iterator[str]:
        """The names of WITH, while the query is translated."""
        clause = node.args.get("with_")
        if clause is None:
            yield ""
            return
        if clause.args.get("recursive"):
            raise UntranslatableError("WITH RECURSIVE runs on Athena only")
        around, parts = dict(self._with), []
        for one in clause.expressions:
            sql, columns = self.query(one.this, outer)
            names = [each.name.lower() for each in one.args["alias"].args.get("columns") or []]
            if names and len(names) != len(columns):
                message = f"Column alias list has {len(names)} entries but '{one.alias}' has"
                raise self.source.error(
                    "MISMATCHED_COLUMN_ALIASES", one, f"{message} {len(columns)} columns available"
                )
            if names:
                columns = tuple(
                    (name, kind) for name, (_, kind) in zip(names, columns, strict=True)
                )
            made = self.numbered("w")
            parts.append(f"{made} AS ({sql})")
            self._with[one.alias.lower()] = (made, columns)
        try:
            yield f"WITH {', '.join(parts)} "
        finally:
            self._with = around

    def _query(self, node: exp.Expr, outer: Scope | None) -> tuple[str, Columns]:
        if isinstance(node, exp.Select):
            return self._select(node, outer)
        if isinstance(node, exp.Values):
            return self._ordered(node, *values_of(self, node, outer), outer)
        if isinstance(node, exp.SetOperation):
            return self._ordered(node, *self._set(node, outer), outer)
        if isinstance(node, exp.Subquery):
            return self._ordered(node, *self.query(node.this, outer), outer)
        raise UntranslatableError(f"{type(node).__name__.lower()} runs on Athena only")

    def _set(self, node: exp.Expr, outer: Scope | None) -> tuple[str, Columns]:
        if node.args.get("by_name") or node.args.get("side") or node.args.get("on"):
            raise self.source.error("SYNTAX_ERROR", node, "mismatched input 'BY': not Athena SQL")
        word = type(node).__name__.upper()
        (left, some), (right, others) = (
            self.query(node.args[name], outer) for name in ("this", "expression")
        )
        if len(some) != len(others):
            message = f"{word} query has different number of fields: {len(some)}, {len(others)}"
            raise self.source.error("TYPE_MISMATCH", node, message)
        columns = []
        for place, ((name, one), (_, other)) in enumerate(zip(some, others, strict=True)):
            kind = common(one, other)
            if kind is None:
                message = f"column {place + 1} in {word} query has incompatible types: {one}, "
                raise self.source.error("TYPE_MISMATCH", node, f"{message}{other}")
            columns.append((name, kind))
        sides = [
            self._converted(sql, given, columns) for sql, given in ((left, some), (right, others))
        ]
        every = "" if node.args.get("distinct") else " ALL"
        return f"{sides[0]} {word}{every} {sides[1]}", tuple(columns)

    @staticmethod
    def _converted(sql: str, given: Columns, wanted: list[tuple[str, Kind]]) -> str:
        parts = [
            f"{implicit(Typed(f'c{place}', one), kind)} AS c{place}"
            for place, ((_, one), (_, kind)) in enumerate(zip(given, wanted, strict=True))
        ]
        return f"(SELECT {', '.join(parts)} FROM ({sql}) s)"

    def _ordered(
        self, node: exp.Expr, sql: str, columns: Columns, outer: Scope | None
    ) -> tuple[str, Columns]:
        """A query that is no SELECT, with the ORDER BY and the limits that follow it."""
        order = node.args.get("order")
        if order is None and not node.args.get("limit") and not node.args.get("offset"):
            return sql, columns
        name = self.numbered("r")
        fields = [
            Field(shown, kind, f"{name}.c{place}", "")
            for place, (shown, kind) in enumerate(columns)
        ]
        expressions = self.expressions(Scope(fields, outer), "ORDER BY")
        terms = []
        for one in order.expressions if order is not None else ():
            at = ordinal(self.source, one.this, len(columns), "ORDER BY")
            value = f"{name}.c{at}" if at is not None else expressions.compile(one.this).sql
            terms.append(f"{value}{direction(one)}")
        ending = f" ORDER BY {', '.join(terms)}" if terms else ""
        if isinstance(node.args.get("limit"), exp.Fetch):
            _, ties = fetched(self.source, self.parameters, node)
            if ties:
                raise UntranslatableError("WITH TIES after a set operation runs on Athena only")
        listed = ", ".join(f"c{place}" for place in range(len(columns)))
        ending += limits(self.source, self.parameters, node)
        return f"SELECT {listed} FROM ({sql}) {name}{ending}", columns

    # SELECT

    def _select(self, node: exp.Select, outer: Scope | None) -> tuple[str, Columns]:
        relations = Relations(self, outer)
        sources = [relations.of(node.args["from_"])] if node.args.get("from_") else []
        sources += [relations.join(one) for one in node.args.get("joins") or ()]
        scope = relations.scope
        where = node.args.get("where")
        conditions = (
            f" WHERE {self.expressions(scope, 'WHERE').condition(where.this, 'WHERE clause')}"
            if where
            else ""
        )
        expressions = self.expressions(scope)
        grouped = grouping(node, self.expressions(scope, "GROUP BY"), expressions)
        items = self._items(node, scope, expressions)
        having = node.args.get("having")
        having_sql = ""
        if having:
            scope.loose.clear()
            having_sql = f" HAVING {expressions.condition(having.this, 'HAVING clause')}"
            check_grouped(self.source, having, frozenset(scope.loose))
        order = self._order(node, scope, expressions, items)
        if expressions.aggregated or node.args.get("group") or having:
            for one in items:
                check_grouped(self.source, one.node, one.loose)
        listed = [f"{one.value.sql} AS c{place}" for place, one in enumerate(items)]
        distinct = node.args.get("distinct")
        if distinct is not None and distinct.args.get("on"):
            raise self.source.error("SYNTAX_ERROR", node, "DISTINCT ON is not Athena's")
        body = f" FROM {' '.join(sources)}" if sources else ""
        body += conditions + grouped + having_sql
        word = "SELECT DISTINCT" if distinct else "SELECT"
        columns = tuple((one.name, one.value.kind) for one in items)
        if isinstance(node.args.get("limit"), exp.Fetch):
            count, ties = fetched(self.source, self.parameters, node)
            if ties:
                return with_ties(word, listed, body, order, count), columns
        ending = f" ORDER BY {', '.join(sql + way for sql, way in order)}" if order else ""
        ending += limits(self.source, self.parameters, node)
        return f"{word} {', '.join(listed)}{body}{ending}", columns

    def _items(self, node: exp.Select, scope: Scope, expressions: Expressions) -> list[_Item]:
        items: list[_Item] = []
        for one in node.expressions:
            inner = one.unalias()
            star = isinstance(inner, exp.Star)
            if star or (isinstance(inner, exp.Column) and isinstance(inner.this, exp.Star)):
                items += self._star(inner, scope, expressions)
                continue
            scope.loose.clear()
            value = expressions.compile(inner)
            name = self._name(one, inner)
            items.append(_Item(name, value, frozenset(scope.loose), inner))
        return items

    @staticmethod
    def _name(one: exp.Expr, inner: exp.Expr) -> str:
        """A column's name; without one it has none, until it is a result's."""
        if isinstance(one, exp.Alias):
            return one.alias.lower()
        if isinstance(inner, exp.Column):
            return inner.name.lower()
        if isinstance(inner, exp.Dot):
            return str(inner.expression.name).lower()
        return ""

    def _star(self, node: exp.Expr, scope: Scope, expressions: Expressions) -> list[_Item]:
        of = node.text("table").lower() if isinstance(node, exp.Column) else None
        fields = [
            one for one in scope.fields if (one.of == of if of is not None else not one.hidden)
        ]
        if not fields:
            message = f"Table '{of}' not found" if of else "SELECT * not allowed without FROM"
            raise self.source.error("COLUMN_NOT_FOUND", node, message)
        items = []
        for one in fields:
            loose = frozenset() if one.sql in expressions.groups else frozenset([one.sql])
            items.append(_Item(one.name, Typed(one.sql, one.kind), loose, node))
        return items

    def _order(
        self, node: exp.Select, scope: Scope, expressions: Expressions, items: list[_Item]
    ) -> list[tuple[str, str]]:
        """The terms of ORDER BY: SQL and direction. An output's name comes before a column's."""
        order = node.args.get("order")
        if order is None:
            return []
        outputs = {}
        for one in items:
            if one.name:
                outputs[one.name] = one.value if one.name not in outputs else None
        terms = []
        for one in order.expressions:
            at = ordinal(self.source, one.this, len(items), "ORDER BY")
            value = items[at].value if at is not None else None
            if value is None:
                around = expressions.lambdas
                expressions.lambdas = around | {
                    name: value for name, value in outputs.items() if value is not None
                }
                scope.loose.clear()
                value = expressions.compile(one.this)
                expressions.lambdas = around
                if expressions.aggregated or node.args.get("group"):
                    used = {
                        name for item in outputs.values() if item is not None for name in [item.sql]
                    }
                    if value.sql not in used:
                        check_grouped(self.source, one, frozenset(scope.loose))
            if not value.kind.is_orderable:
                message = f"Type {value.kind} is not orderable, and therefore cannot be used in "
                raise self.source.error("TYPE_MISMATCH", one, f"{message}ORDER BY")
            place = next((i for i, item in enumerate(items) if item.value.sql == value.sql), None)
            if node.args.get("distinct") and place is None:
                message = "For SELECT DISTINCT, ORDER BY expressions must appear in select list"
                raise self.source.error("EXPRESSION_NOT_IN_DISTINCT", one, message)
            terms.append((value.sql if place is None else str(place + 1), direction(one)))
        return terms

    # Limits
