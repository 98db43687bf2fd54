from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.synthetic.houses import Form
from training.synthetic.report import Region
from training.synthetic.wording import (
    fill,
    lay_out,
    listing,
    lower_first,
    mask,
    spell,
)


def test_slots_are_put_in_and_gaps_closed() -> None:
    core = fill("There is a {severity} {side} nodule", {"severity": "", "side": "left"})

    assert core == "There is a left nodule"


@given(st.text(alphabet="ab {}", max_size=8))
def test_a_slot_value_is_taken_literally(value: str) -> None:
    assert fill("x{slot}y", {"slot": value}) == " ".join(f"x{value}y".split())


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Small effusion", "small effusion"), ("PICC in place", "PICC in place"), ("T8", "T8")],
)
def test_abbreviations_keep_their_capital(text: str, expected: str) -> None:
    assert lower_first(text) == expected


@pytest.mark.parametrize(
    ("words", "oxford", "expected"),
    [
        (["a"], True, "a"),
        (["a", "b"], True, "a or b"),
        (["a", "b", "c"], True, "a, b, or c"),
        (["a", "b", "c"], False, "a, b or c"),
    ],
)
def test_listing(words: list[str], *, oxford: bool, expected: str) -> None:
    assert listing(words, oxford=oxford) == expected


def test_spelling_follows_the_house() -> None:
    text = "Edema of the esophagus, visualized; caliber"

    assert spell(text, british=True) == "Oedema of the oesophagus, visualised; calibre"
    assert spell(text, british=False) == text


def test_a_mask_hides_only_a_word_that_says_nothing() -> None:
    text = "Cardiac silhouette normal. Small left effusion."

    masked = mask(random.Random(0), text)

    assert masked in {
        "Cardiac XXXX normal. Small left effusion.",
        "Cardiac ____ normal. Small left effusion.",
    }


def test_no_word_to_hide_leaves_the_text() -> None:
    assert mask(random.Random(0), "Left effusion.") == "Left effusion."


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("prose", "View. A. B. C."),
        ("lines", "View.\nA.\nB.\nC."),
        ("numbered", "View.\n1. A.\n2. B.\n3. C."),
        ("headed", "View.\nLUNGS: A. C.\nHEART: B."),
    ],
)
def test_section_forms(form: Form, expected: str) -> None:
    body: list[tuple[Region, str]] = [("lungs", "A."), ("heart", "B."), ("lungs", "C.")]

    assert lay_out(["View."], body, form) == expected
