"""Checks the calculated fields of a dashboard definition.

QuickSight reports errors in an expression only when the stack is deployed. What it allows: Amazon
QuickSight user guide, "Aggregate functions" and "Calculated field function and operator reference".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

Node = dict[str, Any]
Columns = Mapping[str, Mapping[str, str]]  # by data set: columns with their Athena types

# Functions that we use; add one after reading its page of the user guide.
_AGGREGATES = {"avg", "count", "distinct_count", "distinct_countIf", "stdev", "sumIf"}
_TEXTS = {"concat", "toString"}
_OTHERS = {"isNotNull", "sqrt"}
_MAX_NAME = 127
_MAX_EXPRESSION = 32_000
_TEXT = re.compile(r"'[^']*'")
_CALL = re.compile(r"(\w+)\(|\)|\(|\{([^{}]*)\}")
_WORD = re.compile(r"[A-Za-z_]\w*")
_OPERATORS = {"AND", "OR"}


def with_fields(document: Node, columns: Columns) -> dict[str, dict[str, str]]:
    """The columns of each data set, and its calculated fields with the types of their values."""
    found = {name: dict(one) for name, one in columns.items()}
    for field in document.get("CalculatedFields", []):
        text = field["Expression"].startswith(tuple(f"{name}(" for name in _TEXTS))
        known = found.setdefault(field["DataSetIdentifier"], {})
        known[field["Name"]] = "varchar" if text else "double"
    return found


def findings(document: Node, columns: Columns) -> Iterator[str]:
    """The errors in the calculated fields, and where they are used as what they are not."""
    known = with_fields(document, columns)
    aggregated = set()
    for field in document.get("CalculatedFields", []):
        data_set, name, expression = field["DataSetIdentifier"], field["Name"], field["Expression"]
        where = f"calculated field {name} of {data_set}"
        if name in columns.get(data_set, {}):
            yield f"{where}: a column has this name"
        if len(name) > _MAX_NAME or len(expression) > _MAX_EXPRESSION:
            yield f"{where}: is too long"
        yield from (f"{where}: {one}" for one in _expression(expression, known.get(data_set, {})))
        if _aggregates(expression):
            aggregated.add((data_set, name))
    yield from _uses(document, aggregated, "")


def _aggregates(expression: str) -> bool:
    return any(found[1] in _AGGREGATES for found in _CALL.finditer(_TEXT.sub("", expression)))


def _expression(expression: str, known: Mapping[str, str]) -> Iterator[str]:
    text = _TEXT.sub("", expression)
    for word in sorted({*_WORD.findall(_CALL.sub(" ", text))} - _OPERATORS):
        yield f"{word} is neither a function nor a field in braces"
    custom = _aggregates(expression)
    open_calls: list[str] = []
    for found in _CALL.finditer(text):
        inside = not _AGGREGATES.isdisjoint(open_calls)
        if found[2] is not None:
            yield from _field(found[2], known, bare=custom and not inside)
        elif found[0] != ")":
            yield from _call(found[1], inside=inside)
            open_calls.append(found[1] or "")
        elif open_calls:
            open_calls.pop()
        else:
            yield "a parenthesis is closed that is not open"
    if open_calls:
        yield "a parenthesis is not closed"


def _field(name: str, known: Mapping[str, str], *, bare: bool) -> Iterator[str]:
    if name not in known:
        yield f"there is no field {name}"
    if bare:
        yield f"{name} stands outside an aggregate function, beside one"


def _call(name: str | None, *, inside: bool) -> Iterator[str]:
    if name is not None and name not in _AGGREGATES | _TEXTS | _OTHERS:
        yield f"function {name} is not on the list of analytics/linting/calculated.py"
    if name in _AGGREGATES and inside:
        yield f"{name} stands within an aggregate function"


def _uses(node: Any, aggregated: set[tuple[str, str]], kind: str) -> Iterator[str]:  # noqa: ANN401  # JSON
    """An aggregate is a measure, and is not aggregated again."""
    if isinstance(node, list):
        for one in node:
            yield from _uses(one, aggregated, kind)
    if not isinstance(node, dict):
        return
    column = node.get("Column")
    if isinstance(column, dict):
        name = column.get("ColumnName")
        is_aggregate = (column.get("DataSetIdentifier"), name) in aggregated
        is_measure, again = kind == "NumericalMeasureField", "AggregationFunction" in node
        if is_aggregate and (again or not is_measure):
            yield f"{node.get('FieldId', kind)}: {name} is an aggregate: a measure as it is"
        if is_measure and not is_aggregate and not again:
            yield f"{node['FieldId']}: {name} needs an AggregationFunction"
    for key, value in node.items():
        yield from _uses(value, aggregated, key)
