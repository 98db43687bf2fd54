"""--since, --dataset and --model-version: what they let through, and what they refuse."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from analytics.engine.athena import Athena
from analytics.report.gather import Content, gather
from analytics.report.scope import Scope, day
from common.errors import UsageError
from tests.unit.analytics.conftest import (
    LakeOnDisk,
    check,
    clinical,
    failure,
    file,
    impression,
    score,
)

NEW, OLD = "2026-11-04", "2026-11-02"


def put(lake: LakeOnDisk, at: str, **given: Any) -> None:
    """One report with its rows in all tables, received on a day."""
    moment = f"{at} 10:00:00.000"
    baseline = {"model_role": "baseline-constant", "model_id": "b", "model_version": "1"}
    for model in ({}, baseline):
        lake.put("impressions", impression(generated_at=moment, **given | model), day=at)
        lake.put("rouge_scores", score(scored_at=moment, **given | model), day=at)
        lake.put("clinical_scores", clinical(scored_at=moment, **given | model), day=at)
    lake.put("checks", check(checked_at=moment, flag="wrong_side", **given), day=at)
    where = {"run_id": given["run_id"], "dataset": given["dataset"]}
    lake.put("failures", failure(failed_at=moment, **where), day=at)
    lake.put("files", file(source_key=f"evaluation/{given['run_id']}.json", **where), day=at)


@pytest.fixture(autouse=True)
def _rows(lake: LakeOnDisk) -> None:
    put(lake, OLD, run_id="o1", report_id="r1", dataset="dev1", model_version="1")
    put(lake, NEW, run_id="o2", report_id="r2", dataset="dev1", model_version="2")
    put(lake, NEW, run_id="o3", report_id="r3", dataset="it's", model_version="2")


def seen(found: Content) -> dict[str, Any]:
    """Which reports each part of the page is about."""
    return {
        "reports": found.counts["reports"],
        "means": sorted({(line.dataset, line.model.name) for line in found.means}),
        "flags": sorted({(line.dataset, line.model.name) for line in found.flags}),
        "failures": sorted(row["run_id"] for row in found.failures),
        "reasons": sorted(row["dataset"] for row in found.reasons),
        "volume": sorted((str(row["dt"]), row["dataset"]) for row in found.volume),
        "latency": sorted({row["dt"].isoformat() for row in found.latency}),
        "cases": sorted(case["i"] for case in found.cases.rows),
        "tile": found.tiles[0].value,
    }


def test_without_a_scope_everything_is_shown(athena: Athena) -> None:
    found = gather(athena, "here", 10)

    assert seen(found) == {
        "reports": 3,
        "means": [
            ("dev1", "baseline-constant"),
            ("dev1", "fine-tuned 1"),
            ("dev1", "fine-tuned 2"),
            ("it's", "baseline-constant"),
            ("it's", "fine-tuned 2"),
        ],
        "flags": [("dev1", "fine-tuned 1"), ("dev1", "fine-tuned 2"), ("it's", "fine-tuned 2")],
        "failures": ["o1", "o2", "o3"],
        "reasons": ["dev1", "it's"],
        "volume": [(OLD, "dev1"), (NEW, "dev1"), (NEW, "it's")],
        "latency": [OLD, NEW],
        "cases": ["r1", "r2", "r3"],
        "tile": 3,
    }
    assert found.scope.sentences() == []


def test_since_keeps_what_was_received_from_that_day_on(athena: Athena) -> None:
    found = gather(athena, "here", 10, Scope(since=date(2026, 11, 4)))

    assert seen(found) == {
        "reports": 2,
        "means": [
            ("dev1", "baseline-constant"),
            ("dev1", "fine-tuned 2"),
            ("it's", "baseline-constant"),
            ("it's", "fine-tuned 2"),
        ],
        "flags": [("dev1", "fine-tuned 2"), ("it's", "fine-tuned 2")],
        "failures": ["o2", "o3"],
        "reasons": ["dev1", "it's"],
        "volume": [(NEW, "dev1"), (NEW, "it's")],
        "latency": [NEW],
        "cases": ["r2", "r3"],
        "tile": 2,
    }
    assert found.scope.sentences() == ["Only reports received since 2026-11-04."]


def test_a_dataset_keeps_its_rows_whatever_its_name(athena: Athena) -> None:
    found = gather(athena, "here", 10, Scope(datasets=("it's",)))

    assert seen(found) == {
        "reports": 1,
        "means": [("it's", "baseline-constant"), ("it's", "fine-tuned 2")],
        "flags": [("it's", "fine-tuned 2")],
        "failures": ["o3"],
        "reasons": ["it's"],
        "volume": [(NEW, "it's")],
        "latency": [NEW],
        "cases": ["r3"],
        "tile": 1,
    }
    assert found.scope.sentences() == ["Only dataset it's."]
    assert not any("only one dataset" in note for note in found.notes)


def test_a_version_keeps_its_drafts_and_the_baselines(athena: Athena) -> None:
    found = gather(athena, "here", 10, Scope(versions=("2",)))

    shown = seen(found)
    # The baselines of o1 stay: they are of no version.
    assert shown["means"] == [
        ("dev1", "baseline-constant"),
        ("dev1", "fine-tuned 2"),
        ("it's", "baseline-constant"),
        ("it's", "fine-tuned 2"),
    ]
    assert shown["flags"] == [("dev1", "fine-tuned 2"), ("it's", "fine-tuned 2")]
    assert shown["cases"] == ["r2", "r3"]
    assert shown["failures"] == ["o1", "o2", "o3"]
    assert "Failures and files are those of all versions" in found.scope.sentences()[0]


def test_parts_of_a_scope_restrict_together(athena: Athena) -> None:
    scope = Scope(since=date(2026, 11, 3), datasets=("dev1", "it's"), versions=("1", "2"))

    found = gather(athena, "here", 10, scope)

    assert seen(found)["cases"] == ["r2", "r3"]
    assert scope.sentences()[:2] == [
        "Only reports received since 2026-11-03.",
        "Only datasets dev1, it's.",
    ]


def test_a_scope_that_nothing_matches_says_so(athena: Athena) -> None:
    found = gather(athena, "here", 10, Scope(since=date(2026, 12, 1)))

    assert found.notes == ["No impression matches the restriction above."]
    assert seen(found)["tile"] == 0


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        (
            Scope(datasets=("dev1", "dev9")),
            "--dataset dev9: the lake has no such dataset; it has: dev1, it's",
        ),
        (
            Scope(versions=("3",)),
            "--model-version 3: the lake has no such model version; it has: 1, 2",
        ),
    ],
)
def test_an_unknown_name_is_refused_with_those_that_exist(
    athena: Athena, scope: Scope, said: str
) -> None:
    with pytest.raises(UsageError) as caught:
        scope.apply(athena)

    assert str(caught.value) == said


def test_of_very_many_names_the_first_are_listed(lake: LakeOnDisk, athena: Athena) -> None:
    lake.put("files", *(file(run_id=f"f{i}", dataset=f"x{i:03d}") for i in range(30)))

    with pytest.raises(UsageError, match=r"x017 and 12 more$"):
        Scope(datasets=("nope",)).apply(athena)


def test_baselines_are_no_versions(lake: LakeOnDisk, athena: Athena) -> None:
    lake.put("rouge_scores", score(model_role="baseline-lead", model_version="b7"))

    with pytest.raises(UsageError, match=r"it has: 1, 2$"):
        Scope(versions=("b7",)).apply(athena)


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-13-01", "20261102", "2026-W45-1", "2026-11-2", "2026-11-02T00"]
)
def test_a_day_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        day(text)

    assert str(caught.value) == f"--since {text}: must be a day like 2026-11-02 (YYYY-MM-DD)"


def test_a_day_is_read() -> None:
    assert day("2026-11-02") == date(2026, 11, 2)
