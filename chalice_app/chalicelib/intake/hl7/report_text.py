"""The findings, the impression and the other sections of a record, from its OBX."""

from __future__ import annotations

import re
from typing import NamedTuple

from chalicelib.intake.free_text.sections import Sections, read_sections
from chalicelib.intake.hl7.observations import Observations
from chalicelib.intake.hl7.section_names import FINDINGS, IMPRESSION, REPORT
from chalicelib.intake.hl7.syntax import SyntaxProblemError

# A text that repeats the name of its section.
_OWN_HEADING = {
    FINDINGS: re.compile(r"\A\s*+(?:FINDINGS?|BEFUND)[ \t]*+:\s*+", re.IGNORECASE),
    IMPRESSION: re.compile(
        r"\A\s*+(?:IMPRESSIONS?|CONCLUSIONS?|BEURTEILUNG)[ \t]*+:\s*+", re.IGNORECASE
    ),
}
# What may be the heading of an impression, however it is written.
_CONCLUDING = re.compile(
    r"\b(?:impressions?|conclusions?|opinion|summary|diagnos[ie]s|beurteilung|zusammenfassung|fazit)"
    r"[^\S\n]*+[:\n]",
    re.IGNORECASE,
)
# What may be any heading: it has a colon, or is a line of capitals.
_HEADING = re.compile(r":|^[^\S\n]*+[A-Z][A-Z ()/-]++$", re.MULTILINE)
# Words of a heading, which no section contains.
_HEADING_WORDS = 4
_OPENING_CHARACTERS = 20
_SENTENCE_END = re.compile(r"[.;!?]")


class Report(NamedTuple):
    """The sections of one report."""

    findings: str
    impression: str | None
    others: dict[str, str]
    place: str


def report_of(found: Observations) -> Report:
    """Put the named sections and the rest together.

    A section that an OBX names wins over a heading in the rest. The text under "findings" may be a
    whole report with headings of its own: then these count.

    Raises:
        SyntaxProblemError: there are no findings, or it is unclear what they are.
    """
    others = {
        name: text for name, text in found.sections.items() if name not in (FINDINGS, IMPRESSION)
    }
    impression = _without_heading(IMPRESSION, found.sections.get(IMPRESSION)) or None
    named = _without_heading(FINDINGS, found.sections.get(FINDINGS))
    if named:
        place = found.first[FINDINGS]
        findings, inner = _inside(named, place)
        impression = impression or inner.impression
        others = inner.others | others
        if found.rest:  # beside the findings; an impression may be in it
            rest = read_sections(found.rest)
            impression = impression or rest.impression
            others[REPORT] = found.rest
        return Report(findings, impression, others, place)
    if not found.rest:
        raise _missing(found, impression)
    place = found.first[REPORT]
    rest = read_sections(found.rest)
    if rest.unsure is not None:
        raise _unsure(place, rest.unsure)
    impression = impression or rest.impression
    if not rest.findings:
        raise _missing(found, impression)
    return Report(rest.findings, impression, rest.others | others, place)


def _inside(text: str, place: str) -> tuple[str, Sections]:
    """Findings and other sections in a text that stands under the name of findings.

    The name counts: a word that might be a heading, such as "Lungs:", divides nothing. But an
    impression in it must not become part of the findings.
    """
    if _HEADING.search(text) is None and _CONCLUDING.search(text) is None:
        return text, Sections(None, None, {})  # nearly always
    whole = read_sections(text)
    if whole.findings and whole.unsure is None and _covers(whole, text):
        return whole.findings, whole
    if not whole.impression and _CONCLUDING.search(text) is None:
        return text, Sections(None, None, {})
    under = read_sections(f"FINDINGS:\n{text}")
    if under.findings and under.unsure is None:
        return (under.findings, under) if under.impression else (text, Sections(None, None, {}))
    raise _unsure(place, under.unsure or "no heading of findings among others")


def _covers(sections: Sections, text: str) -> bool:
    """Whether no text stands outside the sections, but for their headings."""
    flat = " ".join(text.split())
    found = (sections.findings, sections.impression, *sections.others.values())
    parts = [" ".join(part.split()) for part in found if part]
    first = min(flat.find(part[:_OPENING_CHARACTERS]) for part in parts)
    heading = flat[: max(first, 0)]
    words = sum(len(part.split()) for part in parts)
    return (
        first > 0
        and len(heading.split()) <= _HEADING_WORDS
        and _SENTENCE_END.search(heading) is None
        and words + _HEADING_WORDS * len(parts) >= len(flat.split())
    )


def _without_heading(section: str, text: str | None) -> str:
    return "" if text is None else _OWN_HEADING[section].sub("", text, count=1).strip()


def _missing(found: Observations, impression: str | None) -> SyntaxProblemError:
    if found.unread:  # the findings may be in it
        return SyntaxProblemError(*found.unread[0])
    if impression:
        problem = "the report has an impression but no findings; send the findings too"
    elif found.rest:
        problem = "neither a code nor a heading says which text is the findings"
    elif found.sections:
        problem = "the report has no section of findings"
    else:
        return SyntaxProblemError("OBX-5", "is blank in every OBX; send the findings")
    return SyntaxProblemError("OBX-3", problem)


def _unsure(place: str, reason: str) -> SyntaxProblemError:
    problem = f"its sections are unclear ({reason}); name them in OBX-3"
    return SyntaxProblemError(place, problem)
