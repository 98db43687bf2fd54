"""The list of functions: what each of them does here, and which run on Athena only.

A function of neither list is unknown to Athena.
"""

from __future__ import annotations

from collections import defaultdict

from analytics.engine.functions import aggregates, arrays, dates, jsons, numbers, patterns, text
from analytics.engine.functions.model import Function

# By module, in the order of the documentation.
MODULES = {
    "Text": text.FUNCTIONS,
    "Regular expressions": patterns.FUNCTIONS,
    "Numbers": numbers.FUNCTIONS,
    "Dates and times": dates.FUNCTIONS,
    "Arrays, maps and lambdas": arrays.FUNCTIONS,
    "JSON": jsons.FUNCTIONS,
    "Aggregates and windows": aggregates.FUNCTIONS,
}


def _by_name() -> dict[str, tuple[Function, ...]]:
    found: dict[str, list[Function]] = defaultdict(list)
    for functions in MODULES.values():
        for one in functions:
            found[one.name].append(one)
    return {name: tuple(ones) for name, ones in found.items()}


FUNCTIONS = _by_name()
# Written as functions, but with rules of their own: analytics/engine/specials.py.
SPECIAL = {
    "date": "As CAST(… AS date)",
    "coalesce": "Converted to one type",
    "grouping": "Of GROUPING SETS, ROLLUP and CUBE",
    "if": "Lazy, as CASE",
    "mod": "The operator %",
    "nullif": "",
    "row": "Fields without names",
    "try": "Null instead of a division by zero, a cast or a number that is out of range",
}
