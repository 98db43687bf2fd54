"""Divides a report into blocks, each with the text under one heading."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from chalicelib.intake.free_text import lexicon
from chalicelib.intake.free_text.candidate import Candidate
from chalicelib.intake.free_text.lines import is_rule
from chalicelib.intake.free_text.names import Kind
from chalicelib.intake.free_text.scoring import ACCEPTED, CORE, DOUBTFUL, Style

# Why the findings and the impression of a report cannot be told with confidence.
Unsure = Literal[
    "findings and impression in one",
    "several findings",
    "several impressions",
    "unclear addendum",
    "doubtful heading",
    "unknown heading",
    "several studies",
    "text below a line",
    "no description",
    "only a diagnosis",
]
_Verdict = Literal["new", "text"] | Unsure

_MASKED = re.compile(r"_{2,}|\bX{4,}\b", re.IGNORECASE)
_TOKEN = re.compile(r"\w+")
# Text under these may be findings or an impression.
_GUARDED = (*CORE, "view", "findings also", "impression also")
_ENOUGH_DIVISIONS = 2


@dataclass(slots=True, eq=False)
class Part:
    """A reading of its own within a report: the report itself, an addendum, a preliminary one.

    `loose` marks a preliminary reading that may be one section only, as in `WET READ: …`.
    """

    kind: str
    loose: bool = False


@dataclass(slots=True, eq=False)
class Block:
    """The text under one heading.

    Attributes:
        role: what its heading opens; None before the first heading.
        section: the name under which it is kept.
        part: the reading that it belongs to.
        start: where its text begins.
        text: with lines joined; empty if there are only masks and punctuation.
        problem: why its extent is not certain.
        divisions: headings inside it that are part of its text.
        divided_by_blank: blank lines precede some of these.
        looked_at: how far `filled_before` has looked.
        filled: it has text up to there.
    """

    role: Kind | None
    section: str
    part: Part
    start: int
    text: str = ""
    problem: Unsure | None = None
    divisions: int = 0
    divided_by_blank: bool = False
    looked_at: int = 0
    filled: bool = False


def divide(text: str, found: list[Candidate], style: Style) -> list[Block]:
    """The blocks of a report, in order."""
    current = Block(None, "", Part(lexicon.MAIN), 0)
    divided = [current]
    for one in found:
        if one.score < ACCEPTED:
            _doubt(current, one, style)
            continue
        verdict = _verdict(text, current, one, style)
        if verdict == "text":
            if one.name.kind in ("body", "unknown"):
                current.divisions += 1
                current.divided_by_blank |= one.after_blank
            continue
        if verdict != "new":
            current.problem = current.problem or verdict
            continue
        _close(text, current, one.start)
        part = current.part
        if one.name.kind == "part":
            preliminary = one.name.section == lexicon.PRELIMINARY
            part = Part(one.name.section, loose=preliminary and one.colon and not one.alone)
        current = Block(one.name.kind, one.name.section, part, one.end)
        divided.append(current)
    _close(text, current, len(text))
    return divided


def _doubt(current: Block, one: Candidate, style: Style) -> None:
    """Note what is probably text, but may be a heading."""
    telling = one.name.kind in CORE or (
        one.at_start and one.name.kind not in ("body", "view", "unknown")
    )
    if one.score < DOUBTFUL or not telling:
        return
    if current.role == "part" and current.section == lexicon.ADDENDUM and one.name.kind in CORE:
        current.problem = "unclear addendum"
    alike = one.case == style.case or one.case != "lower" or one.name.kind in CORE
    if alike and current.role in _GUARDED:
        current.problem = current.problem or "doubtful heading"


def _verdict(text: str, current: Block, one: Candidate, style: Style) -> _Verdict:
    """Whether a heading opens a block ("new"), is "text", or makes its block uncertain."""
    kind = one.name.kind
    if kind == "body":
        return "text"
    guarded = current.role in _GUARDED
    if kind == "view":
        return _study(text, current, one, style)
    if kind == "doubtful":
        return "doubtful heading" if guarded else "new"
    if kind == "unknown":
        if guarded:
            return _stranger(text, current, one, style)
        return "new" if one.colon and one.at_start else "text"
    return "new"


def _study(text: str, current: Block, one: Candidate, style: Style) -> _Verdict:
    if current.role in CORE or current.role == "impression also":
        apart = one.after_blank and style.blank_before and current.role != "findings"
        apart = apart or (one.alone and one.after_blank and not one.colon)
        filled = _filled_before(text, current, one.start)
        return "several studies" if apart and filled else "text"
    return "new" if one.colon else "text"


def _stranger(  # noqa: PLR0911  # one rule per return
    text: str, current: Block, one: Candidate, style: Style
) -> _Verdict:
    """An unknown heading under findings or impression: does the layout show that it ends them?"""
    filled = _filled_before(text, current, one.start)
    if not one.at_start:
        return "text" if one.open_before or not filled else "unknown heading"
    if not filled and not one.colon:
        return "text"
    if one.colon != style.colons:
        return "unknown heading" if one.colon else "text"
    if one.case != style.case:
        capitals = one.case == "capitals" and not style.all_capitals
        return "unknown heading" if capitals else "text"
    alike = one.after_blank == style.blank_before
    if not alike:
        inside = not one.after_blank and (current.divisions > 0 or not filled)
        return "text" if inside else "unknown heading"
    divided = current.divisions >= _ENOUGH_DIVISIONS and (
        current.divided_by_blank or not one.after_blank
    )
    if divided and current.role == "findings":
        return "text"
    clear = filled and one.case == "capitals" and not style.all_capitals
    return "new" if clear and not current.divisions else "unknown heading"


def _filled_before(text: str, block: Block, end: int) -> bool:
    """Whether a block has text before a place; each place is looked at once."""
    for word in _TOKEN.finditer(text, max(block.start, block.looked_at), end):
        if block.filled:
            break
        block.filled = bool(readable(word[0]))
    block.looked_at = end
    return block.filled


def _close(text: str, block: Block, end: int) -> None:
    kept: list[str] = []
    after_rule = False
    for line in text[block.start : end].splitlines():
        if is_rule(line):
            after_rule = after_rule or bool(kept)
        elif line.strip():
            if after_rule and readable(line):
                block.problem = block.problem or "text below a line"
            kept.append(line)
    block.text = readable(" ".join(kept))


def readable(text: str) -> str:
    """A text with white space collapsed; empty if it consists of masks and punctuation."""
    joined = " ".join(text.split())
    return joined if any(map(str.isalnum, _MASKED.sub(" ", joined))) else ""
