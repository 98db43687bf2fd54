"""Chooses a report's findings and impression among the places where FHIR may have them.

In this order: Observations or Composition sections that are coded as findings; such that contain
a whole report; `presentedForm`; the narrative; a conclusion that contains the whole report;
Observations that are not coded. Findings never contain a section that is headed as impression: a
draft must not be copied from the radiologist's own. What is not clear is refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from chalicelib.intake.fhir import attachments
from chalicelib.intake.fhir.pieces import FINDINGS, IMPRESSION, WHOLE, Piece
from chalicelib.intake.fhir.resources import Attachment, DiagnosticReport
from chalicelib.intake.fhir.xhtml import plain
from chalicelib.intake.free_text.sections import Sections, read_sections

_OWN_HEADING = re.compile(
    r"\s*+(?:impressions?|conclusions?|beurteilung)\s*+:\s*+(?=\S)", re.IGNORECASE
)
NO_FINDINGS: Final = (
    "has no findings: neither coded Observations, nor a text with a heading such as FINDINGS:"
)


class Chosen(NamedTuple):
    """The text of a report; `sections` are all others by name."""

    findings: str
    impression: str | None
    sections: dict[str, str]
    place: str
    impression_place: str


class ChoiceError(Exception):
    """The report has no findings that are clear; a place below the report, and the problem."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(place, problem)
        self.place = place
        self.problem = problem


class _Found(NamedTuple):
    place: str
    findings: str
    impression: str | None
    others: dict[str, str]


def choose(report: DiagnosticReport, pieces: Sequence[Piece], missing: str | None) -> Chosen:
    """Choose findings and impression.

    Args:
        report: the report.
        pieces: the texts of its Observations and Composition.
        missing: the place of a result that is referred to but not there.

    Raises:
        ChoiceError: there are no findings, or it is not clear which text they are.
    """
    conclusion = plain(report.conclusion or "").strip() or None
    found = _findings(report, conclusion, pieces, missing)
    sections = dict(found.others)
    own: dict[str, list[str]] = {}
    for piece in pieces:
        if piece.section not in (None, FINDINGS, WHOLE):
            own.setdefault(piece.section or "", []).append(_without_heading(piece.text))
    sections |= {name: "\n".join(texts) for name, texts in own.items() if name != IMPRESSION}
    impression = None
    place = "DiagnosticReport.conclusion"
    if conclusion is not None and found.place != "DiagnosticReport.conclusion":
        impression = _impression_of(conclusion)
    if impression is None and IMPRESSION in own:
        impression = "\n".join(own[IMPRESSION])
        place = next(piece.place for piece in pieces if piece.section == IMPRESSION)
    if impression is None and found.impression is not None:
        impression, place = found.impression, found.place
    return Chosen(found.findings, impression, sections, found.place, place)


def _findings(
    report: DiagnosticReport, conclusion: str | None, pieces: Sequence[Piece], missing: str | None
) -> _Found:
    coded = [_narrowed(piece) for piece in pieces if piece.section == FINDINGS]
    whole = [_of_text(piece.place, piece.text) for piece in pieces if piece.section == WHOLE]
    if coded or whole:
        return _joined(coded or whole)
    problem, blocks = None, False
    if report.presented_form:
        found, blocks = _of_form(report.presented_form)
        if isinstance(found, _Found):
            return found
        problem = found
    narrative = plain(report.text.div or "") if report.text is not None else ""
    others = ("DiagnosticReport.text.div", narrative), ("DiagnosticReport.conclusion", conclusion)
    for place, text in others:
        other = _of_text(place, text) if text else None
        if isinstance(other, _Found):
            return other
        problem = problem or (other if text is narrative else None)
    if missing is not None and not blocks:
        text = "refers to a resource that is not here; send it in the same Bundle, or contained"
        raise ChoiceError(missing, text)
    loose = [_labelled(piece) for piece in pieces if piece.section is None]
    if loose and not blocks:
        return _joined(loose)
    raise problem or ChoiceError("DiagnosticReport", NO_FINDINGS)


def _of_form(forms: Sequence[Attachment]) -> tuple[_Found | ChoiceError, bool]:
    """What the best form has, and whether no other part of the report may stand in for it.

    Only a form that holds no text, such as a PDF, leaves room for Observations without a code:
    what its own text leaves unclear is not replaced by a part of the report.
    """
    form = attachments.read(forms)
    place = f"DiagnosticReport.{form.place}"
    if isinstance(form, attachments.Problem):
        return ChoiceError(place, form.problem), not form.foreign
    return _of_text(place, form.text), True


def _joined(given: Sequence[_Found | ChoiceError]) -> _Found:
    """Several texts as one, none of them twice; the first that is not clear is raised."""
    found: list[_Found] = []
    for one in given:
        if isinstance(one, ChoiceError):
            raise one
        found.append(one)
    texts = list(dict.fromkeys(one.findings.strip() for one in found))
    impressions = list(dict.fromkeys(one.impression for one in found if one.impression))
    others: dict[str, str] = {}
    for one in found:
        others |= one.others
    return _Found(found[0].place, "\n".join(texts), "\n".join(impressions) or None, others)


def _narrowed(piece: Piece) -> _Found | ChoiceError:
    """Coded findings as they are, unless headings in them separate other sections."""
    sections = read_sections(piece.text)
    if sections.findings is not None:
        return _Found(piece.place, sections.findings, sections.impression, sections.others)
    if sections.impression is not None or sections.unsure is not None:
        return ChoiceError(piece.place, _unclear(sections))
    return _Found(piece.place, piece.text, None, {})


def _labelled(piece: Piece) -> _Found:
    text = piece.text if piece.label is None else f"{piece.label}: {piece.text}"
    return _Found(piece.place, text, None, {})


def _of_text(place: str, text: str) -> _Found | ChoiceError:
    """The sections of a whole report as text."""
    sections = read_sections(text)
    if sections.findings is None:
        return ChoiceError(place, _unclear(sections))
    return _Found(place, sections.findings, sections.impression, sections.others)


def _unclear(sections: Sections) -> str:
    if sections.unsure is not None:
        return f"leaves unclear which text is the findings ({sections.unsure}); head each section"
    return "has no findings section: add a heading such as FINDINGS:"


def _impression_of(conclusion: str) -> str | None:
    """The impression in a conclusion, which may be a whole report with headings."""
    sections = read_sections(conclusion)
    if sections.findings is not None:
        return sections.impression
    return _without_heading(conclusion)


def _without_heading(text: str) -> str:
    """The text of an impression without its own heading."""
    heading = _OWN_HEADING.match(text)
    return text if heading is None else text[heading.end() :]
