"""Chooses the findings and the impression among the blocks of a report."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from chalicelib.intake.free_text import lexicon
from chalicelib.intake.free_text.blocks import Block, Part, Unsure

_WORD = re.compile(r"\w+")
_ROLES = ("findings", "findings also", "view", "impression", "impression also", "diagnosis", "both")
_FIRM = ("findings", "impression", "both")


class Choice(NamedTuple):
    """Findings and impression, or the reason why they are not certain, and their blocks."""

    findings: str | None
    impression: str | None
    unsure: Unsure | None
    used: tuple[Block, ...]


class _UnsureError(Exception):
    def __init__(self, reason: Unsure) -> None:
        super().__init__(reason)
        self.reason = reason


def choose(divided: list[Block]) -> Choice:
    """The report's own findings and impression.

    An addendum after the report replaces the impression, or both. A preliminary reading beside the
    report is not used.
    """
    filled = [one for one in divided if one.text and one.role in _ROLES]
    try:
        findings, impression = _pair(filled, divided)
    except _UnsureError as unsure:
        return Choice(None, None, unsure.reason, ())
    used = tuple(one for one in (findings, impression) if one is not None)
    for one in (*used, *(one for one in divided if one.problem == "unclear addendum")):
        if one.problem is not None:
            return Choice(None, None, one.problem, ())
    return Choice(
        None if findings is None else findings.text,
        None if impression is None else impression.text,
        None,
        used,
    )


def _pair(filled: list[Block], divided: list[Block]) -> tuple[Block | None, Block | None]:
    firm = _parts(one for one in filled if one.role in _FIRM)
    final = [part for part in firm if part.kind != lexicon.PRELIMINARY]
    main = [part for part in firm if part.kind == lexicon.MAIN]
    if not final:
        # Nothing but a preliminary reading; or findings under the name of a study.
        used = _parts(filled)
        if len(firm) > 1:
            raise _UnsureError("several impressions")
        return _of(filled, used)
    loose = [part for part in firm if part.loose]
    if not main:
        if len(final) > 1:
            raise _UnsureError("unclear addendum")
        return _of(filled, [*_mains(filled), *final, *loose])
    addenda = [part for part in final if part.kind == lexicon.ADDENDUM]
    findings, impression = _of(filled, [*_mains(filled), *_loose_for(filled, main, loose)])
    if not addenda:
        return findings, impression
    return _amended(filled, divided, (findings, impression), addenda)


def _amended(
    filled: list[Block],
    divided: list[Block],
    pair: tuple[Block | None, Block | None],
    addenda: list[Part],
) -> tuple[Block | None, Block | None]:
    places = {id(one): place for place, one in enumerate(divided)}
    last = max(places[id(one)] for one in pair if one is not None)
    findings, impression = _of(filled, addenda[-1:])
    first = min(places[id(one)] for one in (findings, impression) if one is not None)
    earlier = set(addenda[:-1])
    replaced = any(one.role == "findings" and one.part in earlier for one in filled)
    alone = findings is not None and impression is None
    if first < last or alone or (replaced and findings is None):
        raise _UnsureError("unclear addendum")
    return findings or pair[0], impression


def _loose_for(filled: list[Block], main: list[Part], loose: list[Part]) -> list[Part]:
    """Preliminary sections before the end of a report do not divide it."""
    mains, looses = set(main), set(loose)
    own = {one.role for one in filled if one.part in mains}
    theirs = {one.role for one in filled if one.part in looses}
    return [] if own & theirs else loose


def _mains(filled: list[Block]) -> list[Part]:
    return [part for part in _parts(filled) if part.kind == lexicon.MAIN]


def _parts(blocks: Iterable[Block]) -> list[Part]:
    return list(dict.fromkeys(one.part for one in blocks))


def _of(filled: list[Block], parts: list[Part]) -> tuple[Block | None, Block | None]:
    """The findings and the impression of some parts that belong together."""
    together = set(parts)
    own = [one for one in filled if one.part in together]
    if any(one.role == "both" for one in own):
        raise _UnsureError("findings and impression in one")
    return _findings(own), _impression(own)


def _findings(own: list[Block]) -> Block | None:
    findings = [one for one in own if one.role == "findings"]
    also = [one for one in own if one.role == "findings also"]
    if findings:
        after = own.index(findings[0])
        if any(one.role == "findings also" for one in own[after:]):
            raise _UnsureError("several findings")
        return _only(findings, "several findings")
    end = next((at for at, one in enumerate(own) if one.role == "impression"), len(own))
    studies = also or [one for one in own[:end] if one.role == "view"]
    found = _only(studies, "several findings")
    if found is not None and not _describes(found.text):
        raise _UnsureError("no description")
    return found


def _impression(own: list[Block]) -> Block | None:
    found = [one for one in own if one.role == "impression"]
    if found:
        return _only(found, "several impressions")
    start = next(
        (at for at, one in enumerate(own) if one.role in ("findings", "findings also", "view")),
        len(own),
    )
    also = [one for one in own[start:] if one.role == "impression also"]
    if not also and any(one.role == "diagnosis" for one in own[start:]):
        raise _UnsureError("only a diagnosis")
    return _only(also, "several impressions")


def _only(found: list[Block], otherwise: Unsure) -> Block | None:
    if len({one.text for one in found}) > 1:
        raise _UnsureError(otherwise)
    return found[-1] if found else None


def _describes(text: str) -> bool:
    """Whether a text names anything that findings are about."""
    return not lexicon.BODY.isdisjoint(_WORD.findall(text.lower()))
