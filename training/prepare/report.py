"""The reports of a collection: pairs, and those that are left out, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from chalicelib.intake.free_text.blocks import Unsure
from chalicelib.intake.free_text.sections import Sections

Reason = (
    Literal[
        "no findings",
        "no impression",
        "unreadable",
        "findings too long",
        "repeated findings",
    ]
    | Unsure
)


@dataclass(frozen=True)
class Pair:
    """One report's findings and the radiologist's impression, with masks and layout unchanged."""

    report_id: str
    findings: str
    impression: str


@dataclass(frozen=True)
class LeftOut:
    """A report that cannot be used. `place` names it without its text."""

    place: str
    reason: Reason


Report = Pair | LeftOut


def report(report_id: str, findings: str | None, impression: str | None) -> Report:
    """A pair if both texts are present, otherwise the reason why not."""
    if not findings or not findings.strip():
        return LeftOut(report_id, "no findings")
    if not impression or not impression.strip():
        return LeftOut(report_id, "no impression")
    return Pair(report_id, findings.strip(), impression.strip())


def of_sections(report_id: str, sections: Sections) -> Report:
    """A pair if the sections are certain and both are present, otherwise the reason why not."""
    if sections.unsure is not None:
        return LeftOut(report_id, sections.unsure)
    return report(report_id, sections.findings, sections.impression)
