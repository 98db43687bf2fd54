from __future__ import annotations

import pytest

from chalicelib.checks.clinical_f1 import FactsF1, facts_f1, micro, stratum


@pytest.mark.parametrize(
    ("draft", "reference", "fmeasure"),
    [
        ("Normal chest radiograph.", "No acute cardiopulmonary abnormality.", 1),
        ("Left pleural effusion.", "Effusion on the left.", 1),
        ("Left effusion.", "Right effusion.", 0),
        ("Effusion.", "No effusion.", 0),
        ("Effusion.", "Possible effusion.", 0),
        ("Left effusion. Cardiomegaly.", "Left effusion.", 2 / 3),
        ("", "Left effusion.", 0),
    ],
)
def test_facts_agree_in_finding_status_and_side(
    draft: str, reference: str, fmeasure: float
) -> None:
    score = facts_f1(draft, reference)

    assert score.is_defined
    assert score.fmeasure == pytest.approx(fmeasure)


def test_precision_and_recall() -> None:
    score = facts_f1("Left effusion. Cardiomegaly.", "Left effusion.")

    assert (score.precision, score.recall) == (0.5, 1.0)


def test_texts_that_state_nothing_count_for_nothing() -> None:
    nothing = facts_f1("See above.", "See below.")

    assert (nothing.is_defined, nothing.fmeasure) == (False, 0.0)
    assert micro([nothing, FactsF1(1, 2, 1)]) == FactsF1(1, 2, 1)


def test_micro_counts_every_fact_the_same() -> None:
    assert micro([FactsF1(1, 1, 1), FactsF1(0, 3, 1)]).fmeasure == pytest.approx(2 / 6)


@pytest.mark.parametrize(
    ("impression", "expected"),
    [
        ("No acute cardiopulmonary abnormality.", "normal"),
        ("No effusion. Pacemaker.", "normal"),
        ("Mild scoliosis.", "abnormal"),
        ("No acute disease. Possible pneumonia.", "abnormal"),
        ("See above.", "abnormal"),
    ],
)
def test_a_study_is_abnormal_if_anything_is_found(impression: str, expected: str) -> None:
    assert stratum(impression) == expected
