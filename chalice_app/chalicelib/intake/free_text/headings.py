"""Finds what may be a heading in a report, and scores how likely it is to be one.

Nothing is decided from one line alone. A candidate's score adds up where it stands, how it is
written, what it says, and whether the sentence before it has ended; and the whole report says how
its headings are written (`Style`).
"""

from __future__ import annotations

import re

from chalicelib.intake.free_text import lexicon
from chalicelib.intake.free_text.candidate import (
    DECORATION,
    LONGEST_HEADING,
    Candidate,
    candidate,
    case_of,
    skip_marks,
)
from chalicelib.intake.free_text.inline import within
from chalicelib.intake.free_text.lines import Line
from chalicelib.intake.free_text.names import KNOWN, Name, classify, normal

_MOST_WORDS = 12
# A heading without a colon on its own line.
_SHORTEST_PLAIN, _LONGEST_PLAIN = 2, 40
_FEW_WORDS = 4
_PREFIX = re.compile(
    r"[ \t\xa0]*+(?:[#*=~>•|\[\"“„«+\u2013—-]{1,12}+[ \t]*+|__(?=[^\W\d_]))?"
    r"(\(?(?:\d{1,2}|[ivxIVX]{1,4}|[A-H])[.)][ \t]*+)?(?:\*{1,3}|__)?"
)
# What ends a heading's name; a colon between digits belongs to a clock time.
_END = re.compile(
    r"(?<!\d)[:\uff1a]|[:\uff1a](?!\d)|[ \t]?[=-]{1,2}>|(?<=\w)\](?=[ \t]|$)"
    r"|[;=]|[ \t][\u2013—-]{1,2}(?=[ \t])"
)
_WORD = re.compile(r"[\w'.-]+")
_FIRST_CAPITALS = re.compile(r"(?:[A-ZÄÖÜ][A-ZÄÖÜ/&-]{2,20}(?: (?=[A-ZÄÖÜ]{3}))?){1,4}")


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
        found.extend(within(lines, number, after))
    return found


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
        name, colon, after = window[: end.start()], end[0][-1] in ":\uff1a>]", end.end()
    elif len(text) - begin > LONGEST_HEADING:
        name = ""
    stop = end is None and name.rstrip().endswith(".")
    name = name.rstrip(DECORATION)
    told = None if stop and not name.isupper() else _told(name, colon=colon)
    rest, weak = begin + after, False
    # In "FINDINGS Chest: clear", the capitals alone are the heading.
    mixed = not name.isupper() and name.split(" ", 1)[0].isupper()
    shorter = _without_separator(text, begin) if told is None or mixed else None
    if told is None or shorter is not None:
        if shorter is None:
            return None
        name, told, weak = shorter
        colon = False
        rest = begin + len(name)
        rest += text.startswith(".", rest)
    else:
        rest = skip_marks(text, rest)
    return candidate(
        lines,
        number,
        name,
        told,
        places=(0, rest),
        colon=colon,
        numbered=prefix is not None and prefix[1] is not None,
        weak=weak,
    )


def _told(name: str, *, colon: bool) -> Name | None:  # noqa: PLR0911  # one rule per return
    if not name or len(name.split()) > _MOST_WORDS:
        return None
    capitals = name.isupper()
    if not colon and not capitals and (len(name) > _LONGEST_PLAIN or ". " in name):
        return None
    told = classify(name)
    if told.kind == "signature" or normal(name) in KNOWN:
        return told
    if capitals and colon and _is_sentence(name) and len(name.split()) <= _FEW_WORDS:
        return told._replace(kind="doubtful")
    if _is_sentence(name) or (not told.errors and case_of(name) == "lower"):
        return None
    if colon:
        return told
    # Without a colon, only the layout can make a heading of other words: see `blocks.py`.
    if capitals:
        return told if told.kind != "body" and len(name) >= _SHORTEST_PLAIN else None
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
