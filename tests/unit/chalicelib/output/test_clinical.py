from __future__ import annotations

import pytest

from chalicelib import checks
from chalicelib.output.clinical import score


def test_a_left_that_became_a_right_scores_nothing() -> None:
    found = score("Left pleural effusion.", "Right pleural effusion.")

    assert (found.common, found.draft, found.reference) == (0, 1, 1)
    assert (found.precision, found.recall, found.fmeasure) == (0.0, 0.0, 0.0)
    assert found.scorer == checks.VERSION


def test_other_words_for_the_same_score_all() -> None:
    found = score("No acute cardiopulmonary abnormality.", "Normal chest radiograph.")

    assert (found.precision, found.recall, found.fmeasure) == (1.0, 1.0, 1.0)
    assert (found.reference_stratum, found.draft_stratum) == ("normal", "normal")


def test_precision_counts_the_drafts_facts_and_recall_the_references() -> None:
    found = score("Cardiomegaly.", "Cardiomegaly. Left pleural effusion.")

    assert (found.precision, found.recall) == (0.5, 1.0)
    assert found.fmeasure == pytest.approx(2 / 3)


def test_a_normal_draft_of_an_abnormal_report_is_seen() -> None:
    found = score("Right lower lobe pneumonia.", "No acute cardiopulmonary abnormality.")

    assert (found.reference_stratum, found.draft_stratum) == ("abnormal", "normal")


@pytest.mark.parametrize("draft", ["", "...", "- -"])
def test_a_draft_without_words_scores_nothing(draft: str) -> None:
    assert score("Cardiomegaly.", draft).fmeasure == 0.0


@pytest.mark.parametrize(
    ("reference", "draft"),
    [
        ("Kein Erguss links. Herz normal.", "No effusion."),
        ("No effusion.", "Kein Erguss links. Das Herz ist normal."),
        ("See above.", "No effusion."),
    ],
)
def test_what_cannot_be_compared_has_no_score(reference: str, draft: str) -> None:
    found = score(reference, draft)

    assert (found.precision, found.recall, found.fmeasure) == (None, None, None)
