"""Turns a plain text that is one report into a typed record."""

from __future__ import annotations

from typing import Any

import msgspec

from chalicelib.errors import RecordRejectedError
from chalicelib.intake.frames import MAX_RECORD_BYTES, Frame
from chalicelib.intake.free_text.blocks import Unsure
from chalicelib.intake.free_text.encodings import NotTextError, decode
from chalicelib.intake.free_text.sections import Sections, read_sections
from chalicelib.intake.record import (
    MAX_METADATA_BYTES,
    MAX_REPORT_ID_CHARACTERS,
    METADATA_DROPPED,
    Record,
    record,
)

ADVICE = "put FINDINGS: and IMPRESSION: on lines of their own"
_WHY: dict[Unsure, str] = {
    "findings and impression in one": "findings and impression are under one heading",
    "several findings": "it has several findings that differ",
    "several impressions": "it has several impressions that differ",
    "unclear addendum": "it is not clear what its addendum replaces",
    "doubtful heading": "a word in its text may be a heading or not",
    "unknown heading": "an unknown heading may end its findings or its impression, or not",
    "several studies": "another study seems to follow its impression",
    "text below a line": "a drawn line divides its findings or its impression",
    "no description": "the text under the study's name describes no findings",
    "only a diagnosis": "a diagnosis follows its findings where the impression should be",
}


def read(
    found: Frame, object_id: str, max_findings_characters: int, *, report_id: str | None = None
) -> Record:
    """Read a text as one report.

    Sections other than findings and impression are kept as `metadata["sections"]`, by their names
    in lower case; the longest are left out first if they are too long together.

    Args:
        found: the text's bytes and index.
        object_id: identifies a report without an id: `<object id>-<index>`.
        max_findings_characters: a report with longer findings is rejected, never truncated.
        report_id: the report's id, such as the file's name.

    Raises:
        RecordRejectedError: the message names the record's index and the section, never its text.
    """
    index = found.index
    if found.data is None:
        problem = f"is longer than {MAX_RECORD_BYTES} bytes; shorten it"
        raise RecordRejectedError(index, "text", problem, report_id)
    if report_id is not None and not 0 < len(report_id.strip()) <= len(report_id) <= _LONGEST_ID:
        problem = f"must have 1 to {_LONGEST_ID} characters; rename the file"
        raise RecordRejectedError(index, "report_id", problem)
    try:
        text, _ = decode(found.data)
    except NotTextError as error:
        raise RecordRejectedError(index, "text", str(error), report_id) from None
    sections = read_sections(text)
    findings = _findings(index, sections, report_id)
    kept, flags = _metadata(sections.others)
    return record(
        index,
        object_id,
        max_findings_characters,
        report_id=report_id,
        findings=findings,
        impression=sections.impression,
        metadata={"sections": kept} if kept else {},
        flags=flags,
        places={"findings": "FINDINGS", "impression": "IMPRESSION"},
    )


_LONGEST_ID = MAX_REPORT_ID_CHARACTERS


def _findings(index: int, sections: Sections, report_id: str | None) -> str:
    if sections.unsure is not None:
        place, problem = "text", f"{_WHY[sections.unsure]}; {ADVICE}"
    elif sections.findings:
        return sections.findings
    elif sections.findings_heading:
        place, problem = "FINDINGS", "is blank; write the findings below this heading"
    elif sections.impression:
        place, problem = "text", f"has an impression, but no heading of findings; {ADVICE}"
    else:
        place, problem = "text", f"has no heading of findings; {ADVICE}"
    raise RecordRejectedError(index, place, problem, report_id)


def _metadata(others: dict[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """The sections that are short enough together, and a flag if any were left out."""
    kept: dict[str, str] = {}
    size = _size({"sections": {}})
    for name, text in sorted(others.items(), key=lambda one: len(one[1])):
        size += _size({name: text})
        if size > MAX_METADATA_BYTES:
            break
        kept[name] = text
    in_order = {name: text for name, text in others.items() if name in kept}
    return in_order, () if len(kept) == len(others) else (METADATA_DROPPED,)


def _size(value: dict[str, Any]) -> int:
    return len(msgspec.json.encode(value))
