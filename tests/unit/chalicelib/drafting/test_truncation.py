from __future__ import annotations

import pytest

from chalicelib.drafting.truncation import truncation_of
from chalicelib.settings import DEFAULT_GENERATION

LONG = "x" * 90


@pytest.mark.parametrize(
    ("at_limit", "expected"),
    [(True, "told"), (False, "no")],
)
@pytest.mark.parametrize("text", ["Clear.", "Clear", LONG])
def test_what_the_endpoint_says_counts(text: str, at_limit: bool, expected: str) -> None:  # noqa: FBT001  # a case
    assert truncation_of(text, at_limit, DEFAULT_GENERATION) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (LONG, "possible"),
        ("x" * 79, "possible"),
        ("x" * 78, "no"),  # fewer characters than the model may write tokens
        (f"{LONG}.", "no"),
        (f"{LONG}?", "no"),
        (f"({LONG}.)", "no"),
        (f"{LONG}.\u201d", "no"),
        (f"{LONG}. Small left", "possible"),
        (f"{LONG},", "possible"),
    ],
)
def test_without_word_from_the_endpoint_length_and_end_decide(text: str, expected: str) -> None:
    assert truncation_of(text, None, DEFAULT_GENERATION) == expected


@pytest.mark.parametrize(
    ("generation", "characters"),
    [
        ({"max_length": 40}, 39),
        ({"max_new_tokens": 40}, 39),
        ({"max_new_tokens": 40, "max_length": 80}, 39),
        ({}, 19),
        ({"max_length": "long"}, 19),
        ({"max_length": True}, 19),
        ({"max_length": 80, "max_time": 2.5}, 1),
    ],
)
def test_the_limit_is_the_request_s(
    generation: dict[str, str | float | bool], characters: int
) -> None:
    assert truncation_of("x" * characters, None, generation) == "possible"
    assert truncation_of("x" * (characters - 1), None, generation) == "no" or characters == 1
