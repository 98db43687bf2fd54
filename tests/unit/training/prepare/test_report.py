from __future__ import annotations

import pytest

from training.prepare.report import LONGEST_CHARACTERS, LeftOut, Pair, Reason, is_text, report


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n",
        "____",
        "___.",
        "XXXX XXXX",
        "nan",
        "NaN",
        "N/A",
        "n.a.",
        "NULL",
        "None.",
        "-",
        "XXXX.",
    ],
)
def test_masks_and_empty_cells_say_nothing(text: str) -> None:
    assert not is_text(text)
    assert report("a", text, "Normal.") == LeftOut("a", "no findings")
    assert report("a", "Clear.", text) == LeftOut("a", "no impression")


@pytest.mark.parametrize("text", ["Nan.a", "____ clear", "No", "5", "Normal XXXX.", "Ä"])
def test_a_word_or_number_beside_a_mask_is_text(text: str) -> None:
    assert report("a", text, text) == Pair("a", text, text)


@pytest.mark.parametrize(
    ("findings", "impression", "reason"),
    [
        ("x" * (LONGEST_CHARACTERS + 1), "a", "findings too long"),
        ("a", "x" * (LONGEST_CHARACTERS + 1), "impression too long"),
        ("_" * (LONGEST_CHARACTERS + 1), "a", "findings too long"),
        (" " * (LONGEST_CHARACTERS + 1), "a", "no findings"),
        ("half \ud800", "a", "unreadable"),
        (None, "a", "no findings"),
        ("a", None, "no impression"),
    ],
)
def test_what_no_model_can_learn_from_has_its_reason(
    findings: str | None, impression: str | None, reason: Reason
) -> None:
    assert report("a", findings, impression) == LeftOut("a", reason)


def test_longest_texts_are_kept_and_stripped() -> None:
    longest = "xy" * (LONGEST_CHARACTERS // 2)

    assert report("a", f" {longest}\n", longest) == Pair("a", longest, longest)
