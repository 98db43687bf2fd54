"""Checks the cron expressions of scheduled scaling before anything is created.

Application Auto Scaling rejects an invalid one only when the endpoint is already billed. The format
has six fields: minutes, hours, day of month, month, day of week, year.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from common.errors import SettingError

LONGEST = 256  # far longer than any schedule; bounds the time of the check
_SHAPE = re.compile(r"cron\(([^()]*)\)")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


@dataclass(frozen=True)
class _Field:
    name: str
    least: int
    most: int
    names: tuple[str, ...] = ()
    special: str = ""  # a pattern of what only this field may contain


_FIELDS = (
    _Field("minutes", 0, 59),
    _Field("hours", 0, 23),
    _Field("day of month", 1, 31, special=r"\?|L|LW|([1-9]|[12][0-9]|3[01])W"),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of week", 1, 7, _DAYS, special=r"\?|L|([1-7]|[A-Z]{3})(L|#[1-5])"),
    _Field("year", 1970, 2199),
)


def check(option: str, expression: str) -> None:
    """Raise SettingError, with the field, unless AWS accepts the expression."""
    found = _SHAPE.fullmatch(expression) if len(expression) <= LONGEST else None
    if found is None:
        raise SettingError(f"{option} {expression[:LONGEST]}", "write cron(0 1 * * ? *), in UTC")
    values = found[1].upper().split()
    if len(values) != len(_FIELDS):
        names = ", ".join(field.name for field in _FIELDS)
        raise SettingError(
            f"{option} {expression}", f"has {len(values)} fields instead of six: {names}"
        )
    for field, value in zip(_FIELDS, values, strict=True):
        if not _is_valid(field, value):
            names = f" or {field.names[0]} to {field.names[-1]}" if field.names else ""
            problem = f"{value} is no {field.name}: {field.least} to {field.most}{names}"
            raise SettingError(f"{option} {expression}", problem)
    if (values[2] == "?") == (values[4] == "?"):
        problem = "exactly one of day of month and day of week must be ?"
        raise SettingError(f"{option} {expression}", problem)


def _is_valid(field: _Field, value: str) -> bool:
    if field.special and re.fullmatch(field.special, value):
        return True
    return all(_is_part(field, part) for part in value.split(","))


def _is_part(field: _Field, part: str) -> bool:
    """Whether a part between commas is a value, a range or a step."""
    start, slash, step = part.partition("/")
    if slash and not (step.isascii() and step.isdigit() and 1 <= int(step) <= field.most):
        return False
    if start == "*":
        return True
    low, dash, high = start.partition("-")
    bounds = [_number(field, low), _number(field, high)] if dash else [_number(field, low)]
    return None not in bounds


def _number(field: _Field, text: str) -> int | None:
    if text in field.names:
        return field.names.index(text) + field.least
    if not (text.isascii() and text.isdigit()):
        return None
    return int(text) if field.least <= int(text) <= field.most else None
