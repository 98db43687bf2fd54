"""One report to draft an impression for, whatever the format that it came in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from chalicelib.errors import RecordRejectedError
from chalicelib.intake.context import context_of

MAX_METADATA_BYTES = 4096
MAX_REPORT_ID_CHARACTERS = 256

METADATA_DROPPED = "metadata_dropped"
CONTROL_CHARACTERS = "control_characters"
# The report is final and has the radiologist's impression: a draft must not be sent back for it.
ANSWER_WITHHELD = "answer_withheld"

Status = Literal["preliminary", "final", "corrected"]


class Record(msgspec.Struct, frozen=True):
    """One report.

    Attributes:
        index: its position in the object, from 0.
        report_id: its own id, or `<object id>-<index>`.
        findings: the text to draft an impression for.
        impression: the radiologist's own; None if there is none.
        metadata: everything else that is carried through; None if there is nothing, or if it
            exceeds MAX_METADATA_BYTES (`flags` then contains METADATA_DROPPED).
        flags: what a reader of the draft must know.
        status: of the report, where its format has one.
        context: what a prompt may name of it (`context.context_of`).
    """

    index: int
    report_id: str
    findings: str
    impression: str | None = None
    metadata: dict[str, Any] | None = None
    flags: tuple[str, ...] = ()
    status: Status | None = None
    context: Mapping[str, str] = msgspec.field(default_factory=dict)


def record(  # noqa: PLR0913  # the fields of a record
    index: int,
    object_id: str,
    max_findings_characters: int,
    *,
    report_id: str | None,
    findings: str,
    impression: str | None,
    metadata: Mapping[str, Any],
    flags: Sequence[str] = (),
    status: Status | None = None,
    places: Mapping[str, str] | None = None,
) -> Record:
    """Check the fields that every format has, and make a record of them.

    Args:
        index: its position in the object, from 0.
        object_id: identifies a record that has no id of its own: `<object id>-<index>`.
        max_findings_characters: a record with longer findings is rejected, never truncated.
        report_id: its own id, if it has one.
        findings: the text to draft an impression for.
        impression: the radiologist's own.
        metadata: everything else.
        flags: what a reader of the draft must know.
        status: of the report.
        places: where `findings`, `impression` and `report_id` were found, to name in errors.

    Raises:
        RecordRejectedError: the message names the record's index and the field, never its text.
    """
    place = {"findings": "findings", "impression": "impression"} | dict(places or {})
    if not findings.strip():
        raise RecordRejectedError(index, place["findings"], "is blank", report_id)
    for name, text in (("findings", findings), ("impression", impression or "")):
        # A reference that is too long would exhaust time and memory when it is scored.
        if len(text) > max_findings_characters:
            problem = f"is longer than {max_findings_characters} characters; shorten it"
            raise RecordRejectedError(index, place[name], problem, report_id)
    too_big = _written_bytes(index, dict(metadata)) > MAX_METADATA_BYTES
    return Record(
        index=index,
        report_id=report_id or f"{object_id}-{index}",
        findings=findings,
        impression=impression,
        metadata=None if too_big or not metadata else dict(metadata),
        flags=(*flags, METADATA_DROPPED) if too_big else tuple(flags),
        context=context_of(metadata),
        status=status,
    )


def _written_bytes(index: int, metadata: dict[str, Any]) -> int:
    # A result nests it some levels deeper than the record does, and must not fail there.
    try:
        return len(msgspec.json.encode([[[[metadata]]]])) - len("[[[[]]]]")
    except RecursionError:
        raise RecordRejectedError(index, "record", "is nested too deeply") from None
