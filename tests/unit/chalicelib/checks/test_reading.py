from __future__ import annotations

from chalicelib.checks.reading import read, spans


def test_what_its_own_sentence_explains_is_old() -> None:
    reading = read("Linear opacity consistent with scarring. Opacity at the left base.")

    assert [fact.span for fact in reading.old()] == [reading.facts[0].span]


def test_a_reading_counts_words_and_spans_each_place_once() -> None:
    reading = read("Left effusion. Edema.")

    assert (reading.words, reading.whole) == (3, (0, 21))
    assert spans([*reading.facts, *reading.facts]) == ((5, 13), (15, 20))
