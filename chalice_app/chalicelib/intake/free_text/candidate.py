"""What may be a heading: where it is, how it is written, and what it says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from chalicelib.intake.free_text import lexicon
from chalicelib.intake.free_text.lines import Line, openness, opens
from chalicelib.intake.free_text.names import Name

Case = Literal["capitals", "title", "lower"]
LONGEST_HEADING = 80
DECORATION = ' \t\xa0*_#=~"”“»|]-\u2013—.'
_AFTER = re.compile(r"(?:[*\]]{1,3}+|__(?!_))?+[ \t\xa0]*+(?::(?!\d))?+[ \t\xa0]*+")


@dataclass(slots=True)
class Candidate:
    """What may be a heading.

    Attributes:
        start: where its text begins in the report, markers and numbers included.
        end: where the text of its section begins.
        line: the number of its line.
        name: what it says.
        case: how it is written.
        colon: whether it ends in a colon.
        at_start: whether it begins its line.
        alone: whether its line contains nothing else.
        numbered: whether a number stands before it.
        after_blank: whether it follows a blank line, or is on the first one.
        open_before: 0 if the text before it ends a sentence, 1 if it may not, 2 if it does not.
        weak: whether capitals follow it without a colon, so that it may be part of a sentence.
        goes_on: whether its text begins with a small letter.
        score: how likely it is a heading.
    """

    start: int
    end: int
    line: int
    name: Name
    case: Case
    colon: bool
    at_start: bool
    alone: bool
    numbered: bool
    after_blank: bool
    open_before: int
    goes_on: bool
    weak: bool = False
    score: float = 0.0


def candidate(  # noqa: PLR0913  # where it is, and what it says
    lines: list[Line],
    number: int,
    name: str,
    told: Name,
    *,
    places: tuple[int, int],
    colon: bool,
    numbered: bool,
    weak: bool = False,
) -> Candidate:
    """The candidate in a line whose heading begins and whose text begins at these `places`."""
    line = lines[number]
    begin, end = places
    at_start = begin == 0
    return Candidate(
        start=line.start + begin,
        end=line.start + end,
        line=number,
        name=told,
        case=case_of(name),
        colon=colon,
        at_start=at_start,
        alone=at_start and not line.text[end:].strip(DECORATION + ":"),
        numbered=numbered,
        after_blank=at_start and (number == 0 or lines[number - 1].blank or lines[number - 1].rule),
        weak=weak,
        goes_on=line.text[end : end + 1].islower(),
        open_before=openness(lines, number)
        if at_start
        else opens(line.text[max(0, begin - LONGEST_HEADING) : begin]),
    )


def skip_marks(text: str, place: int) -> int:
    """Where the text of a section begins, after what decorates its heading."""
    after = _AFTER.match(text, place)
    return after.end() if after else place


def case_of(name: str) -> Case:
    """How a heading is written; small function words do not count."""
    if name.isupper():
        return "capitals"
    words = [word for word in name.replace("/", " ").split() if word[:1].isalpha()]
    telling = [word for word in words if word.lower() not in lexicon.NEUTRAL] or words
    return "title" if telling and telling[0][:1].isupper() else "lower"
