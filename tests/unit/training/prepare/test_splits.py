from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from training.prepare.splits import EVALUATION, TRAIN, digest, split_of


@given(st.text(), st.integers(-(2**63), 2**63 - 1), st.floats(0, 1))
def test_split_depends_on_text_seed_and_share_alone(text: str, seed: int, share: float) -> None:
    first = split_of(digest(text), seed, share)

    assert first == split_of(digest(f"  {text}\n"), seed, share)
    assert first in {TRAIN, EVALUATION}


def test_share_is_met_and_seed_changes_who_is_in_it() -> None:
    texts = [digest(f"report {number}") for number in range(4000)]

    one = {text for text in texts if split_of(text, 1, 0.25) == EVALUATION}
    other = {text for text in texts if split_of(text, 2, 0.25) == EVALUATION}

    assert 900 < len(one) < 1100
    assert 150 < len(one & other) < 350


def test_nobody_and_everybody() -> None:
    texts = [digest(str(number)) for number in range(50)]

    assert {split_of(text, 1, 0.0) for text in texts} == {TRAIN}
    assert {split_of(text, 1, 1.0) for text in texts} == {EVALUATION}


def test_larger_share_keeps_who_was_in_the_smaller() -> None:
    texts = [digest(str(number)) for number in range(500)]

    small = {text for text in texts if split_of(text, 7, 0.05) == EVALUATION}
    large = {text for text in texts if split_of(text, 7, 0.20) == EVALUATION}

    assert small < large


def test_case_layout_and_punctuation_make_no_new_text() -> None:
    assert digest("Lungs CLEAR.\n No effusion") == digest("lungs clear; no effusion.")
    assert digest("Lungs clear") != digest("Lungs not clear")
