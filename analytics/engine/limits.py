"""How many rows of a query are answered: LIMIT, OFFSET and FETCH FIRST, with its ties."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlglot import exp

from analytics.errors import QueryError, UntranslatableError

if TYPE_CHECKING:
    from analytics.engine.scope import Source


def limits(source: Source, parameters: Sequence[int], node: exp.Expr) -> str:
    """LIMIT and OFFSET, or FETCH FIRST, of a query."""
    parts = []
    limit, offset = node.args.get("limit"), node.args.get("offset")
    if isinstance(limit, exp.Fetch):
        parts.append(f" LIMIT {fetched(source, parameters, node)[0]}")
    elif limit is not None and limit.expression.name.upper() != "ALL":
        parts.append(f" LIMIT {_count(source, parameters, limit.expression)}")
    if offset is not None:
        parts.append(f" OFFSET {_count(source, parameters, offset.expression)}")
    return "".join(parts)


def fetched(source: Source, parameters: Sequence[int], node: exp.Expr) -> tuple[str, bool]:
    """The count of FETCH FIRST, and whether its ties belong to it."""
    fetch = node.args["limit"]
    options = fetch.args.get("limit_options")
    if options is not None and options.args.get("percent"):
        raise source.error("SYNTAX_ERROR", node, "FETCH … PERCENT is not Athena's")
    count = _count(source, parameters, fetch.args["count"]) if fetch.args.get("count") else "1"
    ties = bool(options is not None and options.args.get("with_ties"))
    if ties and node.args.get("offset"):
        raise UntranslatableError("OFFSET with WITH TIES runs on Athena only")
    return count, ties


def _count(source: Source, parameters: Sequence[int], node: exp.Expr) -> str:
    if isinstance(node, exp.Placeholder):
        return f"CAST(${parameters.index(id(node)) + 1} AS BIGINT)"
    if isinstance(node, exp.Literal) and not node.is_string and str(node.this).isdigit():
        return str(node.this)
    raise source.error("SYNTAX_ERROR", node, "a limit is a whole number")


def with_ties(
    word: str, listed: list[str], body: str, order: list[tuple[str, str]], count: str
) -> str:
    """A SELECT whose last row brings its ties along."""
    if not order:
        raise QueryError("MISSING_ORDER_BY: FETCH FIRST WITH TIES clause requires ORDER BY")
    if word != "SELECT":
        raise UntranslatableError("DISTINCT with WITH TIES runs on Athena only")
    terms = [
        f"{listed[int(sql) - 1].rpartition(' AS ')[0] if sql.isdigit() else sql} AS o{place}"
        for place, (sql, _) in enumerate(order)
    ]
    by = ", ".join(f"o{place}{way}" for place, (_, way) in enumerate(order))
    names = ", ".join(f"c{place}" for place in range(len(listed)))
    inner = f"SELECT {', '.join(listed + terms)}{body}"
    ranked = f"SELECT *, rank() OVER (ORDER BY {by}) AS place FROM ({inner}) f"
    return f"SELECT {names} FROM ({ranked}) f WHERE place <= {count} ORDER BY {by}"
