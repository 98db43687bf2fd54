"""Checks of a draft's numbers, repetitions and length."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from chalicelib.checks import flags
from chalicelib.checks.flags import Flag, Span
from chalicelib.checks.lexicon.table import words as listed_words
from chalicelib.checks.reading import Reading
from chalicelib.checks.words import Sentence, Word

MIN_REPEATED_WORDS = 3
# So often the same words in a row make a loop.
LOOPS = 3
LONGEST_LOOP_WORDS = 8
MIN_LONG_WORDS = 12
MAX_QUOTED_DIGITS = 20

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_LEVEL = re.compile(r"[ctls]\d{1,2}")
_MILLIMETERS = {"mm": 1.0, "cm": 10.0, "millimeter": 1.0, "centimeter": 10.0}
_TIMES = frozenset({"x", "by", "\u00d7"})
# Numbers of these are a recommendation or a technique, which the findings need not contain.
_NOT_MEASURED = frozenset(
    {
        "month",
        "week",
        "day",
        "hour",
        "year",
        "minute",
        "view",
        "film",
        "am",
        "pm",
        "image",
        "mo",
        "wk",
    }
)
_ORDINALS = (
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
)
_CARDINALS = (
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
_UNFINISHED = listed_words(
    "of the and or with in a an no without is are to at on for from by which that may be but than"
    " as"
)


class Number(NamedTuple):
    """A number: its value, in millimeters where it has a unit of length, and its place."""

    value: float
    measured: bool
    span: Span


def number_not_in_findings(findings: Reading, draft: Reading) -> Iterator[Flag]:
    """A number that the findings do not contain, not even in another unit or as a word."""
    known = list(_numbers(findings.sentences))
    measured = {round(one.value, 3) for one in known if one.measured}
    bare = {round(one.value, 3) for one in known if not one.measured}
    levels = {word.text for word in _words(findings.sentences) if _LEVEL.fullmatch(word.text)}
    missing = []
    for one in _numbers(draft.sentences):
        value = round(one.value, 3)
        if value not in measured and value not in bare:
            missing.append(one.span)
    missing += [
        (word.start, word.end)
        for word in _words(draft.sentences)
        if _LEVEL.fullmatch(word.text) and word.text not in levels
    ]
    for span in sorted(missing):
        quoted = draft.text[span[0] : span[1]][:MAX_QUOTED_DIGITS]
        sentence = f"The draft says {quoted}; the findings do not contain that number."
        yield Flag(flags.NUMBER_NOT_IN_FINDINGS, sentence, (), (span,))


def _words(sentences: Sequence[Sentence]) -> Iterator[Word]:
    for sentence in sentences:
        yield from sentence.words


def _numbers(sentences: Sequence[Sentence]) -> Iterator[Number]:
    for sentence in sentences:
        words = sentence.words
        if len(words) == 1 and _NUMBER.fullmatch(words[0].text):
            continue  # the number of a list's item
        for index, word in enumerate(words):
            value = _value(words, index)
            if value is None:
                continue
            factor = _factor(words, index)
            span = (word.start, word.end)
            yield Number(value * (factor or 1.0), factor is not None, span)


def _value(words: Sequence[Word], index: int) -> float | None:
    text = words[index].text
    following = [word.stem for word in words[index + 1 : index + 4]]
    if text in _ORDINALS:
        return None if "rib" not in following else float(_ORDINALS.index(text) + 1)
    if text in _CARDINALS:
        unit = following[:1]
        return float(_CARDINALS.index(text) + 1) if unit and unit[0] in _MILLIMETERS else None
    if not _NUMBER.fullmatch(text):
        return None
    following_mark = words[index + 1].before[:1] if index + 1 < len(words) else ""
    item = following_mark == ")" and "(" not in words[index].before
    if item or _NOT_MEASURED.intersection(following):
        return None
    try:
        return float(text.replace(",", "."))
    except ValueError:  # a date: 12.03.2021
        return None


def _factor(words: Sequence[Word], index: int) -> float | None:
    """How many millimeters the unit of a number is; "3 x 4 cm" has one unit for both."""
    at = index + 1
    while at < min(len(words), index + 6):
        text = words[at].stem
        if text in _MILLIMETERS:
            return _MILLIMETERS[text]
        if text not in _TIMES and not _NUMBER.fullmatch(text):
            return None
        at += 1
    return None


def repeated_or_cut(draft: Reading) -> Iterator[Flag]:
    """A sentence that comes twice, words that go round in circles, or an unfinished end."""
    seen: dict[tuple[str, ...], Span] = {}
    for sentence in draft.sentences:
        words = tuple(word.text for word in sentence.words)
        span = (sentence.words[0].start, sentence.words[-1].end)
        if len(words) >= MIN_REPEATED_WORDS and words in seen:
            places = (seen[words], span)
            yield Flag(flags.REPEATED_OR_CUT, "The draft says a sentence twice.", (), places)
            break
        seen.setdefault(words, span)
    else:
        yield from _loops(draft)
    yield from _cut(draft)


def _loops(draft: Reading) -> Iterator[Flag]:
    """The same words three times or more in a row, as models write that cannot stop."""
    words = list(_words(draft.sentences))
    for period in range(1, LONGEST_LOOP_WORDS + 1):
        run = 0
        for index in range(period, len(words)):
            run = run + 1 if words[index].text == words[index - period].text else 0
            if run >= max((LOOPS - 1) * period, MIN_REPEATED_WORDS):
                span = (words[index - run - period + 1].start, words[index].end)
                sentence = "The draft repeats the same words."
                yield Flag(flags.REPEATED_OR_CUT, sentence, (), (span,))
                return


def _cut(draft: Reading) -> Iterator[Flag]:
    text = draft.text.rstrip()
    if not draft.sentences or not text:
        return
    last = draft.sentences[-1].words[-1]
    opened = text.count("(") > text.count(")")
    if text[-1] in ",-(:" or (last.end == len(text) and last.text in _UNFINISHED) or opened:
        place = ((last.start, last.end),)
        yield Flag(flags.REPEATED_OR_CUT, "The draft ends in the middle of a sentence.", (), place)


def longer_than_findings(findings: Reading, draft: Reading, times: float) -> Iterator[Flag]:
    """A draft with more words than the findings: an impression sums up."""
    if draft.words >= MIN_LONG_WORDS and draft.words > times * findings.words:
        sentence = f"The draft has {draft.words} words, the findings {findings.words}."
        yield Flag(flags.LONGER_THAN_FINDINGS, sentence, (findings.whole,), (draft.whole,))
