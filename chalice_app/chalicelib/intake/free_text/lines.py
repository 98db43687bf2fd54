"""The lines of a report, and whether the text before a place has ended."""

from __future__ import annotations

import re
from dataclasses import dataclass

from chalicelib.intake.free_text import lexicon

_RULE = re.compile(r"[ \t]*+(?:[-=*~\u2013—#.+]{4,}+|_{10,}+)[ \t]*+")
_SENTENCE_END = frozenset('.!?:;)]>"”')
_LAST_WORD = re.compile(r"([\w'.-]{1,40})\W{0,3}$")
_LONGEST_LOOK = 60


@dataclass(frozen=True, slots=True)
class Line:
    """One line: where it begins in the text, and what it is."""

    start: int
    text: str
    blank: bool
    rule: bool


def lines_of(text: str) -> list[Line]:
    """The lines of a text, with their places."""
    found, place = [], 0
    for whole in text.splitlines(keepends=True):
        line = whole.rstrip("\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029")
        blank = not line.strip()
        found.append(Line(place, line, blank, not blank and is_rule(line)))
        place += len(whole)
    return found


def is_rule(line: str) -> bool:
    """Whether a line is only drawn: dashes, equals signs, or many underscores."""
    return _RULE.fullmatch(line) is not None


def openness(lines: list[Line], number: int) -> int:
    """Whether the text before a line goes on in it: 0 no, 1 perhaps, 2 yes."""
    if number == 0 or lines[number - 1].blank or lines[number - 1].rule:
        return 0
    return opens(lines[number - 1].text)


def opens(before: str) -> int:
    """Whether a text goes on: 0 no, 1 perhaps, 2 yes."""
    gap = before.endswith(("  ", "\t"))
    text = before[-_LONGEST_LOOK:].rstrip(" \t\xa0*_#")
    if not text or text[-1] in _SENTENCE_END:
        return 0
    if text[-1] in ",-/\u2013&(":
        return 2
    last = _LAST_WORD.search(text)
    if last is not None and last[1].lower().strip(".'-") in lexicon.UNFINISHED:
        return 2
    return 0 if gap else 1
