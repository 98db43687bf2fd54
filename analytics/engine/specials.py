"""Functions with rules of their own, which the list cannot express."""

from __future__ import annotations

from sqlglot import exp

from analytics.engine import operators
from analytics.engine.casts import cast
from analytics.engine.functions.model import Typed
from analytics.engine.kinds import BIGINT, DATE, common
from analytics.engine.overloads import unexpected
from analytics.engine.translator import Translator


class Specials(Translator):
    """The functions of `SPECIAL`."""

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
        raise unexpected(self.source, node, "mod", values)

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
            raise unexpected(self.source, node, "date", values)
        return Typed(cast(values[0], DATE, self.fail, safe=False), DATE)

    def _grouping(self, node: exp.Expr, args: list[exp.Expr]) -> Typed:
        values = [self.compile(one).sql for one in args]
        if not set(values) <= self.groups:
            message = "The arguments to GROUPING() must be expressions referenced by the GROUP BY"
            raise self.source.error("INVALID_ARGUMENTS", node, message)
        return Typed(f"CAST(grouping({', '.join(values)}) AS BIGINT)", BIGINT)


# By function: the method that translates it.
SPECIAL = {
    "coalesce": "_coalesce",
    "date": "_date",
    "grouping": "_grouping",
    "mod": "_mod",
    "nullif": "_nullif",
    "row": "_row",
    "try": "_try",
}
