"""Every finding of the lint, made by breaking what is right."""

from __future__ import annotations

import argparse
import copy
from collections.abc import Callable
from typing import Any

import pytest

from analytics import linting, sql
from analytics.building import quicksight, template
from analytics.errors import LintError
from analytics.linting import definition, service, statements
from analytics.verbs import lint

Document = dict[str, Any]
COLUMNS = {
    name: dict(template.view_columns()[view]) for name, (view, _) in quicksight.DATA_SETS.items()
}


def visuals(document: Document) -> list[Any]:
    return list(document["Sheets"][0]["Visuals"])


def wells(document: Document) -> Any:
    return visuals(document)[2]["BoxPlotVisual"]["ChartConfiguration"]["FieldWells"][
        "BoxPlotAggregatedFieldWells"
    ]


def measure(document: Document) -> Any:
    return wells(document)["Values"][0]["NumericalMeasureField"]


def elements(document: Document) -> Any:
    return document["Sheets"][0]["Layouts"][0]["Configuration"]["GridLayout"]["Elements"]


def scope(document: Document) -> Any:
    groups = {one["FilterGroupId"]: one for one in document["FilterGroups"]}
    return groups["in-a"]["ScopeConfiguration"]["SelectedSheets"][
        "SheetVisualScopingConfigurations"
    ][0]


BROKEN: list[tuple[Callable[[Document], Any], str]] = [
    (lambda d: measure(d)["Column"].update(ColumnName="nope"), "has no column nope"),
    (lambda d: measure(d)["Column"].update(ColumnName="metric"), "but a number is required"),
    (lambda d: measure(d)["Column"].update(DataSetIdentifier="x"), "data set x is not declared"),
    (lambda d: measure(d).update(FieldId="box-b-v"), "FieldId box-b-v occurs 2 times"),
    (lambda d: visuals(d)[3]["BoxPlotVisual"].update(VisualId="box-a"), "VisualId box-a occurs"),
    (lambda d: d["Sheets"][1].update(SheetId="comparison"), "SheetId comparison occurs 2 times"),
    (lambda d: visuals(d)[2].update(KPIVisual={"VisualId": "z"}), "has 2 kinds, not 1"),
    (lambda d: wells(d)["GroupBy"].append(wells(d)["GroupBy"][0]), "has at most 1 group-by field"),
    (lambda d: wells(d)["Values"].extend(wells(d)["Values"] * 5), "has at most 5 values"),
    (lambda d: elements(d)[1].update(ColumnIndex=4), "means overlaps mean"),
    (lambda d: elements(d)[1].update(ColumnSpan=36), "extends beyond the 36 columns"),
    (lambda d: elements(d).pop(0), "mean is missing from the layout"),
    (lambda d: elements(d)[0].update(ElementId="gone"), "gone is in the layout but does not exist"),
    (lambda d: scope(d).update(VisualIds=["gone"]), "filters gone, which is not on sheet"),
    (lambda d: scope(d).update(SheetId="gone"), "filters sheet gone"),
    (lambda d: d["ParameterDeclarations"].pop(0), "parameter DatasetA does not exist"),
    (lambda d: d["FilterGroups"].pop(0), "filter dataset-filter does not exist"),
    (lambda d: d["DataSetIdentifierDeclarations"].append({"Identifier": "y"}), "y is declared"),
    (
        lambda d: d["FilterGroups"][3]["Filters"][0]["RelativeDatesFilter"]["Column"].update(
            ColumnName="dataset"
        ),
        "but a date is required",
    ),
]


def test_the_dashboard_is_clean() -> None:
    document = quicksight.definition()

    assert definition.findings(document, COLUMNS) == []
    assert service.findings(document) == []


@pytest.mark.parametrize(("breaks", "message"), BROKEN)
def test_what_is_broken_is_found(breaks: Callable[[Document], Any], message: str) -> None:
    document = copy.deepcopy(quicksight.definition())
    breaks(document)

    assert any(message in one for one in definition.findings(document, COLUMNS))


def test_a_key_that_quicksight_does_not_know_is_found() -> None:
    document = copy.deepcopy(quicksight.definition())
    wells(document)["Colour"] = []

    assert any("Colour" in one for one in service.findings(document))


@pytest.mark.parametrize(
    "query",
    [
        "SELECT a FROM t QUALIFY row_number() OVER (ORDER BY a) = 1",
        "SELECT * EXCLUDE (a) FROM t",
        "SELECT a FROM t LIMIT 5 OFFSET 2",
        "SELECT a FROM",
    ],
)
def test_the_second_grammar_refuses(query: str) -> None:
    refused = statements.grammar_errors({"bad": query, "good": "SELECT a FROM t"})

    assert list(refused) == ["bad"]


def test_the_sql_files_are_clean_in_both_grammars() -> None:
    assert statements.findings() == []


def test_sql_outside_athenas_grammar_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = {
        "v_bad": sql.Statement("v_bad", "?", "SELECT * EXCLUDE (a) FROM files", ()),
        "v_bare": sql.Statement("v_bare", "", "SELECT count(*) FROM files", ()),
    }
    monkeypatch.setattr(sql, "views", lambda: broken)

    found = statements.findings()

    assert any(one.startswith("views/v_bad.sql: SYNTAX_ERROR") for one in found)
    assert "views/v_bare.sql: column _col0 has no name" in found
    assert any("v_bare" in one and "no comment with its question" in one for one in found)


def test_findings_end_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linting, "findings", lambda: ["a", "b"])

    with pytest.raises(LintError, match="2 findings") as caught:
        lint.run(argparse.Namespace())

    assert caught.value.findings == ("a", "b")
