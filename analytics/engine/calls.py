"""Calls of functions: which signature is meant, its lambdas, and aggregates with their clauses."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from sqlglot import exp

from analytics.engine.casts import implicit, text
from analytics.engine.functions import FUNCTIONS
from analytics.engine.functions.elsewhere import ELSEWHERE
from analytics.engine.functions.model import Function, Lambda, Typed
from analytics.engine.kinds import Kind, converts
from analytics.engine.overloads import bound_types, filled, unexpected
from analytics.engine.specials import SPECIAL, Specials
from analytics.engine.windows import Windows
from analytics.errors import UntranslatableError

_STOP = re.compile(r"(FAIL|ELSEWHERE)\[([^\]]*)\]")
# Functions that are called with nulls too.
_NULLABLE = ("concat_ws", "repeat", "reduce")
_NEVER_NULL = re.compile(r"lambda |(?:CAST\()?(?:'[^']*'|[\d.]+)::")
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


class Calls(Windows, Specials):
    """The functions of a query's expressions, with their clauses."""

    def function(self, node: exp.Expr) -> Typed:
        """A call as it is written."""
        return self._called(node, Clauses())

    def filtered(self, node: exp.Expr) -> Typed:
        """A call with FILTER."""
        return self._called(node.this, Clauses(), node)

    def windowed(self, node: exp.Expr) -> Typed:
        """A call with OVER."""
        clauses, inner, filter_of = Clauses(over=self.over(node)), node.this, None
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

    # Resolution

    def call(
        self, node: exp.Expr, name: str, args: list[exp.Expr], clauses: Clauses | None = None
    ) -> Typed:
        """A function of the list with these arguments; raises QueryError."""
        clauses = clauses or Clauses()
        special = SPECIAL.get(name)
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
            raise self.not_scalar(node)
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
            raise unexpected(self.source, node, name, values)
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
