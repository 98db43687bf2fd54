from __future__ import annotations

import pytest

from chalicelib.checks.labeller import label


def told(text: str) -> list[tuple[str, str]]:
    return [(fact.finding, fact.side) for fact in label(text)]


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("Left effusion.", "left"),
        ("Effusion on the right.", "right"),
        ("Effusion, right.", "right"),
        ("Effusion at the base of the left lung.", "left"),
        ("Bilateral effusions, right greater than left.", "both"),
        ("Effusions, larger on the right than on the left.", "both"),
        ("Effusions in the left upper and right lower chest.", "both"),
        ("Effusion.", "none"),
        ("The patient turned right. Effusion.", "none"),
    ],
)
def test_the_side_is_the_one_of_the_phrase(text: str, side: str) -> None:
    assert told(text) == [("pleural effusion", side)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "RLL atelectasis and small left effusion.",
            [("atelectasis", "right"), ("pleural effusion", "left")],
        ),
        ("Left effusion and atelectasis.", [("pleural effusion", "left"), ("atelectasis", "left")]),
        ("LUL opacity may represent pneumonia.", [("opacity", "left"), ("pneumonia", "left")]),
        (
            "Atelectasis versus pneumonia at the right base.",
            [("atelectasis", "right"), ("pneumonia", "right")],
        ),
        ("Consolidation in the RML and lingula.", [("consolidation", "both")]),
        (
            "Left effusion and cardiomegaly.",
            [("pleural effusion", "left"), ("cardiomegaly", "none")],
        ),
        ("Left pacemaker with leads in the right atrium.", [("pacemaker", "left")]),
        (
            "Small pneumothorax after removal of the right chest tube.",
            [("pneumothorax", "none"), ("chest tube", "right")],
        ),
        ("Both lungs are clear.", [("clear lungs", "none")]),
        ("The right lung is clear.", [("clear lungs", "right")]),
    ],
)
def test_sides_belong_to_the_finding_that_they_are_said_of(
    text: str, expected: list[tuple[str, str]]
) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Left effusion.", [["Left"]]),
        ("Pleural effusion, moderate, on the left.", [["left"]]),
        ("Effusion at the base of the right lung.", [["right"]]),
        ("Bilateral effusions, right greater than left.", [["Bilateral"]]),
        ("Effusions in the left upper and right lower chest.", [["left", "right"]]),
        ("Left effusion and atelectasis.", [["Left"], ["Left"]]),
        ("At the left base, with atelectasis.", [["left"]]),
        ("Effusion.", [[]]),
        ("Elevated left hemidiaphragm.", [[]]),
        ("Cardiomegaly on the left.", [[]]),
    ],
)
def test_the_words_that_say_the_side_are_known(text: str, words: list[list[str]]) -> None:
    facts = label(text)

    assert [[text[start:end] for start, end in fact.side_spans] for fact in facts] == words


def test_of_many_words_for_a_side_the_first_counts() -> None:
    text = "Effusion on the left and " + "left and right and " * 50 + "right."

    [fact] = label(text)

    assert [start for start, _ in fact.side_spans] == [text.index("left"), text.index("right")]
