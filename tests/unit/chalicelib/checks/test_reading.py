from __future__ import annotations

from itertools import pairwise

import pytest

from chalicelib.checks.reading import read, spans, spans_with_sides


def test_what_its_own_sentence_explains_is_old() -> None:
    reading = read("Linear opacity consistent with scarring. Opacity at the left base.")

    assert [fact.span for fact in reading.old()] == [reading.facts[0].span]


def test_a_reading_counts_words_and_spans_each_place_once() -> None:
    reading = read("Left effusion. Edema.")

    assert (reading.words, reading.whole) == (3, (0, 21))
    assert spans([*reading.facts, *reading.facts]) == ((5, 13), (15, 20))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Pleural effusion, moderate, on the left.", ["Pleural effusion", "left"]),
        ("Left effusion.", ["Left", "effusion"]),
        ("LLL pneumonia.", ["LLL", "pneumonia"]),
        ("Cardiomegaly.", ["Cardiomegaly"]),
        # The side of one finding stands within the place of another.
        ("Elevated left hemidiaphragm and effusion.", ["Elevated left hemidiaphragm", "effusion"]),
    ],
)
def test_the_side_of_a_finding_is_a_place_of_its_own(text: str, said: list[str]) -> None:
    places = spans_with_sides(read(text).facts)

    assert [text[start:end] for start, end in places] == said


def test_places_do_not_overlap_because_of_sides() -> None:
    text = "Left-sided effusion with left lower lobe atelectasis, effusion on the left. " * 3
    places = spans_with_sides(read(text).facts)

    assert all(one[1] <= other[0] for one, other in pairwise(places))
