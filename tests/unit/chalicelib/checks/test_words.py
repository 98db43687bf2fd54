from __future__ import annotations

import pytest

from chalicelib.checks.words import MAX_SENTENCE_WORDS, spelled, split, stem


def sentences(text: str) -> list[list[str]]:
    return [[word.text for word in sentence.words] for sentence in split(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("No effusion. Heart normal.", [["no", "effusion"], ["heart", "normal"]]),
        ("No effusion.Heart normal.", [["no", "effusion"], ["heart", "normal"]]),
        ("A 2.5 cm mass.", [["a", "2.5", "cm", "mass"]]),
        ("Seen by Dr. Who.", [["seen", "by", "dr", "who"]]),
        ("1. Effusion. 2. Edema.", [["1"], ["effusion"], ["2"], ["edema"]]),
        ("One\nTwo", [["one"], ["two"]]),
        ("one\ntwo", [["one", "two"]]),
        (f"{'word ' * 12}\nTwo", [["word"] * 12 + ["two"]]),
        ("One<br>two", [["one"], ["two"]]),
        ("One <b>two</b>", [["one", "two"]]),
    ],
)
def test_sentences_end_where_their_author_ended_them(text: str, expected: list[list[str]]) -> None:
    assert sentences(text) == expected


def test_a_sentence_without_an_end_is_cut() -> None:
    assert [len(one) for one in sentences("word " * (MAX_SENTENCE_WORDS + 1))] == [
        MAX_SENTENCE_WORDS,
        1,
    ]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("opacities", "opacity"),
        ("masses", "mass"),
        ("nodules", "nodule"),
        ("gas", "gas"),
        ("atelectasis", "atelectasis"),
        ("has", "has"),
    ],
)
def test_words_are_compared_without_their_plural(word: str, expected: str) -> None:
    assert stem(word) == expected


def test_british_spelling_is_the_same_word() -> None:
    assert [spelled(word) for word in ("Oedema", "haemothorax", "oesophagus")] == [
        "edema",
        "hemothorax",
        "esophagus",
    ]
