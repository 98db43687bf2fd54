"""Schedule expressions of EventBridge: what its rules and its scheduler refuse.

From "Setting a schedule pattern for scheduled rules" in the EventBridge user guide, as remembered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_RATE = re.compile(r"rate\((\d+) (minute|hour|day)(s?)\)")
_CRON = re.compile(r"cron\(([^()]*)\)")
_FIELDS = ("minutes", "hours", "day of month", "month", "day of week", "year")
# What each field's numbers may be; names of months and days are numbers too.
_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (1, 7), (1970, 2199))
_MONTHS = (
    *("JAN", "FEB", "MAR", "APR", "MAY", "JUN"),
    *("JUL", "AUG", "SEP", "OCT", "NOV", "DEC"),
)
_NAMES = {name: place + 1 for place, name in enumerate(_MONTHS)}
_WEEK = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_DAYS = {name: place + 1 for place, name in enumerate(_WEEK)}
_DAY_OF_MONTH, _MONTH, _DAY_OF_WEEK = 2, 3, 4


def faults(expression: str) -> Iterator[str]:
    """Why EventBridge would refuse a schedule expression; nothing if it would not."""
    if rate := _RATE.fullmatch(expression):
        if int(rate[1]) < 1 or (int(rate[1]) == 1) == bool(rate[3]):
            yield "write rate(1 day), rate(2 days): a positive number, and its unit in agreement"
        return
    cron = _CRON.fullmatch(expression)
    if cron is None:
        yield "write cron(…) or rate(…)"
        return
    fields = cron[1].split()
    if len(fields) != len(_FIELDS):
        yield f"cron has {len(_FIELDS)} fields ({', '.join(_FIELDS)}), not {len(fields)}"
        return
    if (fields[_DAY_OF_MONTH] == "?") == (fields[_DAY_OF_WEEK] == "?"):
        yield "exactly one of day of month and day of week must be ?"
    for place, field in enumerate(fields):
        if not all(_is_part(place, part) for part in field.split(",")):
            yield f"{_FIELDS[place]}: {field} is not allowed"


def _is_part(place: int, part: str) -> bool:
    """Whether one element of a field is a value, a range or a step within its limits."""
    if part == "?":
        return place in {_DAY_OF_MONTH, _DAY_OF_WEEK}
    base, slash, step = part.partition("/")
    if slash and not (step.isdecimal() and int(step) > 0):
        return False
    if base == "*":
        return True
    if place == _DAY_OF_MONTH and re.fullmatch(r"L|\d{1,2}W", base):
        return True
    if place == _DAY_OF_WEEK and re.fullmatch(r"L|[1-7]L|[1-7]#[1-5]", base):
        return True
    ends = [_number(place, end) for end in base.split("-", 1)]
    least, most = _RANGES[place]
    return all(end is not None and least <= end <= most for end in ends)


def _number(place: int, text: str) -> int | None:
    names = _NAMES if place == _MONTH else _DAYS if place == _DAY_OF_WEEK else {}
    if text.upper() in names:
        return names[text.upper()]
    return int(text) if text.isdecimal() else None
