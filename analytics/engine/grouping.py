"""GROUP BY, and what it asks of the other clauses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from analytics.engine.expressions import Expressions

if TYPE_CHECKING:
    from analytics.engine.scope import Source


def grouping(node: exp.Select, translator: Expressions, expressions: Expressions) -> str:
    """GROUP BY; `expressions`, which translates the rest, learns what is grouped.

    `translator` translates what is grouped by, in which no aggregate may stand.
    """
    group = node.args.get("group")
    if group is None:
        return ""
    keys: set[str] = set()
    outputs = node.expressions

    def key(one: exp.Expr) -> str:
        at = ordinal(translator.source, one, len(outputs), "GROUP BY")
        if at is not None:
            one = outputs[at].unalias()
        sql: str = translator.compile(one).sql
        keys.add(sql)
        return sql

    def of_set(one: exp.Expr) -> str:
        parts = one.expressions if isinstance(one, exp.Tuple) else [one.unnest()]
        return f"({', '.join(map(key, parts))})"

    terms = []
    for one in group.expressions:
        if isinstance(one, exp.GroupingSets):
            terms.append(f"GROUPING SETS ({', '.join(map(of_set, one.expressions))})")
        elif isinstance(one, (exp.Rollup, exp.Cube)):
            name = type(one).__name__.upper()
            terms.append(f"{name} ({', '.join(map(of_set, one.expressions))})")
        elif isinstance(one, exp.Tuple):
            terms += [key(part) for part in one.expressions]
        else:
            terms.append(key(one))
    expressions.groups = frozenset(keys)
    return f" GROUP BY {', '.join(terms)}" if terms else ""


def ordinal(source: Source, node: exp.Expr, count: int, clause: str) -> int | None:
    """The place, from 0, that a whole number in ORDER BY or GROUP BY means; None if it is none."""
    if not (isinstance(node, exp.Literal) and not node.is_string and str(node.this).isdigit()):
        return None
    if not 1 <= int(node.this) <= count:
        message = f"{clause} position {node.this} is not in select list"
        raise source.error("INVALID_COLUMN_REFERENCE", node, message)
    return int(node.this) - 1


def check_grouped(source: Source, node: exp.Expr, loose: frozenset[str]) -> None:
    """Raise QueryError if columns that are neither grouped nor aggregated are left."""
    if loose:
        shown = next(
            (one.sql(dialect="trino") for one in node.find_all(exp.Column)), "an expression"
        )
        message = f"'{shown}' must be an aggregate expression or appear in GROUP BY clause"
        raise source.error("EXPRESSION_NOT_AGGREGATE", node, message)
