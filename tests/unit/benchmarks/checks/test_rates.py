from __future__ import annotations

from benchmarks.checks.rates import Rate, rates
from benchmarks.checks.seeded import Pair

PAIRS = [
    Pair("Moderate left pleural effusion.", "Left pleural effusion."),
    Pair("Large right pneumothorax.", "Right pneumothorax."),
    Pair("The lungs are clear. No effusion.", "Normal chest."),
    Pair("Kein Erguss links. Herz normal.", "Kein Erguss."),
]


def test_each_kind_of_draft_has_its_rate() -> None:
    found = rates(PAIRS)

    # The German report is not compared, whatever the draft.
    assert found["radiologists' own impressions"] == Rate(3, 0)
    assert found["the same normal sentence for all"] == Rate(3, 2)
    assert found["the findings' first sentence"] == Rate(3, 0)


def test_answers_out_of_order_disagree() -> None:
    # The draft for the second report is that of the normal one.
    assert rates(PAIRS[:3])["the next report's"].disagreeing >= 1


def test_no_draft_has_no_share() -> None:
    assert Rate(0, 0).share == 0.0
    assert Rate(4, 1).share == 0.25
