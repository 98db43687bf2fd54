from __future__ import annotations

import pytest

from chalicelib.checks.labeller import label


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("New left effusion.", ["new"]),
        ("The effusion has increased.", ["worse"]),
        ("Increase in the right effusion.", ["worse"]),
        ("No change in the effusion.", ["stable"]),
        ("The effusion has not changed.", ["stable"]),
        ("Effusion, decreased.", ["better"]),
        ("Effusion, not seen on the prior film.", ["new"]),
        ("The effusion has resolved.", ["better"]),
        ("Cardiomegaly and effusion, both stable.", ["stable", "stable"]),
        ("New effusion. Cardiomegaly.", ["new", None]),
        ("The edema is better, the effusion is worse.", ["better", "worse"]),
        ("Effusions, worse on the left.", [None]),
        ("Increased interstitial markings.", [None]),
        ("No new consolidation.", ["new"]),
    ],
)
def test_a_change_belongs_to_the_finding_that_it_is_said_of(
    text: str, changes: list[str | None]
) -> None:
    assert [fact.change for fact in label(text)] == changes
