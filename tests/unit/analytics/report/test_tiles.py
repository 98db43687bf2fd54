"""The figures at the top: of which model, of which reports."""

from __future__ import annotations

from typing import Any

import pytest

from analytics.engine.athena import Athena
from analytics.report import flags, scores
from analytics.report.statistics import Estimate
from analytics.report.tiles import Tile, tiles
from tests.unit.analytics.conftest import LakeOnDisk, check, clinical, failure, impression, score


def made(athena: Athena) -> dict[str, Tile]:
    read = scores.read(athena)
    found = tiles(athena, 7, 5, read, flags.rates(athena, read))
    return {tile.label: tile for tile in found}


def put(lake: LakeOnDisk, count: int, **given: Any) -> None:
    """Drafts with all scores, of which the first has a critical flag; the last was not checked."""
    for i in range(count):
        name = {"record_index": i, "report_id": f"r{i}"} | given
        lake.put("impressions", impression(**name))
        lake.put("rouge_scores", score(fmeasure=i / 10, **name))
        lake.put("clinical_scores", clinical(fmeasure=i / 20, **name))
        if i < count - 1:
            lake.put("checks", check(flag="contradicted" if i == 0 else None, **name))


def test_tiles_are_of_the_newest_fine_tuned_version_over_all_datasets(
    lake: LakeOnDisk, athena: Athena
) -> None:
    at = {"scored_at": "2026-11-09 10:00:00.000"}
    put(lake, 3)
    put(lake, 4, run_id="o2", model_version="2")
    put(lake, 2, run_id="o3", model_version="2", dataset="dev2")
    put(lake, 2, run_id="o4", model_role="pre-trained", model_version="8")
    lake.put("rouge_scores", score(report_id="r0", run_id="o2", model_version="2", **at))

    found = made(athena)

    assert found["Reports"].value == 7
    rouge, clinical_f1 = found["ROUGE-1"], found["Clinical F1"]
    assert isinstance(rouge.value, Estimate)
    assert rouge.value.value == pytest.approx((0.5 + 0.1 + 0.2 + 0.3 + 0 + 0.1) / 6)
    assert rouge.note == "fine-tuned 2, 6 reports of 2 datasets"
    assert isinstance(clinical_f1.value, Estimate)
    assert clinical_f1.value.value == pytest.approx(0.7 / 2 / 6)
    critical = found["Critical disagreement"]
    assert isinstance(critical.value, Estimate)
    assert (critical.value.value, critical.value.n) == (2 / 4, 4)
    assert critical.is_bad
    assert critical.note == "fine-tuned 2, 2 of 4 checked drafts"
    assert found["Not checked"].value == 2
    assert found["Not checked"].note == "fine-tuned 2: 2 without a check"


def test_drafts_that_the_checks_cannot_read_are_not_checked(
    lake: LakeOnDisk, athena: Athena
) -> None:
    for i, flag in enumerate(("not_checked", None)):
        name = {"record_index": i, "report_id": f"r{i}"}
        lake.put("impressions", impression(**name))
        lake.put("checks", check(flag=flag, **name))
        lake.put("rouge_scores", score(**name))

    found = made(athena)

    assert found["Not checked"].value == 1
    assert found["Not checked"].note == "fine-tuned 1: 1 that the checks cannot read"
    assert not found["Critical disagreement"].is_bad


def test_failed_records_and_files_are_counted_once(lake: LakeOnDisk, athena: Athena) -> None:
    lake.put(
        "failures",
        failure(model_role="fine-tuned", stage="model"),
        failure(model_role="pre-trained", stage="model"),
        failure(record_index=4),
        failure(record_index=None, run_id="o9", stage="read"),
    )

    failed = made(athena)["Failed records"]

    assert failed.value == 2
    assert failed.note == "Without an impression. 1 file could not be read."
    assert failed.is_bad


def test_without_scores_and_checks_there_are_no_tiles_of_them(athena: Athena) -> None:
    assert list(made(athena)) == ["Reports", "Failed records"]


def test_without_a_fine_tuned_model_tiles_are_of_the_pre_trained_one(
    lake: LakeOnDisk, athena: Athena
) -> None:
    put(lake, 2, model_role="pre-trained")

    assert made(athena)["ROUGE-1"].note == "pre-trained 1, 2 reports"


def test_checked_drafts_without_a_reference_have_tiles_too(
    lake: LakeOnDisk, athena: Athena
) -> None:
    lake.put("impressions", impression(reference_impression=None))
    lake.put("checks", check(flag="wrong_side"))

    found = made(athena)

    assert "ROUGE-1" not in found
    assert found["Critical disagreement"].note == "fine-tuned 1, 1 of 1 checked draft"
    assert found["Not checked"].note == "fine-tuned 1: of 1 draft"
