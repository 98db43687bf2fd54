from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.intake.free_text.similarity import edits

words = st.text("abc", max_size=8)


def plain(first: str, second: str) -> int:
    """The textbook table, without a band."""
    table = {(-1, -1): 0}
    for line in range(len(first)):
        table[line, -1] = line + 1
    for column in range(len(second)):
        table[-1, column] = column + 1
    for line, column in itertools.product(range(len(first)), range(len(second))):
        cost = first[line] != second[column]
        found = [
            table[line - 1, column] + 1,
            table[line, column - 1] + 1,
            table[line - 1, column - 1] + cost,
        ]
        swapped = first[line - 1 : line + 1] == second[column - 1 : column + 1][::-1]
        if line and column and swapped:
            found.append(table[line - 2, column - 2] + 1)
        table[line, column] = min(found)
    return table[len(first) - 1, len(second) - 1]


@given(words, words, st.integers(0, 4))
def test_distance_is_exact_up_to_the_limit(first: str, second: str, limit: int) -> None:
    assert edits(first, second, limit) == min(plain(first, second), limit + 1)


@pytest.mark.parametrize(
    ("word", "distance"),
    [
        ("impression", 0),
        ("impresion", 1),
        ("imprsesion", 1),
        ("imoression", 1),
        ("mpression", 1),
        ("impressione", 1),
        ("imrpesion", 2),
        ("compression", 2),
        ("precision", 3),
    ],
)
def test_typing_errors_are_counted(word: str, distance: int) -> None:
    assert edits(word, "impression", 2) == distance
