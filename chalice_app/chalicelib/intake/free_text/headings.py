"""Finds what may be a heading in a report, and scores how likely it is to be one.

Nothing is decided from one line alone. A candidate's score adds up where it stands, how it is
written, what it says, and whether the sentence before it has ended; and the whole report says how
its headings are written (`Style`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from chalicelib.intake.free_text import lexicon
from chalicelib.intake.free_text.names import KNOWN, Name, classify, normal

Case = Literal["capitals", "title", "lower"]
LONGEST_HEADING = 80
_MOST_WORDS = 12
# A heading without a colon on its own line.
_SHORTEST_PLAIN, _LONGEST_PLAIN = 4, 40
_SHORTEST_KNOWN = 3
# From here on a candidate is a heading; from DOUBTFUL on, it may be one.
ACCEPTED, DOUBTFUL = 6.0, 3.0
_SIGNED_BONUS = 3.0

# Words of a heading in the middle of a line: known exactly, or with typing errors.
_MOST_WORDS_WITHIN, _MOST_WORDS_NEARLY = 5, 3
_WITHIN = ("both", "findings", "impression", "other", "signature", "doubtful")
_WITHIN_EXACT = ("impression also", "findings also", "part")

_PREFIX = re.compile(
    r"[ \t\xa0]*+(?:[#*=~>•|\[\"“„«+–—-]{1,12}+[ \t]*+|__(?=[^\W\d_]))?"
    r"(\(?(?:\d{1,2}|[ivxIVX]{1,4}|[A-H])[.)][ \t]*+)?(?:\*{1,3}|__)?"
)
# What ends a heading's name; a colon between digits belongs to a clock time.
_END = re.compile(
    r"(?<!\d)[:：]|[:：](?!\d)|[ \t]?[=-]{1,2}>|(?<=\w)\](?=[ \t]|$)|[;=]|[ \t][–—-]{1,2}(?=[ \t])"
)
_DECORATION = ' \t\xa0*_#=~"”“»|]-–—.'
_AFTER = re.compile(r"(?:[*\]]{1,3}+|__(?!_))?+[ \t\xa0]*+(?::(?!\d))?+[ \t\xa0]*+")
_RULE = re.compile(r"[ \t]*+(?:[-=*~–—#.+]{4,}+|_{10,}+)[ \t]*+")
_COLON = re.compile(r"[:：]")
_SENTENCE_END = frozenset('.!?:;)]>"”')
_WORD = re.compile(r"[\w'.-]+")
_LAST_WORD = re.compile(r"([\w'.-]{1,40})\W{0,3}$")
_FIRST_CAPITALS = re.compile(r"(?:[A-ZÄÖÜ][A-ZÄÖÜ/&-]{2,20}(?: (?=[A-ZÄÖÜ]{3}))?){1,4}")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: where it begins in the text, and what it is."""

    start: int
    text: str
    blank: bool
    rule: bool


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


def lines_of(text: str) -> list[Line]:
    """The lines of a text, with their places."""
    found, place = [], 0
    for whole in text.splitlines(keepends=True):
        line = whole.rstrip("\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029")
        blank = not line.strip()
        found.append(Line(place, line, blank, not blank and _RULE.fullmatch(line) is not None))
        place += len(whole)
    return found


def candidates(lines: list[Line]) -> list[Candidate]:
    """Every candidate, in order, without its score."""
    found: list[Candidate] = []
    for number, line in enumerate(lines):
        if line.blank or line.rule:
            continue
        first = _at_start(lines, number)
        if first is not None:
            found.append(first)
        after = first.end - line.start if first is not None else 0
        found.extend(_within(lines, number, after))
    return found


