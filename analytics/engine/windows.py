"""The clauses OVER and ORDER BY of a call."""

from __future__ import annotations

from sqlglot import exp

from analytics.engine.translator import Translator
from analytics.errors import UntranslatableError


class Windows(Translator):
    """Orders, partitions and frames."""

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

    def over(self, node: exp.Expr) -> str:
        """The clause OVER of a call."""
        if self.clause is not None:
            raise self.not_scalar(node)
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


def direction(node: exp.Expr) -> str:
    """The direction of a term of ORDER BY."""
    nulls = "FIRST" if node.args.get("nulls_first") else "LAST"
    return f"{' DESC' if node.args.get('desc') else ' ASC'} NULLS {nulls}"
