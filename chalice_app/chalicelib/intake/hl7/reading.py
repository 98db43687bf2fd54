"""Turns one HL7 record into a typed record, or an error that names segment and field."""

from __future__ import annotations

from chalicelib.errors import RecordRejectedError
from chalicelib.intake.frames import MAX_RECORD_BYTES, Frame
from chalicelib.intake.hl7.demographics import demographics
from chalicelib.intake.hl7.escapes import CharacterSetSwitchError, unescape, without_controls
from chalicelib.intake.hl7.framing import BLOCK_START
from chalicelib.intake.hl7.messages import Message, check_kind, check_whole, message_of
from chalicelib.intake.hl7.observations import read_observations
from chalicelib.intake.hl7.report_text import report_of
from chalicelib.intake.hl7.status import of_report
from chalicelib.intake.hl7.syntax import Segment, SyntaxProblemError
from chalicelib.intake.record import (
    CONTROL_CHARACTERS,
    MAX_REPORT_ID_CHARACTERS,
    Record,
    record,
)

# An OBX with a PDF, an image, a number: beside the text of the report, it is not looked at.
ATTACHMENT_NOT_READ = "attachment_not_read"
# Where the id of a report may stand: the accession number, then the order's, then the document's.
_ID_FIELDS = (
    ("OBR", 3),
    ("OBR", 2),
    ("ORC", 3),
    ("ORC", 2),
    ("TXA", 15),
    ("TXA", 14),
    ("TXA", 12),
)
_CONTROL_ID = 10


def read(found: Frame, object_id: str, max_findings_characters: int) -> Record:
    """Decode and check one record.

    Args:
        found: the record's bytes and index.
        object_id: identifies a record that has no id of its own: `<object id>-<index>`.
        max_findings_characters: a record with longer findings is rejected, never truncated.

    Raises:
        RecordRejectedError: the message names segment and field, never their text.
    """
    report_id: str | None = None
    try:
        message = message_of(_checked(found))
        check_kind(message)
        report_id = _report_id(message, found.part)
        return _read(message, found.index, object_id, max_findings_characters, report_id)
    except SyntaxProblemError as error:
        raise RecordRejectedError(found.index, error.place, error.problem, report_id) from None


def _checked(found: Frame) -> bytes:
    if found.data is None:
        problem = f"the message is longer than {MAX_RECORD_BYTES} bytes; send it in several"
        raise SyntaxProblemError("MSH", problem)
    if found.data.startswith(BLOCK_START):
        problem = "the block does not end (0x1C): the message may be cut; send it whole"
        raise SyntaxProblemError("MLLP", problem)
    if found.data.startswith(b"BTS"):
        problem = "counts more messages than there are before it; send the batch again"
        raise SyntaxProblemError("BTS-1", problem)
    return found.data


def _read(
    message: Message,
    index: int,
    object_id: str,
    max_findings_characters: int,
    report_id: str | None,
) -> Record:
    order, document = message.first("OBR"), message.first("TXA")
    of_report(order, document, [])  # a cancelled report need not be whole
    check_whole(message)
    if message.first("OBX") is None:
        problem = "is missing: this order has no report of its own in the message"
        raise SyntaxProblemError("OBX", problem)
    observations = read_observations(message.segments, message.separators, message.charset)
    state = of_report(order, document, observations.statuses)
    report = report_of(observations)
    notes = _notes(message)
    sections = report.others | ({"notes": notes} if notes else {})
    metadata = {
        "format": "hl7",
        "report_status": state,
        **demographics(message.first("PID"), _time(message, order)),
        "procedure": None if order is None else _name(message, order, 4),
        "sections": sections,
    }
    flags = [
        *([CONTROL_CHARACTERS] if observations.controls else []),
        *([ATTACHMENT_NOT_READ] if observations.unread else []),
    ]
    return record(
        index,
        object_id,
        max_findings_characters,
        report_id=report_id,
        findings=report.findings,
        impression=report.impression,
        metadata={name: value for name, value in metadata.items() if value not in (None, "", {})},
        flags=flags,
        status=state,
        places={"findings": report.place, "impression": "OBX-5"},
    )


def _report_id(message: Message, part: int) -> str | None:
    """The id of the report; the message's own, MSH-10, with a count from its second record on."""
    header = message.segments[0]
    for name, field in _ID_FIELDS:
        segment = message.first(name)
        value = "" if segment is None else _component(message, segment, field)
        if segment is not None and value:
            return _usable_id(value, segment.place(field))
    value = _component(message, header, _CONTROL_ID)
    if not value:
        return None
    return _usable_id(f"{value}-{part + 1}" if part else value, header.place(_CONTROL_ID))


def _usable_id(value: str, place: str) -> str:
    if len(value) > MAX_REPORT_ID_CHARACTERS:
        raise SyntaxProblemError(place, f"is longer than {MAX_REPORT_ID_CHARACTERS} characters")
    return value


def _time(message: Message, order: Segment | None) -> str:
    """When the examination was, else when the message was written."""
    examined = "" if order is None else order.value(7).strip()
    return examined or message.segments[0].value(7)


def _name(message: Message, segment: Segment, field: int) -> str:
    """The text of a coded field: of the code, else of the alternative, else the code."""
    components = segment.value(field).split(message.separators.component)
    names = (*components[1:2], *components[4:5], components[0])
    return next((text for name in names if (text := _plain(message, name, segment, field))), "")


def _component(message: Message, segment: Segment, field: int) -> str:
    """The first component of a field's first repetition."""
    first = segment.value(field).split(message.separators.repetition)[0]
    return _plain(message, first.split(message.separators.component)[0], segment, field)


def _plain(message: Message, value: str, segment: Segment, field: int) -> str:
    try:
        text = unescape(value, message.separators, message.charset)
    except (CharacterSetSwitchError, ValueError):
        problem = "has an escape that is not valid in the character set (MSH-18)"
        raise SyntaxProblemError(segment.place(field), problem) from None
    return " ".join(without_controls(text)[0].split())


def _notes(message: Message) -> str:
    """The comments (NTE-3) on the order and its report, one per line; not those on the patient."""
    names = [one.name for one in message.segments]
    start = min(names.index(name) for name in ("OBR", "OBX") if name in names)
    notes = (one for one in message.segments[start:] if one.name == "NTE")
    return "\n".join(text for one in notes if (text := _plain(message, one.value(3), one, 3)))
