"""Finds known headings in the middle of a line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chalicelib.intake.free_text.candidate import (
    LONGEST_HEADING,
    Candidate,
    candidate,
    skip_marks,
)
from chalicelib.intake.free_text.lines import Line
from chalicelib.intake.free_text.names import KNOWN, Name, classify, normal

# Words of a heading in the middle of a line: known exactly, or with typing errors.
_MOST_WORDS_WITHIN, _MOST_WORDS_NEARLY = 5, 3
_NEVER_WITHIN = ("unknown", "view", "body", "diagnosis")
_SHORTEST_KNOWN = 3

_COLON = re.compile(r"[:\uff1a]")


def within(lines: list[Line], number: int, after: int) -> Iterator[Candidate]:
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
        yield candidate(
            lines,
            number,
            name,
            told,
            places=(start, skip_marks(text, mark.end())),
            colon=True,
            numbered=False,
        )
    if after == 0 or after < len(text):
        yield from _signaturewithin(lines, number, after)


_SIGNED = re.compile(
    r"(?<=[.\]_)] )(?:Electronically|Dictated|Digitally|Signed|Transcribed|Reviewed)"
    r"(?: and)?(?: electronically)?(?: signed| approved| verified)? (?:by|on)\b",
    re.IGNORECASE,
)


def _signaturewithin(lines: list[Line], number: int, after: int) -> Iterator[Candidate]:
    for found in _SIGNED.finditer(lines[number].text, after):
        yield candidate(
            lines,
            number,
            found[0].capitalize(),
            Name("signature", "signature"),
            places=(found.start(), skip_marks(lines[number].text, found.end())),
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
        short = count <= _MOST_WORDS_NEARLY and len(name) >= _SHORTEST_KNOWN
        if told is None and short and name.isupper():
            told = classify(name)
        if told is None:
            continue
        known = best is not None and best[1].kind != "unknown"
        if told.kind not in _NEVER_WITHIN or (told.kind == "unknown" and not known):
            best = name, told
    return best
