"""What all parts of the translation of expressions share: the query around them, and each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlglot import exp

from analytics.engine.functions.model import Typed
from analytics.engine.kinds import Kind
from analytics.engine.stops import marked
from analytics.errors import QueryError

if TYPE_CHECKING:
    from analytics.engine.scope import Columns, Scope, Source


@dataclass
class Translator:
    """Translates expressions of one query; `Expressions` is all of it.

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

    def not_scalar(self, node: exp.Expr) -> QueryError:
        """The error for an aggregate where none may stand."""
        message = (
            f"{self.clause} clause cannot contain aggregations, window functions or grouping "
            "operations"
        )
        return self.source.error("EXPRESSION_NOT_SCALAR", node, message)
