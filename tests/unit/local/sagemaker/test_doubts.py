"""Doubts about drafts: what contradicts the findings weighs more than what is left out."""

from __future__ import annotations

import pytest

from local.sagemaker.doubts import MOST, Doubts

FINDINGS = "Prompt: what follows. There is a small left pleural effusion. The heart is normal."


@pytest.mark.parametrize(
    ("draft", "doubt"),
    [
        ("Small left pleural effusion.", 0.0),
        ("Small right pleural effusion.", 1.0),
        ("Small left pleural effusion. Cardiomegaly.", 1.0),
        ("Left pleural effusion. Acute rib fracture.", 1.0),
        ("Left pleural effusion, 4 cm.", 1.0),
        # An omission, and a normal draft for a film that is not.
        ("No acute cardiopulmonary abnormality.", 1.4),
        ("", 0.0),
    ],
)
def test_a_doubt_for_what_the_findings_do_not_say(draft: str, doubt: float) -> None:
    assert Doubts(FINDINGS)(draft) == pytest.approx(doubt)


def test_more_errors_than_three_say_no_more() -> None:
    wrong = "Rib fracture. Pneumothorax. Hiatal hernia. Scoliosis. Emphysema. Granuloma."

    assert Doubts("The lungs are clear. The heart is normal.")(wrong) == MOST


@pytest.mark.parametrize("source", ["", "…", "Kein Erguss links. Das Herz ist normal."])
def test_no_doubts_where_the_rules_cannot_read(source: str) -> None:
    assert Doubts(source)("Large left pleural effusion.") == 0.0
