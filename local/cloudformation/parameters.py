"""The parameters of a template: their values, and which ones CloudFormation refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from local.errors import PackageError


def values(declared: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, Any]:
    """The value of each parameter; PackageError if one is missing, unknown or not allowed."""
    found = {}
    for name in given:
        if name not in declared:
            raise PackageError(f"the template has no parameter {name}")
    for name, one in declared.items():
        if name not in given and "Default" not in one:
            raise PackageError(f"parameter {name} has no value")
        text = str(given.get(name, one.get("Default")))
        for reason in _refusals(one, text):
            raise PackageError(f"parameter {name}: {reason}")
        found[name] = _typed(one["Type"], text)
    return found


def _refusals(one: Mapping[str, Any], text: str) -> Iterator[str]:
    """Why CloudFormation would refuse a value; lists are checked value by value."""
    parts = text.split(",") if one["Type"] == "CommaDelimitedList" else [text]
    if "AllowedValues" in one and text not in map(str, one["AllowedValues"]):
        yield "not among the allowed values"
    if "AllowedPattern" in one and not all(re.fullmatch(one["AllowedPattern"], x) for x in parts):
        yield "does not match the allowed pattern"
    if not int(one.get("MinLength", 0)) <= len(text) <= int(one.get("MaxLength", 4096)):
        yield "too short or too long"
    if one["Type"] == "Number":
        number = float(text)
        if not float(one.get("MinValue", number)) <= number <= float(one.get("MaxValue", number)):
            yield "out of range"


def _typed(kind: str, text: str) -> Any:  # noqa: ANN401  # by the parameter's type
    if kind == "Number":
        return float(text) if "." in text else int(text)
    return text.split(",") if kind == "CommaDelimitedList" else text
