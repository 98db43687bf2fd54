"""Differences between models and versions: only of reports that both have."""

from __future__ import annotations

from typing import Any

import pytest

from analytics.engine.athena import Athena
from analytics.report import scores, statistics
from analytics.report.differences import Compared, compare
from tests.unit.analytics.conftest import LakeOnDisk, impression, score


def put(lake: LakeOnDisk, values: list[float], text: str = "Lungs clear.", **given: Any) -> None:
    """One report per value, each with a score of one model."""
    for i, value in enumerate(values):
        name = {"report_id": f"r{i}", "record_index": i} | given
        lake.put("rouge_scores", score(fmeasure=value, **name))
        lake.put("impressions", impression(findings=f"{text} {i}", **name))


def all_of(found: Compared) -> dict[str, Any]:
    """Mean difference and pairs of ROUGE-1, over all strata together."""
    return {
        line.name: (round(cell.value, 6), line.n, line.p["rouge1"])
        for line in found.lines
        if line.rule == "all" and (cell := line.cells["rouge1"])
    }


def test_models_are_compared_on_reports_that_both_have(lake: LakeOnDisk, athena: Athena) -> None:
    put(lake, [0.5, 0.6, 0.7, 0.9])
    put(lake, [0.4, 0.4, 0.4], model_role="pre-trained")
    put(lake, [0.1], model_role="baseline-constant")

    found = compare(athena, scores.read(athena))

    assert all_of(found) == {
        "fine-tuned 1 - pre-trained 1": (0.2, 3, 2 / 8),
        "fine-tuned 1 - baseline-constant": (0.4, 1, 1.0),
    }
    assert found.notes == []


def test_an_interval_needs_ten_pairs_and_is_of_the_differences(
    lake: LakeOnDisk, athena: Athena
) -> None:
    put(lake, [0.1 * (i % 7) + 0.05 + 0.001 * (i % 3) for i in range(30)])
    put(lake, [0.1 * (i % 7) for i in range(30)], model_role="pre-trained")

    (line,) = (one for one in compare(athena, scores.read(athena)).lines if one.rule == "all")

    cell = line.cells["rouge1"]
    assert cell is not None
    # The scores differ by 0.6, their differences by 0.002.
    assert cell.low == pytest.approx(0.0507, abs=0.0001)
    assert cell.high == pytest.approx(0.0513, abs=0.0001)


def test_versions_are_compared_on_the_same_reports_uploaded_twice(
    lake: LakeOnDisk, athena: Athena
) -> None:
    put(lake, [0.5, 0.5, 0.5], run_id="o1")
    newer: dict[str, Any] = {"model_version": "2", "scored_at": "2026-11-03 10:00:00.000"}
    for i, value in ((2, 0.9), (1, 0.7), (3, 0.1)):
        name = {"report_id": f"r{i}", "record_index": 10 - i, "run_id": "o2", "model_version": "2"}
        lake.put("rouge_scores", score(fmeasure=value, **newer | name))
        lake.put("impressions", impression(findings=f"Lungs clear. {i}", **name))

    found = compare(athena, scores.read(athena))

    assert all_of(found) == {"fine-tuned 2 - fine-tuned 1": (0.3, 2, 0.5)}


@pytest.mark.parametrize(
    "other", [{"text": "Other findings."}, {"reference_impression": "Another impression."}]
)
def test_reports_of_other_texts_are_not_the_same(
    lake: LakeOnDisk, athena: Athena, other: dict[str, str]
) -> None:
    put(lake, [0.5, 0.5])
    text = other.pop("text", "Lungs clear.")
    for i, value in enumerate([0.9, 0.9]):
        name = {"report_id": f"r{i}", "record_index": i, "run_id": "o2", "model_version": "2"}
        lake.put("rouge_scores", score(fmeasure=value, **name))
        lake.put("impressions", impression(findings=f"{text} {i}", **name, **other))

    found = compare(athena, scores.read(athena))

    assert all_of(found) == {}
    (note,) = found.notes
    assert note.startswith("dev1: fine-tuned 2 and fine-tuned 1 have no report in common. ")


def test_a_report_that_one_version_has_twice_is_left_out(lake: LakeOnDisk, athena: Athena) -> None:
    put(lake, [0.5, 0.5])
    put(lake, [0.9, 0.9], run_id="o2", model_version="2")
    put(lake, [0.1], run_id="o3", model_version="2")
    put(lake, [0.1], run_id="o4", model_version="2")

    assert all_of(compare(athena, scores.read(athena))) == {
        "fine-tuned 2 - fine-tuned 1": (0.4, 1, 1.0)
    }


def test_differences_of_earlier_versions_stand_apart(lake: LakeOnDisk, athena: Athena) -> None:
    put(lake, [0.5], run_id="o1")
    put(lake, [0.4], run_id="o1", model_role="pre-trained")
    put(lake, [0.7], run_id="o2", model_version="2")
    put(lake, [0.4], run_id="o2", model_role="pre-trained")

    found = compare(athena, scores.read(athena))

    assert all_of(found) == {
        "fine-tuned 2 - pre-trained 1": (0.3, 1, 1.0),
        "fine-tuned 2 - fine-tuned 1": (0.2, 1, 1.0),
    }
    assert {line.name for line in found.older} == {"fine-tuned 1 - pre-trained 1"}


def test_without_a_fine_tuned_model_the_first_one_is_compared(
    lake: LakeOnDisk, athena: Athena
) -> None:
    put(lake, [0.5], model_role="pre-trained")
    put(lake, [0.25], model_role="baseline-lead")

    assert all_of(compare(athena, scores.read(athena))) == {
        "pre-trained 1 - baseline-lead": (0.25, 1, 1.0)
    }


def test_pairs_of_very_many_reports_are_compared_one_after_the_other(
    lake: LakeOnDisk, athena: Athena, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(lake, [0.5, 0.6, 0.7])
    put(lake, [0.4, 0.4], model_role="pre-trained")
    put(lake, [0.1], model_role="baseline-constant")
    read = scores.read(athena)
    together = all_of(compare(athena, read))

    monkeypatch.setattr(statistics, "MOST", 2)

    assert all_of(compare(athena, read)) == together
    assert len(together) == 2


def test_strata_are_compared_too(lake: LakeOnDisk, athena: Athena) -> None:
    for role, values in (("fine-tuned", (0.9, 0.5)), ("pre-trained", (0.8, 0.1))):
        for i, stratum in enumerate(("normal", "abnormal")):
            name = {"report_id": f"r{i}", "record_index": i, "model_role": role}
            lake.put("rouge_scores", score(fmeasure=values[i], stratum=stratum, **name))

    found = compare(athena, scores.read(athena))

    assert [
        (line.stratum, round(cell.value, 6), line.n)
        for line in found.lines
        if (cell := line.cells["rouge1"])
    ] == [("all", 0.25, 2), ("normal", 0.1, 1), ("abnormal", 0.4, 1)]
