"""Checks a dashboard definition against the columns of its data sets, and for consistency.

cfn-lint checks names and limits, botocore the shape; neither checks column types or the layout.
QuickSight reports such errors only when the stack is deployed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from analytics.linting import calculated

Node = dict[str, Any]
Columns = Mapping[str, Mapping[str, str]]  # by data set: columns with their Athena types

_NUMBERS = ("double", "bigint", "integer")
_TIMES = ("date", "timestamp(3)")
_GRID = 36  # columns of a grid layout
_BOX_VALUES, _BOX_GROUPS = 5, 1


def findings(document: Node, columns: Columns) -> list[str]:
    """The errors in the definition, each with its location."""
    return [
        *calculated.findings(document, columns),
        *_columns(document, calculated.with_fields(document, columns)),
        *_duplicates(document),
        *_parameters(document),
        *_unions(document),
        *_boxes(document),
        *(one for sheet in document["Sheets"] for one in _layout(sheet)),
        *_scopes(document),
    ]


def _walk(node: Any, path: str = "") -> Iterator[tuple[str, Node]]:  # noqa: ANN401  # JSON
    """Every object of the document with its path."""
    if isinstance(node, dict):
        yield path, node
        for name, value in node.items():
            yield from _walk(value, f"{path}.{name}" if path else name)
    elif isinstance(node, list):
        for place, value in enumerate(node):
            yield from _walk(value, f"{path}[{place}]")


def _columns(document: Node, columns: Columns) -> Iterator[str]:
    declared = {one["Identifier"] for one in document["DataSetIdentifierDeclarations"]}
    for name in declared - set(columns):
        yield f"data set {name} is declared but does not exist"
    for path, node in _walk(document):
        if "ColumnName" not in node or "DataSetIdentifier" not in node:
            continue
        data_set, column = node["DataSetIdentifier"], node["ColumnName"]
        if data_set not in declared or data_set not in columns:
            yield f"{path}: data set {data_set} is not declared"
        elif column not in columns[data_set]:
            yield f"{path}: data set {data_set} has no column {column}"
        else:
            yield from _kind(path, column, columns[data_set][column])


def _kind(path: str, column: str, kind: str) -> Iterator[str]:
    numeric = ".NumericalMeasureField." in path or ".NumericalDimensionField." in path
    if numeric and kind not in _NUMBERS:
        yield f"{path}: {column} is {kind}, but a number is required"
    dated = ".DateDimensionField." in path or ".DateMeasureField." in path
    if (dated or "DatesFilter." in path or "TimeRangeFilter." in path) and kind not in _TIMES:
        yield f"{path}: {column} is {kind}, but a date is required"


def _visuals(document: Node) -> Iterator[tuple[str, str, Node]]:
    """Sheet, kind and body of every visual."""
    for sheet in document["Sheets"]:
        for visual in sheet.get("Visuals", []):
            for kind, body in visual.items():
                yield sheet["SheetId"], kind, body


def _duplicates(document: Node) -> Iterator[str]:
    ids = {
        "VisualId": [body["VisualId"] for _, _, body in _visuals(document)],
        "SheetId": [sheet["SheetId"] for sheet in document["Sheets"]],
        "FilterGroupId": [one["FilterGroupId"] for one in document.get("FilterGroups", [])],
    }
    fields = [body.get("ChartConfiguration") for _, _, body in _visuals(document)]
    ids["FieldId"] = [node["FieldId"] for _, node in _walk(fields) if "FieldId" in node]
    filters = document.get("FilterGroups", [])
    ids["FilterId"] = [node["FilterId"] for _, node in _walk(filters) if "FilterId" in node]
    ids["ControlId"] = [
        node[name]
        for _, node in _walk(document["Sheets"])
        for name in ("FilterControlId", "ParameterControlId")
        if name in node
    ]
    for name, found in ids.items():
        for value, count in Counter(found).items():
            if count > 1:
                yield f"{name} {value} occurs {count} times"


def _parameters(document: Node) -> Iterator[str]:
    declared = {
        body["Name"] for one in document.get("ParameterDeclarations", []) for body in one.values()
    }
    filters = {node["FilterId"] for _, node in _walk(document) if "FilterId" in node}
    fields = {node["FieldId"] for _, node in _walk(document) if "FieldId" in node}
    sheets = {sheet["SheetId"] for sheet in document["Sheets"]}
    wanted = {
        "ParameterName": ("parameter", declared),
        "SourceParameterName": ("parameter", declared),
        "DestinationParameterName": ("parameter", declared),
        "SourceFilterId": ("filter", filters),
        "SourceField": ("field", fields),
        "TargetSheetId": ("sheet", sheets),
    }
    for path, node in _walk(document):
        for name, (what, known) in wanted.items():
            if name in node and node[name] not in known:
                yield f"{path}: {what} {node[name]} does not exist"


def _unions(document: Node) -> Iterator[str]:
    for sheet in document["Sheets"]:
        for place, visual in enumerate(sheet.get("Visuals", [])):
            if len(visual) != 1:
                yield f"sheet {sheet['SheetId']}: visual {place} has {len(visual)} kinds, not 1"


def _boxes(document: Node) -> Iterator[str]:
    for _, kind, body in _visuals(document):
        wells = body.get("ChartConfiguration", {}).get("FieldWells", {})
        box = wells.get("BoxPlotAggregatedFieldWells")
        if kind == "BoxPlotVisual" and box:
            if len(box.get("GroupBy", [])) > _BOX_GROUPS:
                yield f"{body['VisualId']}: a box plot has at most {_BOX_GROUPS} group-by field"
            if len(box.get("Values", [])) > _BOX_VALUES:
                yield f"{body['VisualId']}: a box plot has at most {_BOX_VALUES} values"


def _layout(sheet: Node) -> Iterator[str]:
    here = {body["VisualId"] for visual in sheet.get("Visuals", []) for body in visual.values()}
    for layout in sheet.get("Layouts", []):
        elements = layout["Configuration"]["GridLayout"]["Elements"]
        laid = {one["ElementId"] for one in elements if one["ElementType"] == "VISUAL"}
        for name in sorted(here - laid):
            yield f"sheet {sheet['SheetId']}: {name} is missing from the layout"
        for name in sorted(laid - here):
            yield f"sheet {sheet['SheetId']}: {name} is in the layout but does not exist"
        for place, one in enumerate(elements):
            if one["ColumnIndex"] + one["ColumnSpan"] > _GRID:
                yield f"{one['ElementId']}: extends beyond the {_GRID} columns"
            for other in elements[:place]:
                if _overlap(one, other):
                    yield f"{one['ElementId']} overlaps {other['ElementId']}"


def _overlap(one: Node, other: Node) -> bool:
    beside = (
        one["ColumnIndex"] + one["ColumnSpan"] <= other["ColumnIndex"]
        or other["ColumnIndex"] + other["ColumnSpan"] <= one["ColumnIndex"]
    )
    apart = (
        one["RowIndex"] + one["RowSpan"] <= other["RowIndex"]
        or other["RowIndex"] + other["RowSpan"] <= one["RowIndex"]
    )
    return not (beside or apart)


def _scopes(document: Node) -> Iterator[str]:
    there: dict[str, set[str]] = {sheet["SheetId"]: set() for sheet in document["Sheets"]}
    for sheet, _, body in _visuals(document):
        there[sheet].add(body["VisualId"])
    for group in document.get("FilterGroups", []):
        name = group["FilterGroupId"]
        scope = group["ScopeConfiguration"].get("SelectedSheets", {})
        for one in scope.get("SheetVisualScopingConfigurations", []):
            if one["SheetId"] not in there:
                yield f"{name}: filters sheet {one['SheetId']}, which does not exist"
                continue
            for visual in sorted(set(one.get("VisualIds", [])) - there[one["SheetId"]]):
                yield f"{name}: filters {visual}, which is not on sheet {one['SheetId']}"