def style_of(text: str, found: list[Candidate]) -> Style:
    """How this report writes its headings, from those of findings and impression."""
    small = sum(map(str.islower, text))
    letters = sum(map(str.isalpha, text))
    core = [
        one
        for one in found
        if one.name.kind in ("findings", "impression", "both")
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
        points -= 5.0
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


def _at_start(lines: list[Line], number: int) -> Candidate | None:
    line = lines[number]
    text = line.text
    prefix = _PREFIX.match(text)
    begin = prefix.end() if prefix else 0
    if not text[begin : begin + 1].isalpha():
        return None
    window = text[begin : begin + LONGEST_HEADING]
    end = _END.search(window)
    name, colon, after = window, False, len(window)
    if end is not None:
        name, colon, after = window[: end.start()], end[0][-1] in ":：>]", end.end()
    elif len(text) - begin > LONGEST_HEADING:
        name = ""
    stop = end is None and name.rstrip().endswith(".")
    name = name.rstrip(_DECORATION)
    told = None if stop and not name.isupper() else _told(name, colon=colon)
    rest, weak = begin + after, False
    if told is None:
        shorter = _without_separator(text, begin)
        if shorter is None:
            return None
        name, told, weak = shorter
        colon = False
        rest = begin + len(name)
        rest += text.startswith(".", rest)
    else:
        rest = _skip_marks(text, rest)
    return _candidate(
        lines,
        number,
        name,
        told,
        places=(0, rest),
        colon=colon,
        numbered=prefix is not None and prefix[1] is not None,
        weak=weak,
    )


def _skip_marks(text: str, place: int) -> int:
    after = _AFTER.match(text, place)
    return after.end() if after else place


def _told(name: str, *, colon: bool) -> Name | None:
    if not name or len(name.split()) > _MOST_WORDS:
        return None
    capitals = name.isupper()
    if not colon and not capitals and (len(name) > _LONGEST_PLAIN or ". " in name):
        return None
    told = classify(name)
    if told.kind == "signature" or normal(name) in KNOWN:
        return told
    if _is_sentence(name) or (not told.errors and case_of(name) == "lower"):
        return None
    if colon:
        return told
    # Without a colon, only the layout can make a heading of other words: see `blocks.py`.
    if capitals:
        return told if told.kind not in ("body", "view") and len(name) >= _SHORTEST_PLAIN else None
    return told if told.errors or told.kind in ("findings", "impression", "both") else None


def _is_sentence(name: str) -> bool:
    words = _WORD.findall(name.lower())
    return bool(lexicon.SENTENCE.intersection(words)) or not words


def _without_separator(text: str, begin: int) -> tuple[str, Name, bool] | None:
    """A known heading in capitals at the start of a line, with its text right behind it.

    The last value says whether that text is in capitals too.
    """
    signed = text[begin : begin + LONGEST_HEADING].lower()
    if signed.startswith(lexicon.SIGNATURES):
        return text[begin:], Name("signature", "signature"), False
    run = _FIRST_CAPITALS.match(text, begin, begin + LONGEST_HEADING)
    if run is None:
        return None
    words = run[0].split(" ")
    for count in range(len(words), 0, -1):
        name = " ".join(words[:count])
        told = KNOWN.get(normal(name))
        rest = text[begin + len(name) :]
        if told is None or not normal(words[count - 1]):
            continue
        stripped = rest.lstrip(" \t\xa0.*")
        gap = len(rest) - len(stripped)
        sentence = stripped[:1].isdigit() or (stripped[:1].isupper() and stripped[1:2].islower())
        sentence = sentence or stripped.startswith(("XXXX", "__"))
        if told.kind == "part" or (gap and (sentence or gap > 1)):
            return name, told, False
        following = stripped[:LONGEST_HEADING].split(" ", 1)[0].lower()
        core = told.kind in ("findings", "impression") and following not in lexicon.CONTINUED
        if gap and core and stripped[:1].isupper():
            return name, told, True
    return None


def _within(lines: list[Line], number: int, after: int) -> Iterator[Candidate]:
    """Known headings with a colon in the middle of a line."""
    line = lines[number]
    text = line.text
    for mark in _COLON.finditer(text, after):
        before = text[max(after, mark.start() - LONGEST_HEADING) : mark.start()].rstrip(" \t*_")
        if not before or not (before[-1].isalpha() or before[-1] == ")"):
            continue
        found = _name_before(before)
        if found is None:
            continue
        name, told = found
        start = max(after, mark.start() - LONGEST_HEADING) + len(before) - len(name)
        if start < LONGEST_HEADING and not text[:start].strip(" \t*_#"):
            continue
        yield _candidate(
            lines,
            number,
            name,
            told,
            places=(start, _skip_marks(text, mark.end())),
            colon=True,
            numbered=False,
        )
    if after == 0 or after < len(text):
        yield from _signature_within(lines, number, after)


_SIGNED = re.compile(
    r"(?<=[.\]_)] )(?:Electronically|Dictated|Digitally|Signed|Transcribed|Reviewed)"
    r"(?: and)?(?: electronically)?(?: signed| approved| verified)? (?:by|on)\b",
    re.IGNORECASE,
)


def _signature_within(lines: list[Line], number: int, after: int) -> Iterator[Candidate]:
    for found in _SIGNED.finditer(lines[number].text, after):
        yield _candidate(
            lines,
            number,
            found[0].capitalize(),
            Name("signature", "signature"),
            places=(found.start(), found.end()),
            colon=True,
            numbered=False,
        )


def _name_before(before: str) -> tuple[str, Name] | None:
    """The longest known heading at the end of a text."""
    starts = [0, *(at + 1 for at, letter in enumerate(before) if letter == " ")]
    best: tuple[str, Name] | None = None
    for count, start in enumerate(reversed(starts[-_MOST_WORDS_WITHIN:]), start=1):
        name = before[start:].lstrip("*_(# ")
        if any(mark in name for mark in ".!?;:"):
            break
        told = KNOWN.get(normal(name))
        if (
            told is None
            and count <= _MOST_WORDS_NEARLY
            and name.isupper()
            and len(name) >= _SHORTEST_KNOWN
        ):
            told = classify(name)
        if told is None:
            continue
        if told.kind in _WITHIN or (told.kind in _WITHIN_EXACT and not told.errors):
            best = name, told
        elif best is None and told.kind == "unknown" and len(name) >= _SHORTEST_PLAIN:
            best = name, told
    return best


def _candidate(  # noqa: PLR0913  # where it is, and what it says
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
        alone=at_start and not line.text[end:].strip(_DECORATION + ":"),
        numbered=numbered,
        after_blank=at_start and (number == 0 or lines[number - 1].blank or lines[number - 1].rule),
        weak=weak,
        goes_on=line.text[end : end + 1].islower(),
        open_before=_openness(lines, number)
        if at_start
        else _opens(line.text[max(0, begin - LONGEST_HEADING) : begin]),
    )


def _openness(lines: list[Line], number: int) -> int:
    if number == 0 or lines[number - 1].blank or lines[number - 1].rule:
        return 0
    return _opens(lines[number - 1].text)


def _opens(before: str) -> int:
    """Whether a text goes on: 0 no, 1 perhaps, 2 yes."""
    gap = before.endswith(("  ", "\t"))
    text = before[-60:].rstrip(" \t\xa0*_#")
    if not text or text[-1] in _SENTENCE_END:
        return 0
    if text[-1] in ",-/–&(":
        return 2
    last = _LAST_WORD.search(text)
    if last is not None and last[1].lower().strip(".'-") in lexicon.UNFINISHED:
        return 2
    return 0 if gap else 1


def case_of(name: str) -> Case:
    """How a heading is written; small function words do not count."""
    if name.isupper():
        return "capitals"
    words = [word for word in name.replace("/", " ").split() if word[:1].isalpha()]
    telling = [word for word in words if word.lower() not in lexicon.NEUTRAL] or words
    return "title" if telling and telling[0][:1].isupper() else "lower"


def is_rule(line: str) -> bool:
    """Whether a line is only drawn: dashes, equals signs, or many underscores."""
    return _RULE.fullmatch(line) is not None
