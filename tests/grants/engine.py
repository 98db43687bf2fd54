"""Decides what a role's policies allow, as IAM does within one account.

An explicit deny wins; otherwise an allow is needed. Only what this project's policies use is
implemented, and anything else is an error, never a silent no. tests/integration/test_grants.py
compares it with the engine of the local AWS.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

Statement = Mapping[str, Any]
_KNOWN = {"Sid", "Effect", "Action", "Resource", "Condition"}


class Need(NamedTuple):
    """What one API call must be allowed: an action on a resource; `context` has condition keys."""

    action: str
    resource: str
    context: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        """As it is read in a failure."""
        return f"{self.action} on {self.resource}"


def allows(statements: Iterable[Statement], need: Need) -> bool:
    """Whether a role with these statements may do it."""
    allowed = False
    for statement in statements:
        if not _applies(statement, need):
            continue
        if statement["Effect"] == "Deny":
            return False
        allowed = True
    return allowed


def listed(value: str | Sequence[str]) -> list[str]:
    """An element of a statement, which may be one text or several."""
    return [value] if isinstance(value, str) else list(value)


def _applies(statement: Statement, need: Need) -> bool:
    unknown = set(statement) - _KNOWN
    if unknown:
        raise NotImplementedError(f"this engine does not know {unknown}")
    # Actions ignore case, ARNs do not (IAM user guide, "IAM JSON policy elements").
    return (
        any(_matches(one.lower(), need.action.lower()) for one in listed(statement["Action"]))
        and any(_matches(one, need.resource) for one in listed(statement["Resource"]))
        and _holds(statement.get("Condition", {}), {k.lower(): v for k, v in need.context})
    )


def _holds(condition: Mapping[str, Mapping[str, Any]], context: Mapping[str, str]) -> bool:
    return all(
        _test(operator, context.get(key.lower()), listed(expected))
        for operator, keys in condition.items()
        for key, expected in keys.items()
    )


def _test(operator: str, found: str | None, expected: list[str]) -> bool:
    if operator == "Null":
        return (found is None) == (expected == ["true"])
    if operator not in {"Bool", "StringEquals", "StringLike", "ArnEquals", "ArnLike"}:
        raise NotImplementedError(f"this engine does not know the operator {operator}")
    if found is None:
        return False
    if operator in {"Bool", "StringEquals"}:
        return found in expected
    return any(_matches(one, found) for one in expected)


@cache
def _pattern(text: str) -> re.Pattern[str]:
    wild = {"*": ".*", "?": "."}
    return re.compile("".join(wild.get(one, re.escape(one)) for one in text), re.DOTALL)


def _matches(pattern: str, text: str) -> bool:
    return _pattern(pattern).fullmatch(text) is not None
