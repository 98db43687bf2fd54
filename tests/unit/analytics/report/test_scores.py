"""Scores of a lake as arrays: versions apart, in order, with what is missing."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.engine.athena import Athena
from analytics.lake import FolderLake
from analytics.report import scores
from analytics.report.scores import Model
from tests.unit.analytics.conftest import LakeOnDisk, clinical, score

NEW = Model("fine-tuned", "t5", "9")
OLD = Model("fine-tuned", "t5", "10")


def test_versions_are_apart_and_the_last_in_use_comes_first(
    lake: LakeOnDisk, athena: Athena
) -> None:
    lake.put(
        "rouge_scores",
        score(model_version="10", fmeasure=0.2, scored_at="2026-11-02 10:00:00.000"),
        score(model_version="9", run_id="o2", fmeasure=0.8, scored_at="2026-11-02 11:00:00.000"),
        score(model_role="baseline-lead", model_id="b", fmeasure=0.1),
        score(model_role="other", fmeasure=0.4),
        score(model_role="pre-trained", fmeasure=0.3),
    )

    found = scores.read(athena)

    (dataset,) = found.datasets.values()
    assert [one.name for one in dataset.models] == [
        "fine-tuned 9",
        "fine-tuned 10",
        "pre-trained 1",
        "baseline-lead",
        "other 1",
    ]
    assert [key[0] for key in dataset.keys] == ["o1", "o2"]
    assert dataset.values[OLD, "rouge1"].tolist() == [0.2, pytest.approx(np.nan, nan_ok=True)]
    assert dataset.values[NEW, "rouge1"].tolist() == [pytest.approx(np.nan, nan_ok=True), 0.8]
    assert found.newest("fine-tuned") == NEW
    assert found.newest("nobody") is None


def test_rougelsum_is_left_out_only_if_it_repeats_rougel_everywhere(lake: LakeOnDisk) -> None:
    lake.drafts(3)
    with Athena(FolderLake(lake.folder)) as athena:
        same = scores.read(athena)
    lake.put("rouge_scores", score(metric="rougeLsum", run_id="o7"))
    with Athena(FolderLake(lake.folder)) as athena:
        other = scores.read(athena)

    assert (same.metrics, same.repeats) == (("rouge1", "rouge2", "rougeL"), True)
    assert (other.metrics, other.repeats) == (("rouge1", "rouge2", "rougeL", "rougeLsum"), False)


def test_clinical_scores_stand_beside_rouge_and_texts_that_cannot_be_compared_count_for_nothing(
    lake: LakeOnDisk, athena: Athena
) -> None:
    lake.put("rouge_scores", score(), score(record_index=1, report_id="r2"))
    lake.put(
        "clinical_scores",
        clinical(fmeasure=0.5, facts_common=1, facts_draft=1, facts_reference=3),
        clinical(record_index=1, report_id="r2", fmeasure=None, facts_draft=4, facts_stratum="?"),
    )

    found = scores.read(athena)

    (dataset,) = found.datasets.values()
    (model,) = dataset.models
    assert found.metrics == ("rouge1", "clinical")
    assert dataset.facts[model].tolist() == [[1, 4], [0, 0]]
    assert dataset.micro(model).above.tolist() == [[2], [0]]
    assert (dataset.words, dataset.by_facts) == (["normal", "normal"], ["normal", None])


def test_rows_without_names_are_kept(lake: LakeOnDisk, athena: Athena) -> None:
    lake.put("rouge_scores", {"run_id": "o8", "fmeasure": 0.5, "metric": "rouge1"}, score())

    found = scores.read(athena)

    (model,) = found.datasets["(none)"].models
    assert model.name == "(none)"
    assert found.datasets["(none)"].values[model, "rouge1"].tolist() == [0.5]


def test_an_empty_lake_has_no_scores(athena: Athena) -> None:
    found = scores.read(athena)

    assert (found.datasets, found.metrics, found.repeats) == ({}, (), False)


@pytest.mark.parametrize("newest_first", [True, False])
def test_where_rows_name_different_strata_those_of_the_newest_count(
    lake: LakeOnDisk, athena: Athena, *, newest_first: bool
) -> None:
    rows = [
        clinical(scored_at="2026-11-02 11:00:00.000", facts_stratum="abnormal"),
        clinical(model_role="pre-trained", scored_at="2026-11-02 10:00:00.000"),
    ]
    lake.put("clinical_scores", *(rows if newest_first else reversed(rows)))

    (dataset,) = scores.read(athena).datasets.values()

    assert dataset.by_facts == ["abnormal"]
