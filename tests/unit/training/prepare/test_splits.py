from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from training.prepare.index import Index
from training.prepare.splits import EVALUATION, TRAIN, Draw, digest, split_of


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


@given(
    st.lists(st.integers(0, 6), min_size=1, max_size=30), st.integers(0, 99), st.floats(0.01, 0.99)
)
def test_group_over_the_target_is_for_training_and_one_report_is_never_over(
    patients: list[int], seed: int, share: float
) -> None:
    with TemporaryDirectory() as folder, Index(Path(folder) / "index") as index:
        for number, patient in enumerate(patients):
            index.add(digest(str(number)), str(patient) if patient else None)
        draw = Draw.of(index, seed, share)
        groups = [index.group(digest(str(number))) for number in range(len(patients))]

        for group in groups:
            if group.findings > max(1, share * len(patients)):
                assert draw.split_of(group) == TRAIN
            else:
                assert draw.split_of(group) == split_of(group.key, seed, draw.share)
        assert draw.share >= share or draw.share == 0


def test_share_of_the_others_makes_up_for_a_group_that_is_not_drawn(tmp_path: Path) -> None:
    with Index(tmp_path / "index") as index:
        for number in range(4000):
            index.add(digest(str(number)), "everyone" if number < 2000 else None)
        draw = Draw.of(index, 3, 0.1)
        found = [draw.split_of(index.group(digest(str(n)))) for n in range(4000)]

    assert draw == Draw(3, 0.2, 400.0)
    assert set(found[:2000]) == {TRAIN}
    assert 330 < found.count(EVALUATION) < 470


def test_without_groups_the_share_is_the_one_that_was_asked_for(tmp_path: Path) -> None:
    with Index(tmp_path / "index") as index:
        for number in range(10):
            index.add(digest(str(number)), None)

        assert Draw.of(index, 1, 0.05) == Draw(1, 0.05, 0.5)
        assert Draw.of(index, 1, 1.0).share == 1.0
