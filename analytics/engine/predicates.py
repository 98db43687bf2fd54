"""Translates comparisons and other expressions that are true or false."""

from __future__ import annotations

from sqlglot import exp

from analytics.engine import operators
from analytics.engine.calls import Calls
from analytics.engine.casts import implicit
from analytics.engine.functions.model import Typed
from analytics.engine.kinds import BOOLEAN, Kind, common
from analytics.errors import QueryError, UntranslatableError

SIGNS: dict[type[exp.Expr], str] = {
    exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=",
}  # fmt: skip
# A comparison of one of these needs parentheses.
_PREDICATES = (*SIGNS, exp.Between, exp.In, exp.Is, exp.Like, exp.Escape, exp.Not)


class Predicates(Calls):
    """The predicates of a query's expressions."""

    def compared(self, node: exp.Expr, sign: str, one: Typed, other: Typed) -> str:
        """SQL of a comparison; raises QueryError."""
        found = operators.comparison(sign, one, other)
        if found is None:
            raise self.cannot(node, one, sign, other)
        return found

    def _comparison(self, node: exp.Expr) -> Typed:
        sign = SIGNS[type(node)]
        other = node.expression
        if type(node.this) in _PREDICATES or type(other) in _PREDICATES:
            raise self.source.error("SYNTAX_ERROR", node, f"mismatched input '{sign}'", sign)
        if isinstance(other, exp.Any):
            return self._quantified(node, sign, "ANY", other.this)
        word = other.name.upper() if isinstance(other, exp.Anonymous) else ""
        if word in ("ALL", "ANY", "SOME") and len(other.expressions) == 1:
            return self._quantified(node, sign, word, other.expressions[0])
        one, two = self.compile(node.this), self.compile(other)
        return Typed(self.compared(node, sign, one, two), BOOLEAN)

    def _quantified(self, node: exp.Expr, sign: str, word: str, query: exp.Expr) -> Typed:
        one = self.compile(node.this)
        sql, kind = self.column_of(query)
        both = common(one.kind, kind)
        if both is None:
            raise self.cannot(node, one, sign, Typed("", kind))
        if both.is_floating:
            raise UntranslatableError("a quantified comparison of doubles runs on Athena only")
        inner = f"SELECT {implicit(Typed('c0', kind), both)} FROM ({sql}) q"
        word = "ALL" if word == "ALL" else "ANY"
        return Typed(f"({implicit(one, both)} {sign} {word} ({inner}))", BOOLEAN)

    def _distinct(self, node: exp.Expr) -> Typed:
        one, other = self.compile(node.this), self.compile(node.expression)
        differ = isinstance(node, exp.NullSafeNEQ)
        found = operators.distinct(one, other, differ=differ)
        if found is None:
            raise self.cannot(node, one, "IS DISTINCT FROM", other)
        return Typed(found, BOOLEAN)

    def _between(self, node: exp.Expr) -> Typed:
        one, low, high = (self.compile(node.args[name]) for name in ("this", "low", "high"))
        parts = [operators.comparison(*each) for each in ((">=", one, low), ("<=", one, high))]
        if None in parts or node.args.get("symmetric"):
            message = f"Cannot check if {one.kind} is BETWEEN {low.kind} and {high.kind}"
            raise self.source.error("TYPE_MISMATCH", node, message)
        return Typed(f"({parts[0]} AND {parts[1]})", BOOLEAN)

    def _in(self, node: exp.Expr) -> Typed:
        one = self.compile(node.this)
        query = node.args.get("query")
        listed = node.expressions
        if len(listed) == 1 and isinstance(listed[0], exp.Values):
            query = listed[0]
        if query is not None:
            sql, kind = self.column_of(query)
            both = common(one.kind, kind)
            if both is None:
                message = (
                    "value and result of subquery must be of the same type for IN expression: "
                    f"{one.kind} vs {kind}"
                )
                raise self.source.error("TYPE_MISMATCH", node, message)
            inner = f"SELECT {implicit(Typed('c0', kind), both)} FROM ({sql}) q"
            return Typed(f"({implicit(one, both)} IN ({inner}))", BOOLEAN)
        values = [self.compile(part) for part in listed]
        kind = one.kind
        for part, value in zip(listed, values, strict=True):
            wider = common(kind, value.kind)
            if wider is None:
                message = f"IN value and list items must be the same type or coercible: {kind}"
                raise self.source.error("TYPE_MISMATCH", part, f"{message}, {value.kind}")
            kind = wider
        if kind.is_floating or kind.is_any("array", "row"):
            parts = [operators.comparison("=", one, value) or "" for value in values]
            return Typed(f"({' OR '.join(parts)})", BOOLEAN)
        inner = ", ".join(implicit(value, kind) for value in values)
        return Typed(f"({implicit(one, kind)} IN ({inner}))", BOOLEAN)

    def _is(self, node: exp.Expr) -> Typed:
        if not isinstance(node.expression, exp.Null):
            message = f"IS {node.expression.sql()} is not Athena's: compare the value"
            raise self.source.error("SYNTAX_ERROR", node, message)
        return Typed(f"({self.compile(node.this).sql} IS NULL)", BOOLEAN)

    def _like(self, node: exp.Expr, escape: exp.Expr | None = None) -> Typed:
        parts = [node.this, node.expression, *([escape] if escape else [])]
        values = [self.compile(part) for part in parts]
        for part, value in zip(parts, values, strict=True):
            if not (value.kind.is_text or value.kind.is_any("char", "unknown")):
                message = f"Left side of LIKE expression must evaluate to a varchar: {value.kind}"
                raise self.source.error("TYPE_MISMATCH", part, message)
        one, pattern, *rest = (implicit(value, Kind("varchar")) for value in values)
        ending = f" ESCAPE {rest[0]}" if rest else ""
        if rest and (values[2].text is None or len(values[2].text) != 1):
            raise QueryError("INVALID_FUNCTION_ARGUMENT: Escape string must be a single character")
        word = "NOT LIKE" if node.args.get("negate") else "LIKE"
        return Typed(f"({one} {word} {pattern}{ending})", BOOLEAN)

    def _escape(self, node: exp.Expr) -> Typed:
        if not isinstance(node.this, exp.Like):
            raise UntranslatableError("this ESCAPE runs on Athena only")
        return self._like(node.this, node.expression)

    def _connected(self, node: exp.Expr) -> Typed:
        word = "AND" if isinstance(node, exp.And) else "OR"
        clause = f"Logical expression term {word}"
        one = self.condition(node.this, clause)
        other = self.condition(node.expression, clause)
        if "error(" in other:
            # DuckDB may evaluate the second operand first, and stop where Athena does not.
            if word == "AND":
                guard = f"CASE WHEN NOT {one} THEN false WHEN {one} THEN {other} "
                return Typed(f"({guard}ELSE (NULL AND {other}) END)", BOOLEAN)
            guard = f"CASE WHEN {one} THEN true WHEN NOT {one} THEN {other} "
            return Typed(f"({guard}ELSE (NULL OR {other}) END)", BOOLEAN)
        return Typed(f"({one} {word} {other})", BOOLEAN)

    def _not(self, node: exp.Expr) -> Typed:
        return Typed(
            f"(NOT {self.condition(node.this, 'Value of logical NOT expression')})", BOOLEAN
        )

    def cannot(self, node: exp.Expr, one: Typed, sign: str, other: Typed) -> QueryError:
        """Trino's error for an operator that it does not have."""
        message = f"Cannot apply operator: {one.kind} {sign} {other.kind}"
        return self.source.error("TYPE_MISMATCH", node, message, sign)

    def column_of(self, node: exp.Expr) -> tuple[str, Kind]:
        """A subquery's SQL and the type of its only column, c0."""
        sql, columns = self.query_of(node)
        if len(columns) != 1:
            message = f"Multiple columns returned by subquery are not yet supported: {len(columns)}"
            raise self.source.error("NOT_SUPPORTED", node, message)
        return sql, columns[0][1]
