"""Places in texts: in characters in the lake, in UTF-16 code units on the page."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.report.spans import spans

TEXT = "Small \U0001fac1 left effusion."


def in_browser(text: str, begin: int, end: int) -> str:
    """What JavaScript's `slice` returns."""
    units = text.encode("utf-16-le")
    return units[2 * begin : 2 * end].decode("utf-16-le")


def test_a_place_after_an_emoji_is_the_same_words_in_a_browser() -> None:
    begin = TEXT.index("left")

    [(at, end)] = spans(json.dumps([[begin, begin + 4]]), TEXT)

    assert (at, end) == (begin + 1, begin + 5)
    assert in_browser(TEXT, at, end) == "left"


@given(st.text(), st.integers(-3, 30), st.integers(-3, 30))
def test_every_place_that_is_kept_is_the_same_text(text: str, begin: int, end: int) -> None:
    found = spans(json.dumps([[begin, end]]), text)

    assert bool(found) == (0 <= begin < end <= len(text))
    for one in found:
        assert in_browser(text, *one) == text[begin:end]


@pytest.mark.parametrize(
    "written",
    [
        None,
        "",
        "null",
        "{",
        '"left"',
        "[[1]]",
        "[[1, 2, 3]]",
        '[["1", 2]]',
        "[[true, 2]]",
        "[[1.5, 2]]",
        "[3, 5]",
        '{"a": 1}',
        "[[5, 5]]",
        "[[5, 2]]",
        "[[-2, 3]]",
        "[[0, 999]]",
        pytest.param("[" * 100_000, id="deep"),
    ],
)
def test_what_is_no_place_in_the_text_is_left_out(written: str | None) -> None:
    assert spans(written, TEXT) == []


def test_the_other_places_of_the_flag_stay() -> None:
    written: list[Any] = [[0, 5], [0, 999], None, [2, 3]]

    assert spans(json.dumps(written), "Small left effusion.") == [(0, 5), (2, 3)]
