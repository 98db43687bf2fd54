from __future__ import annotations

import pytest

from local.sagemaker.consensus import choose, least_doubtful


@pytest.mark.parametrize(
    ("beams", "neighbours", "expected"),
    [
        ([("Normal chest.", -0.1)], [], "Normal chest."),
        # Two beams that say nearly the same outvote a likelier one.
        (
            [
                ("Cardiomegaly.", -0.30),
                ("No acute disease.", -0.31),
                ("No acute chest disease.", -0.31),
            ],
            [],
            "No acute disease.",
        ),
        # Neighbours that agree outvote a beam that stands alone.
        (
            [("Left effusion.", -0.5), ("No acute disease.", -0.6)],
            [("No acute disease.", 0.9), ("No acute disease of the chest.", 0.9)],
            "No acute disease.",
        ),
    ],
)
def test_draft_that_most_agree_with_is_chosen(
    beams: list[tuple[str, float]], neighbours: list[tuple[str, float]], expected: str
) -> None:
    assert choose(beams, neighbours) == expected


def test_texts_without_words_are_no_crash() -> None:
    assert choose([("", -1.0), ("…", -2.0)], []) in ("", "…")


def test_a_doubt_outweighs_neighbours_that_agree() -> None:
    beams = [("No acute disease.", -0.5), ("Left effusion.", -0.6)]
    neighbours = [
        ("Left effusion.", 0.6),
        ("Left effusion, small.", 0.6),
        ("No acute disease.", 0.55),
    ]
    doubts = {"Left effusion.": 2.0, "Left effusion, small.": 2.0}

    assert choose(beams, neighbours) == "Left effusion."
    assert choose(beams, neighbours, lambda text: doubts.get(text, 0.0)) == "No acute disease."


def test_equal_doubts_change_nothing() -> None:
    beams = [("Cardiomegaly.", -0.3), ("No acute disease.", -0.4)]
    neighbours = [("No acute disease of the chest.", 0.5)]

    assert choose(beams, neighbours, lambda _: 3.0) == choose(beams, neighbours)


@pytest.mark.parametrize(
    ("doubts", "expected", "asked"),
    [
        ({}, "Left effusion.", 1),
        ({"Left effusion.": 1.0}, "Right effusion.", 2),
        ({"Left effusion.": 1.0, "Right effusion.": 1.0}, "No effusion.", 3),
        ({"Left effusion.": 1.0, "Right effusion.": 1.0, "No effusion.": 1.0}, "Left effusion.", 3),
        ({"Left effusion.": 0.1}, "Left effusion.", 1),
    ],
)
def test_the_likeliest_beam_that_little_speaks_against(
    doubts: dict[str, float], expected: str, asked: int
) -> None:
    beams = [("No effusion.", -0.5), ("Left effusion.", -0.2), ("Right effusion.", -0.3)]
    calls: list[str] = []

    def doubt(text: str) -> float:
        calls.append(text)
        return doubts.get(text, 0.0)

    assert least_doubtful(beams, doubt) == expected
    assert len(calls) == asked
