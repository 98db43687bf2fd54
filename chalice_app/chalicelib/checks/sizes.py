"""How large a text says that its findings are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from chalicelib.checks.lexicon import cues
from chalicelib.checks.lexicon.table import Weight
from chalicelib.checks.matching import Match
from chalicelib.checks.words import Word

GRADES = tuple(cues.GRADES.split("; "))
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_UNITS = frozenset(
    {"mm", "cm", "m", "millimeter", "centimeter", "millimeters", "centimeters", "ml", "cc"}
)
_UNIT_NAMES = {
    "millimeter": "mm",
    "centimeter": "cm",
    "millimeters": "mm",
    "centimeters": "cm",
    "cc": "ml",
}
_TIMES = frozenset({"x", "by", "\u00d7"})
STOPS = frozenset(
    {"but", "however", "although", "though", "except", "with", "without", "no", "after", "while"}
)
REACH = 8
VERBS = frozenset({"is", "are", "has", "have", "was", "were", "appears", "appear"})
_CHANGES = frozenset({"interval", "change", "increase", "decrease", "improvement", "worsening"})


class Measure(NamedTuple):
    """A measurement: its words, and how it reads."""

    start: int
    end: int
    text: str


def sizes(words: Sequence[Word], matches: Sequence[Match]) -> list[str | None]:
    """The size of each match: a measurement, or else a grade; devices have none."""
    found: list[str | None] = [None] * len(matches)
    for measure in measures(words):
        owner = _owner(words, matches, measure)
        if owner is not None and found[owner] is None:
            found[owner] = measure.text
    for index, match in enumerate(matches):
        if found[index] is None and match.meaning.finding.weight >= Weight.INCIDENTAL:
            found[index] = _grade(words, matches, index)
        if index and found[index] is None and _joined(words, matches[index - 1], match):
            found[index] = found[index - 1]
    return found


def _joined(words: Sequence[Word], one: Match, other: Match) -> bool:
    """Whether two findings are denied as one: "no large effusion or pneumothorax"."""
    return [word.text for word in words[one.end : other.start]] == ["or"]


def measures(words: Sequence[Word]) -> list[Measure]:
    """The measurements with a unit: "9.9 cm", "1.2 x 0.9 cm", "5-mm"."""
    found = []
    at = 0
    while at < len(words):
        end = at
        parts: list[str] = []
        while end < len(words) and _NUMBER.fullmatch(words[end].text):
            parts.append(words[end].text)
            end += 1
            if end < len(words) and words[end].text in _UNITS and _more(words, end):
                end += 2
            elif _more(words, end - 1):
                end += 1
        if parts and end < len(words) and words[end].text in _UNITS:
            unit = words[end].text
            found.append(Measure(at, end + 1, f"{' x '.join(parts)} {_UNIT_NAMES.get(unit, unit)}"))
        at = max(end, at + 1)
    return found


def _more(words: Sequence[Word], at: int) -> bool:
    """Whether the word after `at` says that another number follows: "3 x 4 cm"."""
    return (
        at + 2 < len(words)
        and words[at + 1].text in _TIMES
        and _NUMBER.fullmatch(words[at + 2].text) is not None
    )


def _owner(words: Sequence[Word], matches: Sequence[Match], measure: Measure) -> int | None:
    """The match that a measurement is of; None for a distance, as of a tube from the carina."""
    following = words[measure.end].text if measure.end < len(words) else ""
    if following in ("above", "below", "from", "proximal", "distal", "beyond", "superior"):
        return None
    before = {word.text for word in words[max(0, measure.start - 2) : measure.start]}
    for index, match in enumerate(matches):
        near = measure.end <= match.start <= measure.end + 4
        clear = not any("," in word.before for word in words[measure.end : match.start + 1])
        if near and clear and _can_be_large(match):
            return index
    if before & {"previously", "formerly", "prior", "was"}:
        return None
    earlier = [index for index, match in enumerate(matches) if match.end <= measure.start]
    for index in reversed(earlier):
        if _can_be_large(matches[index]):
            return index
        if matches[index].meaning.finding.weight == Weight.DEVICE:
            return None
    return None


def _can_be_large(match: Match) -> bool:
    return match.meaning.finding.weight >= Weight.INCIDENTAL


def _grade(words: Sequence[Word], matches: Sequence[Match], index: int) -> str | None:
    match = matches[index]
    floor = max((one.end for one in matches[:index] if one.end <= match.start), default=0)
    places = list(range(match.start, match.end))
    for at in range(match.start - 1, max(floor, match.start - REACH) - 1, -1):
        if words[at].text in STOPS:
            break
        places.insert(0, at)
        if "," in words[at].before and not is_adjective(words[at - 1]):
            break
    graded = [at for at in places if _named(words[at]) and not _grades_change(words, at)]
    if graded:
        return _range(words, graded)
    ceiling = min(
        (one.start for one in matches[index + 1 :] if one.start >= match.end), default=len(words)
    )
    for at in range(match.end, min(ceiling, match.end + REACH)):
        if words[at].text in STOPS or words[at].text == "and":
            return None
        if words[at - 1].text == "as":
            return None
        if _named(words[at]) and _is_said_of(words, at, match.end):
            return _range(words, [one for one in range(at, ceiling) if _named(words[one])])
    return None


def _is_said_of(words: Sequence[Word], at: int, start: int) -> bool:
    """Whether a grade after a finding is its predicate: "is now small", "Effusion: small"."""
    if ":" in words[start].before or words[at - 1].text == "now":
        return True
    between = [word.text for word in words[start:at]]
    following = words[at + 1].text if at + 1 < len(words) else ""
    return (
        bool(VERBS.intersection(between))
        and words[at].text not in cues.GRADE_FORMS
        and following not in ("increase", "decrease", "improvement")
    )


def _named(word: Word) -> bool:
    return word.text in GRADES or word.text in cues.GRADE_FORMS


def _grades_change(words: Sequence[Word], at: int) -> bool:
    """Whether a grade is one of a change: "significant interval change", "slight increase"."""
    return any(word.text in _CHANGES for word in words[at + 1 : at + 2])


def _range(words: Sequence[Word], graded: Sequence[int]) -> str:
    """A grade, or a range of two: "small to moderate"."""
    last = graded[-1]
    name = _plain(words[last])
    if last >= 2 and words[last - 1].text in ("to", "or") and _named(words[last - 2]):  # noqa: PLR2004  # two words
        return f"{_plain(words[last - 2])} to {name}"
    first = graded[0]
    if first + 2 < len(words) and words[first + 1].text == "to" and _named(words[first + 2]):
        return f"{_plain(words[first])} to {_plain(words[first + 2])}"
    return name


def _plain(word: Word) -> str:
    return cues.GRADE_FORMS.get(word.text, word.text)


def is_adjective(word: Word) -> bool:
    """Whether a word may stand in a list of adjectives: "stable, mild enlargement"."""
    return _named(word) or word.text in ("stable", "unchanged", "persistent", "new", "chronic")
