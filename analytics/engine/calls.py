"""Calls of functions: which signature is meant, its lambdas, and aggregates with their clauses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sqlglot import exp

from analytics.engine import operators
from analytics.engine.casts import cast, implicit, text
from analytics.engine.functions import ELSEWHERE, FUNCTIONS, PARTIAL
from analytics.engine.functions.model import Function, Lambda, Typed
from analytics.engine.kinds import BIGINT, DATE, Kind, common, converts
from analytics.engine.overloads import bound_types, filled
from analytics.engine.stops import marked
from analytics.errors import QueryError, UntranslatableError

if TYPE_CHECKING:
    from analytics.engine.scope import Columns, Scope, Source

_STOP = re.compile(r"(FAIL|ELSEWHERE)\[([^\]]*)\]")
# Functions that are called with nulls too.
_NULLABLE = ("concat_ws", "repeat", "reduce")
_NEVER_NULL = re.compile(r"lambda |(?:CAST\()?(?:'[^']*'|[\d.]+)::")
# Types for which Trino has signatures beyond the list.
_RARE = ("varbinary", "char", "time", "timestamptz", "daytime", "yearmonth", "json", "map", "array")
# Aggregates whose answer the order of the rows changes.
_ORDERED = ("array_agg", "listagg", "arbitrary", "any_value")


@dataclass(slots=True)
class Clauses:
    """What follows a call, or stands among its arguments."""

    over: str | None = None
    filter: str = ""
    nulls: str = ""
    order: str = ""
    distinct: bool = False


@dataclass
class Calls:
    """The functions of a query's expressions; `Expressions` adds the rest.

    `groups` are the SQL of the grouping columns, `clause` the clause that allows no aggregates,
    `parameters` the ids of all question marks in their order.
    """

    source: Source
    scope: Scope
    parameters: Sequence[int]
    groups: frozenset[str] = frozenset()
    clause: str | None = None
    aggregated: bool = False
    lambdas: dict[str, Typed] = field(default_factory=dict)
    trying: bool = False
    inside: bool = False
    numbered: int = 0

    def compile(self, node: exp.Expr) -> Typed:
        """The SQL and type of an expression."""
        raise NotImplementedError

    def condition(self, node: exp.Expr, clause: str) -> str:
        """SQL of an expression that must be boolean."""
        raise NotImplementedError

    def unified(self, parts: list[exp.Expr], what: str) -> tuple[list[str], Kind]:
        """The SQL of values that must have one type, and that type."""
        raise NotImplementedError

    def row(self, parts: list[exp.Expr]) -> Typed:
        """A row without field names."""
        raise NotImplementedError

    def compared(self, node: exp.Expr, sign: str, one: Typed, other: Typed) -> str:
        """SQL of a comparison."""
        raise NotImplementedError

    def query_of(self, node: exp.Expr) -> tuple[str, Columns]:
        """A subquery's SQL, with columns c0, c1 …, and their names and types."""
        raise NotImplementedError

    def fail(self, message: str, kind: Kind) -> str:
        """SQL that stops the query with the message; inside of TRY, that becomes null there."""
        quoted = marked(message)
        if not self.trying:
            return f"error({quoted})"
        # DuckDB's TRY takes no volatile function, which error is.
        return f"CAST(CAST(CAST({quoted} AS INTEGER) AS VARCHAR) AS {kind.duckdb})"

    # The kinds of calls

    def function(self, node: exp.Expr) -> Typed:
        """A call as it is written."""
        return self._called(node, Clauses())

    def filtered(self, node: exp.Expr) -> Typed:
        """A call with FILTER."""
        return self._called(node.this, Clauses(), node)

    def windowed(self, node: exp.Expr) -> Typed:
        """A call with OVER."""
        clauses, inner, filter_of = Clauses(over=self._over(node)), node.this, None
        if isinstance(inner, (exp.IgnoreNulls, exp.RespectNulls)):
            clauses.nulls = " IGNORE NULLS" if isinstance(inner, exp.IgnoreNulls) else ""
            inner = inner.this
        if isinstance(inner, exp.Filter):
            inner, filter_of = inner.this, inner
        return self._called(inner, clauses, filter_of)

    def listagg(self, node: exp.Expr) -> Typed:
        """LISTAGG, whose order stands in WITHIN GROUP."""
        return self._called(node, Clauses())

    def _called(self, node: exp.Expr, clauses: Clauses, filter_of: exp.Expr | None = None) -> Typed:
        name, args = self._named(node)
        orders: list[exp.Expr] = []
        for place, one in enumerate(args):
            if isinstance(one, exp.Order):
                args[place], orders = one.this, one.expressions
        if args and isinstance(args[0], exp.Distinct):
            clauses.distinct = True
            args[:1] = args[0].expressions
        if len(args) == 1 and isinstance(args[0], exp.Star):
            args = []
        if filter_of is not None:
            where = filter_of.expression.this
            clauses.filter = self._of_aggregate(name, where, clauses)
        if orders:
            clauses.order = f" ORDER BY {self.order(orders)}"
            if clauses.over is None:
                self.scope.loose.clear()
        return self.call(node, name, args, clauses)

    @staticmethod
    def _named(node: exp.Expr) -> tuple[str, list[exp.Expr]]:
        if isinstance(node, exp.GroupConcat):
            if node.args.get("on_overflow"):
                raise UntranslatableError("listagg with ON OVERFLOW runs on Athena only")
            return "listagg", [node.this, node.args.get("separator") or exp.Literal.string("")]
        if isinstance(node, exp.Anonymous):
            return node.name.lower(), list(node.expressions)
        shown = type(node).__name__.lower()
        raise UntranslatableError(f"{shown} with OVER or FILTER runs on Athena only")

    def _of_aggregate(self, name: str, where: exp.Expr, clauses: Clauses) -> str:
        if not any(one.use == "aggregate" for one in FUNCTIONS.get(name, ())):
            raise self.source.error("FUNCTION_NOT_AGGREGATE", where, f"Filter on {name}")
        sql = f" FILTER (WHERE {self.condition(where, 'Filter expression')})"
        if clauses.over is None:
            self.scope.loose.clear()
        return sql

    def order(self, orders: list[exp.Expr]) -> str:
        """The terms of an ORDER BY, nulls last unless it says otherwise."""
        parts = []
        for one in orders:
            value = self.compile(one.this)
            if not value.kind.is_orderable:
                message = f"Type {value.kind} is not orderable, and therefore cannot be used in "
                raise self.source.error("TYPE_MISMATCH", one, f"{message}ORDER BY")
            parts.append(f"{value.sql}{direction(one)}")
        return ", ".join(parts)

    def _over(self, node: exp.Expr) -> str:
        if self.clause is not None:
            raise self._not_scalar(node)
        if node.args.get("alias") or node.args.get("first") is not None:
            raise UntranslatableError("a named WINDOW runs on Athena only")
        parts = []
        if node.args.get("partition_by"):
            by = (self.compile(one).sql for one in node.args["partition_by"])
            parts.append(f"PARTITION BY {', '.join(by)}")
        if node.args.get("order"):
            parts.append(f"ORDER BY {self.order(node.args['order'].expressions)}")
        spec = node.args.get("spec")
        if spec is not None:
            if spec.args.get("exclude"):
                raise UntranslatableError("EXCLUDE in a window frame runs on Athena only")
            start, end = (self._bound(spec, name) for name in ("start", "end"))
            parts.append(
                f"{spec.args['kind']} BETWEEN {start} AND {end}"
                if end
                else f"{spec.args['kind']} {start}"
            )
        return f" OVER ({' '.join(parts)})"

    def _bound(self, spec: exp.Expr, name: str) -> str:
        bound, side = spec.args.get(name), spec.args.get(f"{name}_side")
        if bound is None:
            return ""
        if isinstance(bound, str):
            return f"{bound} {side or ''}".strip()
        value = self.compile(bound)
        sql = value.sql
        if value.kind.name == "daytime":
            sql = f"to_milliseconds({sql})"
        elif value.kind.name == "yearmonth":
            sql = f"to_months(CAST({sql} AS INTEGER))"
        return f"{sql} {side}"

    def _not_scalar(self, node: exp.Expr) -> QueryError:
        message = (
            f"{self.clause} clause cannot contain aggregations, window functions or grouping "
            "operations"
        )
        return self.source.error("EXPRESSION_NOT_SCALAR", node, message)

    # Resolution

    def call(
        self, node: exp.Expr, name: str, args: list[exp.Expr], clauses: Clauses | None = None
    ) -> Typed:
        """A function of the list with these arguments; raises QueryError."""
        clauses = clauses or Clauses()
        special = _SPECIAL.get(name)
        if special is not None:
            made: Typed = getattr(self, special)(node, args)
            return made
        known = FUNCTIONS.get(name, ())
        if not known:
            if name in ELSEWHERE:
                raise UntranslatableError(f"{name} runs on Athena only")
            message = f"Function '{name}' not registered"
            raise self.source.error("FUNCTION_NOT_FOUND", node, message)
        is_aggregate = known[0].use == "aggregate"
        if known[0].use != "scalar":
            self._check_use(node, name, known[0], clauses)
        elif clauses.over or clauses.filter or clauses.distinct or clauses.order:
            message = f"'{name}' is not an aggregate or window function"
            raise self.source.error("FUNCTION_NOT_AGGREGATE", node, message)
        around, self.inside = self.inside, self.inside or (is_aggregate and clauses.over is None)
        values = [None if isinstance(one, exp.Lambda) else self.compile(one) for one in args]
        self.inside = around
        found = self._chosen(node, name, args, values)
        if is_aggregate and clauses.over is None:
            self.aggregated = True
            self.scope.loose.clear()
        return self._written(*found, clauses)

    def _check_use(self, node: exp.Expr, name: str, one: Function, clauses: Clauses) -> None:
        if one.use == "window" and clauses.over is None:
            message = f"Window function {name} requires OVER clause"
            raise self.source.error("MISSING_OVER", node, message)
        if self.clause is not None:
            raise self._not_scalar(node)
        if clauses.over is None and self.inside:
            message = f"Cannot nest aggregations inside aggregation '{name}'"
            raise self.source.error("NESTED_AGGREGATION", node, message)
        if clauses.over is not None and clauses.distinct:
            raise UntranslatableError(f"{name} with DISTINCT and OVER runs on Athena only")

    def _chosen(
        self, node: exp.Expr, name: str, args: list[exp.Expr], values: list[Typed | None]
    ) -> tuple[Function, list[Typed], Kind]:
        has_char = any(one is not None and one.kind.name == "char" for one in values)
        if has_char and name != "length" and FUNCTIONS[name][0].use == "scalar":
            raise UntranslatableError(f"{name} of char(n) runs on Athena only")
        best: tuple[int, Function, dict[str, Kind]] | None = None
        for one in FUNCTIONS[name]:
            if one.accepts(len(args)):
                bound = bound_types(one, values)
                if bound is not None and (best is None or bound[0] < best[0]):
                    best = (bound[0], one, bound[1])
        if best is None:
            raise self._unexpected(node, name, values)
        _, function, bindings = best
        written: list[Typed] = []
        for place, (arg, value) in enumerate(zip(args, values, strict=True)):
            takes = function.takes[min(place, len(function.takes) - 1)]
            if isinstance(takes, Lambda):
                written.append(self._lambda(arg, takes, bindings, function))
            else:
                assert value is not None  # noqa: S101  # no lambda
                written.append(self._argument(function, value, filled(takes, bindings)))
        gives = function.gives
        kind = (
            filled(gives, bindings)
            if isinstance(gives, Kind)
            else gives([one.kind for one in written])
        )
        return function, written, kind

    def _argument(self, function: Function, value: Typed, kind: Kind) -> Typed:
        if function.name == "array_join" and kind.name == "array" and value.kind.name == "array":
            item = Typed("item", value.kind.item)
            if item.kind.name not in ("varchar", "unknown"):
                sql = f"list_transform({value.sql}, lambda item: {text(item)})"
                return Typed(sql, kind)
        if (
            kind.name in ("timestamp", "timestamptz", "time", "char")
            and value.kind.name == kind.name
        ):
            return value
        if value.kind.name == "unknown":
            return Typed(f"CAST(NULL AS {kind.duckdb})", kind)
        return replace(value, sql=implicit(value, kind), kind=kind)

    def _unexpected(self, node: exp.Expr, name: str, values: Sequence[Typed | None]) -> QueryError:
        given = ", ".join("function" if one is None else str(one.kind) for one in values)
        counts = any(one.accepts(len(values)) for one in FUNCTIONS.get(name, ()))
        rare = any(one is None or one.kind.is_any(*_RARE) for one in values)
        if name in PARTIAL and (rare or not counts):
            return UntranslatableError(f"{name} of ({given}) runs on Athena only")
        expected = ", ".join(one.signature.partition(" -> ")[0] for one in FUNCTIONS.get(name, ()))
        message = f"Unexpected parameters ({given}) for function {name}. Expected: {expected}"
        return self.source.error("TYPE_MISMATCH", node, message)

    def _lambda(
        self, arg: exp.Expr, takes: Lambda, bindings: dict[str, Kind], function: Function
    ) -> Typed:
        if not isinstance(arg, exp.Lambda) or len(arg.expressions) != len(takes.takes):
            message = f"{function.name} takes a lambda of {len(takes.takes)} arguments"
            raise self.source.error("INVALID_PARAMETER_USAGE", arg, message)
        self.numbered += 1
        kinds = [filled(one, bindings) for one in takes.takes]
        names = [f"l{self.numbered}_{place}" for place in range(len(kinds))]
        shown = names
        if function.name == "zip_with":
            shown = names[:1]
            names = [f"struct_extract({names[0]}, '{field}')" for field in "ab"]
        around = self.lambdas
        self.lambdas = around | {
            one.name.lower(): Typed(sql, kind)
            for one, sql, kind in zip(arg.expressions, names, kinds, strict=True)
        }
        body = self.compile(arg.this)
        self.lambdas = around
        gives = takes.gives
        if len(gives.name) == 1 and gives.name not in bindings:
            bindings[gives.name] = body.kind
        wanted = filled(gives, bindings)
        if not converts(body.kind, wanted):
            message = f"the lambda gives {body.kind}, {function.name} needs {wanted}"
            raise self.source.error("TYPE_MISMATCH", arg, message)
        return Typed(f"lambda {', '.join(shown)}: {implicit(body, wanted)}", wanted)

    def _written(
        self, function: Function, args: list[Typed], kind: Kind, clauses: Clauses
    ) -> Typed:
        over = clauses.filter + (clauses.over or "")
        if callable(function.sql):
            given = args
            if clauses.distinct:
                given = [replace(args[0], sql=f"DISTINCT {args[0].sql}"), *args[1:]]
            sql = function.sql(given)
        else:
            sql = function.sql
            if clauses.distinct:
                if "{0}" in re.sub(r"\(\{0\}", "", sql):
                    raise UntranslatableError(f"{function.name} with DISTINCT runs on Athena only")
                sql = sql.replace("({0}", "(DISTINCT {0}").replace("DISTINCT DISTINCT", "DISTINCT")
            if clauses.order and function.name in _ORDERED:
                sql = sql.replace("){over}", f"{clauses.order}){{over}}")
            sql = sql.replace("{all}", ", ".join(one.sql for one in args))
            parts = {f"{{{place}}}": one.sql for place, one in enumerate(args)}
            sql = re.sub(r"\{\d\}", lambda match: parts[match.group()], sql)
        sql = sql.replace("{over}", over).replace("{nulls}", clauses.nulls)
        if function.use == "scalar" and "CASE" in sql and function.name not in _NULLABLE:
            # Trino calls a function only if no argument is null.
            null = [f"{one.sql} IS NULL" for one in args if not _NEVER_NULL.match(one.sql)]
            sql = f"CASE WHEN {' OR '.join(null)} THEN NULL ELSE {sql} END" if null else sql
        return Typed(self._stopped(sql, kind), kind)

    def _stopped(self, sql: str, kind: Kind) -> str:
        def stop(match: re.Match[str]) -> str:
            word, message = match.groups()
            return self.fail(f"ELSEWHERE: {message}" if word == "ELSEWHERE" else message, kind)

        return _STOP.sub(stop, sql)

    # Functions with rules of their own

    def _coalesce(self, _: exp.Expr, args: list[exp.Expr]) -> Typed:
        values, kind = self.unified(args, "All COALESCE operands must be the same type")
        return Typed(f"coalesce({', '.join(values)})", kind)

    def _nullif(self, node: exp.Expr, args: list[exp.Expr]) -> Typed:
        if len(args) != 2:  # noqa: PLR2004  # its arguments
            raise self.source.error("SYNTAX_ERROR", node, "nullif takes two arguments")
        one, other = self.compile(args[0]), self.compile(args[1])
        same = self.compared(node, "=", one, other) if common(one.kind, other.kind) else None
        if same is None:
            message = f"Types are not comparable with NULLIF: {one.kind} vs {other.kind}"
            raise self.source.error("TYPE_MISMATCH", node, message)
        return Typed(f"CASE WHEN {same} THEN NULL ELSE {one.sql} END", one.kind)

    def _mod(self, node: exp.Expr, args: list[exp.Expr]) -> Typed:
        values = [self.compile(one) for one in args]
        if len(values) == 2:  # noqa: PLR2004  # its arguments
            found = operators.arithmetic("%", values[0], values[1], self.fail)
            if found is not None:
                return found
        raise self._unexpected(node, "mod", values)

    def _row(self, _: exp.Expr, args: list[exp.Expr]) -> Typed:
        return self.row(args)

    def _try(self, _: exp.Expr, args: list[exp.Expr]) -> Typed:
        around, self.trying = self.trying, True
        one = self.compile(args[0])
        self.trying = around
        return Typed(f"TRY({one.sql})", one.kind)

    def _date(self, node: exp.Expr, args: list[exp.Expr]) -> Typed:
        values = [self.compile(one) for one in args]
        if len(values) != 1 or not values[0].kind.is_any(
            "varchar", "parameter", "date", "timestamp", "timestamptz", "unknown"
        ):
            raise self._unexpected(node, "date", values)
        return Typed(cast(values[0], DATE, self.fail, safe=False), DATE)

    def _grouping(self, node: exp.Expr, args: list[exp.Expr]) -> Typed:
        values = [self.compile(one).sql for one in args]
        if not set(values) <= self.groups:
            message = "The arguments to GROUPING() must be expressions referenced by the GROUP BY"
            raise self.source.error("INVALID_ARGUMENTS", node, message)
        return Typed(f"CAST(grouping({', '.join(values)}) AS BIGINT)", BIGINT)


_SPECIAL = {
    "coalesce": "_coalesce",
    "date": "_date",
    "grouping": "_grouping",
    "mod": "_mod",
    "nullif": "_nullif",
    "row": "_row",
    "try": "_try",
}


def direction(node: exp.Expr) -> str:
    """The direction of a term of ORDER BY."""
    nulls = "FIRST" if node.args.get("nulls_first") else "LAST"
    return f"{' DESC' if node.args.get('desc') else ' ASC'} NULLS {nulls}"
