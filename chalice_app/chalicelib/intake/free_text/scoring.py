"""Scores how likely a candidate is a heading, by the style of the report's headings."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.intake.free_text.candidate import Candidate, Case

# From here on a candidate is a heading; from DOUBTFUL on, it may be one.
ACCEPTED, DOUBTFUL = 6.0, 3.0
_SIGNED_BONUS = 3.0
CORE = ("findings", "impression", "both")


@dataclass(frozen=True, slots=True)
class Style:
    """How the headings of a report are written.

    Attributes:
        case: of the headings of findings and impression.
        all_capitals: the text has no small letters, so that capitals say nothing.
        numbered: these headings have numbers.
        blank_before: blank lines precede them.
        several_lines: two or more of them begin a line.
        colons: they end in colons.
    """

    case: Case
    all_capitals: bool
    numbered: bool
    blank_before: bool
    several_lines: bool
    colons: bool


def style_of(text: str, found: list[Candidate]) -> Style:
    """How this report writes its headings, from those of findings and impression."""
    small = sum(map(str.islower, text))
    letters = sum(map(str.isalpha, text))
    core = [
        one
        for one in found
        if one.name.kind in CORE
        and (one.colon or one.alone)
        and one.open_before <= 1
        and not (one.case == "lower" and one.open_before and not one.at_start)
    ]
    cases = {one.case for one in core}
    case: Case = (
        "capitals" if "capitals" in cases or not core else "title" if "title" in cases else "lower"
    )
    starts = [one for one in core if one.at_start and one.case == case]
    later = starts[1:] or [one for one in starts if one.line > 0]
    return Style(
        case=case,
        all_capitals=small * 20 < letters,
        numbered=bool(starts) and all(one.numbered for one in starts),
        blank_before=bool(later) and sum(one.after_blank for one in later) * 2 > len(later),
        several_lines=len(starts) > 1,
        colons=not starts or sum(one.colon for one in starts) * 2 > len(starts),
    )


def score(one: Candidate, style: Style) -> float:
    """How likely a candidate is a heading, from -10 to 12."""
    points = 3.0 if one.at_start else 1.0 if not one.open_before else 0.0
    points += 1.0 if one.alone else 0.0
    points += _SIGNED_BONUS if one.name.kind == "signature" else 0.0
    points += 3.0 - min(one.name.errors, 2)
    if one.case == "capitals":
        points += 0.0 if style.all_capitals else 3.0
    else:
        points += 1.0 if one.case == "title" else -1.0
    points += 2.0 if one.colon else 0.0 if one.alone else -1.0
    points += 1.0 if one.after_blank else 0.0
    if one.case == style.case:
        points += 1.0
    else:
        points -= 2.0 if one.at_start or not style.several_lines else 4.0
    if one.open_before > 1:
        points -= 5.0 if one.name.kind in CORE else 7.0
    elif one.open_before:
        lower = one.case == "lower" and style.case != "lower"
        # "…than on the last⏎Comparison: radiograph, …" goes on in small letters.
        lower = lower or (one.case == "title" and one.name.kind == "other" and one.goes_on)
        points -= 4.0 if lower or (not one.at_start and one.case != "capitals") else 1.0
    points -= 4.0 if one.weak else 0.0
    if not one.colon and style.colons and one.case != "capitals":
        # A line of text may well consist of "Comparison".
        points -= 4.0 if one.name.kind == "other" else 2.0
    if one.numbered and not style.numbered:
        points -= 3.0
    return points
