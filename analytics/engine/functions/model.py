"""What an entry of the list of functions says: its types, its SQL here, and a note for readers.

A signature reads as Trino's documentation writes it, `split_part(varchar, varchar, bigint) ->
varchar`. Type variables are single capital letters: E any type, O an orderable one, N a number, I
an integer type, D a decimal type, R, S, T, U, K, V any type. `f(T, …) -> R` is a lambda, `…` after
the last type repeats it.

The SQL is DuckDB's, with {0}, {1} for the arguments, {all} for all of them, {over} where a FILTER
or OVER clause belongs, and FAIL[CODE: message] where Athena stops with an error; ELSEWHERE[reason]
stops with the message that this runs on Athena only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from analytics.engine.kinds import Kind, kind

Use = Literal["scalar", "aggregate", "window"]
_SIGNATURE = re.compile(r"(\w+)\((.*)\) -> (.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Typed:
    """SQL of DuckDB with its Trino type; `text` is the value of a string literal.

    `loose` lists the columns that lie outside of any aggregation, for GROUP BY.
    """

    sql: str
    kind: Kind
    text: str | None = None
    loose: frozenset[str] = frozenset()


Sql = str | Callable[[Sequence[Typed]], str]
Result = Callable[[Sequence[Kind]], Kind]


@dataclass(frozen=True, slots=True)
class Lambda:
    """A parameter that is a lambda: the types of its arguments, and of its body."""

    takes: tuple[Kind, ...]
    gives: Kind


Parameter = Kind | Lambda


@dataclass(frozen=True, slots=True)
class Function:
    """One signature of one function."""

    name: str
    shown: str
    takes: tuple[Parameter, ...]
    repeats: bool
    gives: Kind | Result
    sql: Sql
    note: str
    use: Use

    @property
    def signature(self) -> str:
        """The signature with the names of types as readers know them."""
        return self.shown.replace("daytime", "interval").replace("timestamptz", "timestamp UTC")

    def accepts(self, count: int) -> bool:
        """Whether it takes so many arguments."""
        return count >= len(self.takes) if self.repeats else count == len(self.takes)


def scalar(signature: str, sql: Sql, note: str = "", gives: Result | None = None) -> Function:
    """A function of one row."""
    return _function(signature, sql, note, gives, "scalar")


def aggregate(signature: str, sql: Sql, note: str = "", gives: Result | None = None) -> Function:
    """A function of a group's rows, or of a window's."""
    return _function(signature, sql, note, gives, "aggregate")


def window(signature: str, sql: Sql, note: str = "") -> Function:
    """A function that needs OVER."""
    return _function(signature, sql, note, None, "window")


def _function(signature: str, sql: Sql, note: str, gives: Result | None, use: Use) -> Function:
    match = _SIGNATURE.fullmatch(signature)
    assert match, signature  # noqa: S101  # our own table
    name, inside, result = match.groups()
    parts = _split(inside)
    repeats = bool(parts) and parts[-1] == "…"
    takes = tuple(_parameter(part) for part in parts if part != "…")
    return Function(name, signature, takes, repeats, gives or kind(result), sql, note, use)


def _parameter(text: str) -> Parameter:
    if text.startswith("f("):
        takes, _, gives = text[1:].partition(" -> ")
        return Lambda(tuple(kind(one) for one in _split(takes[1:-1])), kind(gives))
    return kind(text)


def _split(text: str) -> list[str]:
    """The parts between commas that stand in no parentheses."""
    parts, depth, part = [], 0, ""
    for char in text:
        depth += (char == "(") - (char == ")")
        if char == "," and depth == 0:
            parts.append(part.strip())
            part = ""
        else:
            part += char
    return [*parts, part.strip()] if part.strip() else parts
