"""Which signature of a function a call means, as Trino decides it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlglot import exp

from analytics.engine.functions import FUNCTIONS
from analytics.engine.functions.elsewhere import PARTIAL
from analytics.engine.functions.model import Function, Lambda, Typed
from analytics.engine.kinds import UNKNOWN, Kind, common, converts
from analytics.errors import QueryError, UntranslatableError

if TYPE_CHECKING:
    from analytics.engine.scope import Source

# Types for which Trino has signatures beyond the list.
_RARE = ("varbinary", "char", "time", "timestamptz", "daytime", "yearmonth", "json", "map", "array")
_CONSTRAINED = {"I": "is_whole", "N": "is_number", "O": "is_orderable"}


def bound_types(
    function: Function, values: Sequence[Typed | None]
) -> tuple[int, dict[str, Kind]] | None:
    """How many arguments are converted, and the type variables; None if the call is another."""
    bindings: dict[str, Kind] = {}
    cost = 0
    for place, value in enumerate(values):
        takes = function.takes[min(place, len(function.takes) - 1)]
        if isinstance(takes, Lambda) != (value is None):
            return None
        if isinstance(takes, Lambda) or value is None:
            continue
        if not _binds(takes, value.kind, bindings):
            return None
    for place, value in enumerate(values):
        takes = function.takes[min(place, len(function.takes) - 1)]
        if value is not None and not isinstance(takes, Lambda):
            wanted = filled(takes, bindings)
            if wanted.name != value.kind.name or (wanted.args and wanted.kinds != value.kind.kinds):
                cost += 1
    return cost, bindings


def _binds(takes: Kind, given: Kind, bindings: dict[str, Kind]) -> bool:  # noqa: PLR0911  # the whole table
    if given.name == "unknown":
        return True
    if len(takes.name) == 1:
        kind = Kind("varchar") if given.name == "parameter" else given
        found = common(bindings.get(takes.name, UNKNOWN), kind)
        if found is None or (takes.name == "D" and found.name != "decimal"):
            return False
        limit = _CONSTRAINED.get(takes.name)
        if limit is not None and not getattr(found, limit):
            return False
        bindings[takes.name] = found
        return True
    if takes.name in ("array", "map") and given.name == takes.name:
        if takes == Kind("array", (Kind("varchar"),)):
            return True  # array_join and concat_ws: elements are cast
        return all(
            _binds(one, other, bindings)
            for one, other in zip(takes.kinds, given.kinds, strict=True)
        )
    if takes.name == "boolean" and given.name == "parameter":
        return True
    return converts(given, takes)


def filled(kind: Kind, bindings: dict[str, Kind]) -> Kind:
    """The type with its variables replaced; an unbound one is unknown."""
    if len(kind.name) == 1:
        return bindings.get(kind.name, UNKNOWN)
    if not kind.kinds:
        return kind
    parts = tuple(filled(one, bindings) if isinstance(one, Kind) else one for one in kind.args)
    return Kind(kind.name, parts, kind.fields)


def unexpected(
    source: Source, node: exp.Expr, name: str, values: Sequence[Typed | None]
) -> QueryError:
    """The error for a call that fits no signature."""
    given = ", ".join("function" if one is None else str(one.kind) for one in values)
    counts = any(one.accepts(len(values)) for one in FUNCTIONS.get(name, ()))
    rare = any(one is None or one.kind.is_any(*_RARE) for one in values)
    if name in PARTIAL and (rare or not counts):
        return UntranslatableError(f"{name} of ({given}) runs on Athena only")
    expected = ", ".join(one.signature.partition(" -> ")[0] for one in FUNCTIONS.get(name, ()))
    message = f"Unexpected parameters ({given}) for function {name}. Expected: {expected}"
    return source.error("TYPE_MISMATCH", node, message)
