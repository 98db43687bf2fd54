"""The reports of a collection: pairs, and those that are left out, with the reason."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from chalicelib.drafting.masks import MASK, normalize_masks
from chalicelib.intake.context import context_of
from chalicelib.intake.free_text.blocks import Unsure
from chalicelib.intake.free_text.sections import Sections

Reason = (
    Literal[
        "no findings",
        "no impression",
        "unreadable",
        "findings too long",
        "impression too long",
        "repeated findings",
        "prompt over max_input_length",
        "target over max_output_length",
        "not in the split file",
        "patient in another split",
        "findings in another split",
    ]
    | Unsure
)

# The functions reject longer texts, so a model never sees them (MAX_FINDINGS_CHARACTERS).
LONGEST_CHARACTERS = 20_000
# What spreadsheets and data frames write for an empty cell.
_EMPTY = frozenset({"", "nan", "na", "n a", "none", "null", "nil", "nat"})
_WORDS = re.compile(r"[^\W_]++")


@dataclass(frozen=True)
class Pair:
    """One report's findings and the radiologist's impression, with masks and layout unchanged.

    `patient` identifies the patient within the collection; None if it is not known. `context` is
    what a prompt may name beside the findings (`chalicelib.prompt_template.CONTEXT_FIELDS`).
    """

    report_id: str
    findings: str
    impression: str
    patient: str | None = None
    context: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class LeftOut:
    """A report that cannot be used. `place` names it without its text."""

    place: str
    reason: Reason


Report = Pair | LeftOut


def is_text(text: str | None) -> bool:
    """Whether a text says anything: masks, punctuation, `nan` and `N/A` do not."""
    text = (text or "").strip()
    if len(text) > LONGEST_CHARACTERS:  # whatever it says, it is reported as too long
        return True
    bare = normalize_masks(text).replace(MASK, " ")
    return " ".join(_WORDS.findall(bare)).casefold() not in _EMPTY


def report(report_id: str, findings: str | None, impression: str | None) -> Report:
    """A pair if both texts are present and not too long, otherwise the reason why not."""
    if findings is None or not is_text(findings):
        return LeftOut(report_id, "no findings")
    if impression is None or not is_text(impression):
        return LeftOut(report_id, "no impression")
    findings, impression = findings.strip(), impression.strip()
    if len(findings) > LONGEST_CHARACTERS:
        return LeftOut(report_id, "findings too long")
    if len(impression) > LONGEST_CHARACTERS:
        return LeftOut(report_id, "impression too long")
    try:  # JSON may escape halves of characters
        f"{findings}{impression}".encode()
    except UnicodeEncodeError:
        return LeftOut(report_id, "unreadable")
    return Pair(report_id, findings, impression)


def of_sections(report_id: str, sections: Sections) -> Report:
    """A pair if the sections are certain and both are present, otherwise the reason why not."""
    if sections.unsure is not None:
        return LeftOut(report_id, sections.unsure)
    found = report(report_id, sections.findings, sections.impression)
    return with_context(found, {"sections": sections.others})


def with_context(found: Report, metadata: Mapping[str, Any]) -> Report:
    """A pair with what its record says beside findings and impression."""
    if isinstance(found, LeftOut):
        return found
    return replace(found, context=context_of(metadata))
