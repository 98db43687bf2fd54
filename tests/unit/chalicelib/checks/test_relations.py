from __future__ import annotations

from chalicelib.checks import relations
from chalicelib.checks.labeller import label


def test_support_and_denial_follow_from_the_lexicon() -> None:
    assert {"pneumonia", "consolidation", "opacity"} <= relations.supporters("pneumonia")
    assert "pneumonia" not in relations.supporters("pneumothorax")
    assert "scarring" in relations.related("opacity")
    assert relations.denied_by("normal heart size") == {"cardiomegaly"}
    assert relations.denied_by("normal chest") == frozenset()


def test_an_absence_excludes_only_what_it_covers() -> None:
    large, left, new = (
        label(text)[0] for text in ("No large effusion.", "No left effusion.", "No new effusion.")
    )
    small, massive, right, fresh = (
        label(text)[0]
        for text in ("Small effusion.", "Massive effusion.", "Right effusion.", "New effusion.")
    )

    assert not relations.denies(large, small)
    assert relations.denies(large, massive)
    assert not relations.denies(left, right)
    assert relations.denies(left, small)
    assert not relations.denies(new, small)
    assert relations.denies(new, fresh)
    assert not relations.denies(small, massive)
