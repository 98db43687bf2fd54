from __future__ import annotations

import copy
from typing import Any

import pytest

from analytics.building import quicksight, template
from analytics.linting import calculated, definition

COLUMNS = {
    name: dict(template.view_columns()[view]) for name, (view, _) in quicksight.DATA_SETS.items()
}
SCORES = {"scores": {"f1": "double", "flag": "varchar", "day": "date"}}


def found(expression: str, *visuals: Any, name: str = "made") -> list[str]:
    field = {"DataSetIdentifier": "scores", "Name": name, "Expression": expression}
    document = {"CalculatedFields": [field], "Sheets": [{"Visuals": list(visuals)}]}
    return list(calculated.findings(document, SCORES))


def measure(name: str, *aggregation: str, kind: str = "NumericalMeasureField") -> Any:
    column = {"DataSetIdentifier": "scores", "ColumnName": name}
    return {kind: {"FieldId": "x", "Column": column, **{one: {} for one in aggregation}}}


def test_those_of_the_dashboard_are_clean() -> None:
    document = quicksight.definition()

    assert len(document["CalculatedFields"]) == 7
    assert list(calculated.findings(document, COLUMNS)) == []


@pytest.mark.parametrize(
    "expression",
    [
        "avg({f1}) - 1.96 * stdev({f1}) / sqrt(count({f1}))",
        "distinct_countIf({flag}, {flag} = 'a (b' OR {flag} = 'f(x)') / distinct_count({flag})",
        "concat({flag}, '/', toString({f1}))",
        "sumIf({f1}, isNotNull({f1}))",
        "({f1} + 1) * 2",
    ],
)
def test_a_right_expression_is_clean(expression: str) -> None:
    assert found(expression) == []


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("avg({f2})", "there is no field f2"),
        ("median({f1})", "function median is not on the list"),
        ("avg(sqrt(count({f1})))", "count stands within an aggregate function"),
        ("avg({f1}) + {f1}", "f1 stands outside an aggregate function"),
        ("avg({f1}", "a parenthesis is not closed"),
        ("avg({f1}))", "a parenthesis is closed that is not open"),
        ("avg(f1)", "f1 is neither a function nor a field in braces"),
        ("avg({f1}) / 1 AND x", "x is neither"),
    ],
)
def test_a_wrong_expression_is_found(expression: str, message: str) -> None:
    assert any(message in one for one in found(expression))


def test_names_are_new_and_of_a_length_that_quicksight_takes() -> None:
    assert any("a column has this name" in one for one in found("sqrt({f1})", name="f1"))
    assert any("too long" in one for one in found("sqrt({f1})", name="x" * 128))
    assert found("sqrt({f1})", name="x" * 127) == []


def test_an_aggregate_is_a_measure_that_is_not_aggregated_again() -> None:
    again = "made is an aggregate"

    assert found("avg({f1})", measure("made")) == []
    assert any(again in one for one in found("avg({f1})", measure("made", "AggregationFunction")))
    dimension = measure("made", kind="CategoricalDimensionField")
    assert any(again in one for one in found("avg({f1})", dimension))


@pytest.mark.parametrize("name", ["f1", "made"])
def test_what_is_no_aggregate_needs_one(name: str) -> None:
    assert found("sqrt({f1})", measure(name, "AggregationFunction")) == []
    assert found("sqrt({f1})", measure(name)) == [f"x: {name} needs an AggregationFunction"]


def test_a_calculated_field_is_a_column_with_the_type_of_its_value() -> None:
    fields = [
        {"DataSetIdentifier": "scores", "Name": "text", "Expression": "concat({flag}, 'a')"},
        {"DataSetIdentifier": "scores", "Name": "number", "Expression": "sqrt({f1})"},
    ]

    known = calculated.with_fields({"CalculatedFields": fields}, SCORES)

    assert known["scores"] == {**SCORES["scores"], "text": "varchar", "number": "double"}
    assert "text" not in SCORES["scores"]


def test_a_number_of_text_in_a_visual_of_the_dashboard_is_found() -> None:

    document = copy.deepcopy(quicksight.definition())
    [sheet] = [one for one in document["Sheets"] if one["SheetId"] == "checks"]
    wells = sheet["Visuals"][0]["KPIVisual"]["ChartConfiguration"]["FieldWells"]
    wells["Values"][0]["NumericalMeasureField"]["Column"]["ColumnName"] = "draft"

    assert any(
        "draft is varchar, but a number is required" in one
        for one in definition.findings(document, COLUMNS)
    )
