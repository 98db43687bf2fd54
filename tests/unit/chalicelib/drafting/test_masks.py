from __future__ import annotations

import pytest

from chalicelib.drafting.masks import normalize_masks


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The ___ is normal.", "The ____ is normal."),
        ("The ____ is normal.", "The ____ is normal."),
        ("seen on XXXX, XXXX.", "seen on ____, ____."),
        ("seen on xxxx.", "seen on ____."),
        ("___M with cough", "____M with cough"),
        ("seen on __.", "seen on ____."),
        ("on ___-___-___", "on ____-____-____"),
    ],
)
def test_masks_of_every_collection_become_one(text: str, expected: str) -> None:
    assert normalize_masks(text) == expected
    assert normalize_masks(expected) == expected


@pytest.mark.parametrize("text", ["snake_case", "MAXXXIMAL", "{0.__class__}", "L5 XX", "a_b", ""])
def test_what_is_no_mask_stays(text: str) -> None:
    assert normalize_masks(text) == text
