"""The texts of a report's Observations and Composition, each with the section that it belongs to.

Sections are told by LOINC code, else by the code's text: codes of DICOM PS3.20 (imaging reports)
and those that radiology systems send for whole reports.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from chalicelib.intake.fhir.resources import (
    CodeableConcept,
    Component,
    Observation,
    Quantity,
    Section,
)
from chalicelib.intake.fhir.xhtml import plain

FINDINGS = "findings"
IMPRESSION = "impression"
WHOLE = "report"

_LOINC: Final = {
    "59776-5": FINDINGS,  # Procedure findings
    "18782-3": FINDINGS,  # Radiology Study observation
    "19005-8": IMPRESSION,  # Radiology Imaging study [Impression]
    "55110-1": IMPRESSION,  # Conclusions [Interpretation]
    "18748-4": WHOLE,  # Diagnostic imaging study
    "18783-1": "recommendation",
    "18834-2": "comparison",
    "55111-9": "technique",  # Current imaging procedure descriptions
    "18785-6": "indication",  # Reason for study
    "55752-0": "indication",  # Clinical information
    "11329-0": "history",
    "55107-7": "addendum",
}
_LOINC_SYSTEMS: Final = (None, "http://loinc.org", "urn:oid:2.16.840.1.113883.6.1")
_NAMES: Final = {
    "finding": FINDINGS,
    "findings": FINDINGS,
    "procedure findings": FINDINGS,
    "radiology findings": FINDINGS,
    "befund": FINDINGS,
    "befunde": FINDINGS,
    "impression": IMPRESSION,
    "impressions": IMPRESSION,
    "conclusion": IMPRESSION,
    "conclusions": IMPRESSION,
    "beurteilung": IMPRESSION,
    "assessment": IMPRESSION,
    "diagnosis": IMPRESSION,
    "interpretation": IMPRESSION,
    "opinion": IMPRESSION,
    "summary": IMPRESSION,
    "recommendation": "recommendation",
    "recommendations": "recommendation",
    "empfehlung": "recommendation",
    "comparison": "comparison",
    "technique": "technique",
    "technik": "technique",
    "procedure": "technique",
    "indication": "indication",
    "indications": "indication",
    "reason for exam": "indication",
    "reason for study": "indication",
    "clinical information": "indication",
    "history": "history",
    "addendum": "addendum",
    "limitations": "limitations",
}
_VOID: Final = frozenset({"cancelled", "entered-in-error"})
# Observations about the patient, not of the examination.
_OTHER_CATEGORIES: Final = frozenset({"laboratory", "social-history", "survey", "vital-signs"})


class Piece(NamedTuple):
    """A text, its place, and its section; None if neither code nor text names one."""

    place: str
    section: str | None
    label: str | None
    text: str


def section_of(code: CodeableConcept | None, title: str | None = None) -> str | None:
    """The section that a code means."""
    codings = (code.coding or []) if code is not None else []
    for coding in codings:
        if coding.system in _LOINC_SYSTEMS and coding.code in _LOINC:
            return _LOINC[coding.code]
    texts = [title, None if code is None else code.text, *(one.display for one in codings)]
    for text in texts:
        name = _NAMES.get((text or "").strip(" \t\r\n:.").casefold())
        if name is not None:
            return name
    return None


def of_observation(place: str, found: Observation) -> Iterator[Piece]:
    """The texts of an Observation: its value, its notes, and its components."""
    if (found.status or "").casefold() in _VOID:
        return
    section = section_of(found.code)
    if section is None and _is_other(found):
        return
    label = label_of(found.code)
    values = [value_of(found), *(note.text for note in found.note or ())]
    text = "\n".join(plain(value) for value in values if value and value.strip())
    if text:
        yield Piece(place, section, label, text)
    for position, component in enumerate(found.component or ()):
        value = value_of(component)
        if value is None or not value.strip():
            continue
        own, inner = section_of(component.code), label_of(component.code)
        text = plain(value)
        if own is None and section is not None and inner:
            text = f"{inner}: {text}"
        yield Piece(f"{place}.component[{position}]", own or section, inner or label, text)


def of_sections(place: str, sections: list[Section] | None) -> Iterator[Piece]:
    """The texts of a Composition's sections, in their order."""
    left = [(f"{place}[{position}]", one) for position, one in enumerate(sections or ())]
    left.reverse()
    while left:
        here, one = left.pop()
        text = "" if one.text is None else plain(one.text.div or "")
        section = section_of(one.code, one.title)
        if text.strip() and section is not None:
            yield Piece(here, section, one.title, text)
        inner = [(f"{here}.section[{n}]", section) for n, section in enumerate(one.section or ())]
        left.extend(reversed(inner))


def value_of(found: Component) -> str | None:
    """A value as text, if it is of a type that is read."""
    if found.value_string is not None:
        return found.value_string
    if found.value_codeable_concept is not None:
        return label_of(found.value_codeable_concept)
    if found.value_quantity is not None:
        return _quantity(found.value_quantity)
    return None if found.value_integer is None else str(found.value_integer)


def label_of(concept: CodeableConcept | None) -> str | None:
    """What a person reads of a concept: its text, else the first display."""
    if concept is None:
        return None
    displays = [one.display for one in concept.coding or () if one.display]
    return concept.text or next(iter(displays), None)


def _quantity(found: Quantity) -> str | None:
    # The digits as they are written: 8.0 mm is not 8 mm.
    value = bytes(found.value).decode("ascii", "replace")
    if not value[:1].isdigit() and not value.startswith("-"):
        return None
    return " ".join(part for part in (found.comparator, value, found.unit or found.code) if part)


def _is_other(found: Observation) -> bool:
    codes = {
        (coding.code or "").casefold()
        for category in found.category or ()
        for coding in category.coding or ()
    }
    return not codes.isdisjoint(_OTHER_CATEGORIES)
