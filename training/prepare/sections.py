"""Finds FINDINGS and IMPRESSION in a free-text report, under the headings that reports really use.

A heading is at the start of a line and ends in a colon. Common names are recognised in upper and
lower case. A heading in capitals that mentions a view or a film also starts the findings (many
MIMIC-CXR reports use "PA AND LATERAL VIEWS OF THE CHEST:"). Any other heading in capitals, such as
"LUNGS:", belongs to the surrounding section.
"""

from __future__ import annotations

import re
from typing import Literal

from training.prepare.report import LeftOut, Report, report

Section = Literal["findings", "impression", "both", "other"]

_HEADING = re.compile(r"^[ \t]*([A-Za-z][A-Za-z0-9 ,./()&'\-]{1,70}?)[ \t]*:(.*)$")
_VIEW = re.compile(r"\b(VIEWS?|RADIOGRAPHS?|X-?RAYS?|FILMS?|CHEST|PORTABLE)\b")
_FINDINGS = frozenset(
    {"finding", "findings", "report", "description", "observations", "detailed findings"}
)
_IMPRESSION = frozenset(
    {
        *("impression", "impressions", "conclusion", "conclusions", "opinion", "summary"),
        *("final impression", "overall impression", "interpretation", "diagnosis", "impressoin"),
    }
)
_BOTH = frozenset(
    f"{first}{link}{second}"
    for first, second in (("findings", "impression"), ("impression", "findings"))
    for link in (" and ", "/", " / ", " & ", ", ")
)
_OTHER = frozenset(
    {
        *("addendum", "clinical history", "clinical indication", "clinical information"),
        *("comparison", "comparisons", "comment", "date", "dictated by", "exam", "examination"),
        *("electronically signed by", "history", "indication", "indications", "notification"),
        *("notifications", "patient history", "preliminary report", "procedure"),
        *("reason for exam", "reason for examination", "reason for study", "recommendation"),
        *("recommendations", "signed by", "study", "technique", "type of exam", "wet read"),
    }
)


def section_of(heading: str) -> Section | None:
    """The section that a heading starts; None if it belongs to the surrounding section."""
    name = " ".join(heading.lower().split())
    if name in _FINDINGS:
        return "findings"
    if name in _IMPRESSION:
        return "impression"
    if name in _BOTH:
        return "both"
    if name in _OTHER:
        return "other"
    if heading.upper() == heading and _VIEW.search(heading):
        return "findings"
    return None


def read_report(report_id: str, text: str) -> Report:
    """Extract findings and impression from a report.

    If a section occurs twice (for example in an addendum), the last non-blank one is used, as in
    MIMIC-CXR's own section parser. Lines are joined, because they are wrapped for print.
    """
    found: dict[Section, str] = {}
    section: Section | None = None
    lines: list[str] = []

    def close() -> None:
        joined = " ".join(" ".join(lines).split())
        if section is not None and joined:
            found[section] = joined

    for line in text.splitlines():
        heading = _HEADING.match(line)
        opened = section_of(heading[1]) if heading else None
        # A study's name in capitals starts the findings only if they have not started yet.
        if heading is None or opened is None or (opened == section == "findings"):
            lines.append(line)
            continue
        close()
        section, lines = opened, [heading[2]]
    close()
    if "both" in found and not ("findings" in found and "impression" in found):
        return LeftOut(report_id, "findings and impression in one")
    return report(report_id, found.get("findings"), found.get("impression"))
