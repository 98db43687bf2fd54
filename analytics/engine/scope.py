"""Names: the columns of a query's relations, and where an error stands in the text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlglot import exp

from analytics.engine.kinds import Kind
from analytics.errors import QueryError

Columns = tuple[tuple[str, Kind], ...]


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a relation: its name (lower case), type and SQL; `of` is the relation."""

    name: str
    kind: Kind
    sql: str
    of: str
    hidden: bool = False  # of USING: only with its relation's name


@dataclass(slots=True)
class Scope:
    """The columns that a query can name; `outer` has those of the query around it."""

    fields: list[Field] = field(default_factory=list)
    outer: Scope | None = None
    loose: set[str] = field(default_factory=set)

    def find(self, name: str, of: str | None) -> list[Field]:
        """The columns of that name, in this scope alone."""
        return [
            one
            for one in self.fields
            if one.name == name and (one.of == of if of is not None else not one.hidden)
        ]


@dataclass(frozen=True, slots=True)
class Source:
    """The text of a statement, for line and column of its parts."""

    text: str

    def error(self, code: str, node: exp.Expr, message: str, sign: str = "") -> QueryError:
        """An error in Athena's words; with a sign, at that sign before the right operand."""
        offset = self._start(node.args["expression"]) if sign else self._start(node)
        if sign and offset is not None:
            offset = self.text.upper().rfind(sign, 0, offset)
        return QueryError(f"{code}: {self._place(offset)}{message}")

    def _place(self, offset: int | None) -> str:
        if offset is None or offset < 0:
            return ""
        line = self.text.count("\n", 0, offset) + 1
        return f"line {line}:{offset - self.text.rfind(chr(10), 0, offset)}: "

    def _start(self, node: exp.Expr) -> int | None:
        return min(_starts(node), default=None)


def _starts(node: exp.Expr) -> Iterator[int]:
    for one in node.walk():
        if isinstance(one.meta.get("start"), int):
            yield one.meta["start"]
