"""Which section of a report an OBX holds, from OBX-3 and OBX-4: codes, suffixes and names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chalicelib.intake.hl7.syntax import Segment, Separators

FINDINGS = "findings"
IMPRESSION = "impression"
# The text of a whole report, whose sections are told by its headings.
REPORT = "report"

_LOINC = {
    "59776-5": FINDINGS,
    "18782-3": FINDINGS,  # Radiology study observation
    "19005-8": IMPRESSION,
    "18783-1": "recommendation",
    "18785-6": "indication",
    "11329-0": "history",
    "18834-2": "comparison",
    "55111-9": "technique",
    "55107-7": "addendum",
    "55109-3": "complications",
    "18748-4": REPORT,
    "11528-7": REPORT,
    "68604-8": REPORT,
}
# Suffixes of the code (v2.5.1, 7.1.3), behind the separator of subcomponents; FND is not in the
# standard but in use.
_SUFFIXES = {
    "GDT": FINDINGS,
    "FND": FINDINGS,
    "IMP": IMPRESSION,
    "REC": "recommendation",
    "ADT": "addendum",
    "TCM": "comment",
    "CMP": "complications",
}
_NAMES = {
    FINDINGS: "finding findings fnd befund befunde befundtext beschreibung description",
    IMPRESSION: "impression impressions imp conclusion conclusions beurteilung fazit "
    "schlussfolgerung zusammenfassung",
    "recommendation": "recommendation recommendations empfehlung empfehlungen",
    "indication": "indication indications indikation fragestellung klinische_angaben "
    "klinische_fragestellung clinical_information clinical_indication reason reason_for_exam "
    "reason_for_study rechtfertigende_indikation",
    "history": "history clinical_history anamnese",
    "comparison": "comparison comparisons vergleich voruntersuchung voruntersuchungen "
    "voraufnahme voraufnahmen",
    "technique": "technique technik untersuchungstechnik methode methodik",
    "addendum": "addendum nachtrag",
    REPORT: "report befundbericht bericht radiologiebefund",
}
_BY_NAME = {name: section for section, names in _NAMES.items() for name in names.split()}
# Words around the name that say nothing about the section.
_FILLER_WORDS = (
    "radiology radiological radiologist diagnostic imaging study procedure exam examination report "
    "narrative text section document note the rad doc radiologischer radiologische"
)
_FILLERS = frozenset(_FILLER_WORDS.split())
_WORD = re.compile(r"[^\W_]+")


def section_of(observation: Segment, separators: Separators) -> str | None:
    """The section that an OBX names, by its canonical name; None if it names none."""
    identifier = observation.value(3)
    components = identifier.split(separators.component)
    for code in (components[0], *components[3:4]):
        section = _by_code(code, separators)
        if section is not None:
            return section
    # A name in any component, then the sub-id.
    for name in (*components[1:2], *components[4:5], components[0]):
        section = _by_name(name)
        if section is not None:
            return section
    sub_id = observation.value(4)
    return _by_code(f"{separators.subcomponent}{sub_id}", separators) or _by_name(sub_id)


def _by_code(code: str, separators: Separators) -> str | None:
    for one in _suffixes(code, separators):
        if one in _SUFFIXES:
            return _SUFFIXES[one]
    return _LOINC.get(code.strip())


def _suffixes(code: str, separators: Separators) -> Iterator[str]:
    # Some write the usual separator although MSH-2 gives another, or escape it.
    plain = code.replace(f"{separators.escape}T{separators.escape}", "&")
    for suffix in plain.replace(separators.subcomponent, "&").split("&")[1:]:
        yield suffix.strip().upper()


def _by_name(name: str) -> str | None:
    words = [word.casefold() for word in _WORD.findall(name)]
    if not words:
        return None
    section = _BY_NAME.get("_".join(words))
    if section is not None:
        return section
    telling = [word for word in words if word not in _FILLERS]
    if telling:
        return _BY_NAME.get("_".join(telling))
    return REPORT if "report" in words else None
