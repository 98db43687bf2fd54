"""What an object contains, told by its content, and which module reads each form.

The modules of HL7, FHIR and free text are imported when the first object of theirs comes: most
deployments receive one format only, and a cold start waits for every import.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

import msgspec

from chalicelib.errors import FileRejectedError
from chalicelib.intake.frames import MAX_RECORD_BYTES, Form, Frame
from chalicelib.intake.json_text import framing
from chalicelib.intake.json_text.reading import read_record
from chalicelib.intake.record import ANSWER_WITHHELD, Record

HL7: tuple[Form, ...] = ("hl7", "hl7-batch")
FHIR: tuple[Form, ...] = ("fhir", "fhir-bundle")

_SPACE = b" \t\r\n"
# A segment that begins a message, a file or a batch, or the byte that begins an MLLP frame.
HL7_STARTS = (b"MSH", b"FHS", b"BHS", b"\x0b")
_RESOURCE = b'"resourceType"'
# Of the name of a file with a report, what is not part of the report's id.
_ENDINGS = frozenset({".gz", ".txt", ".text", ".rpt"})
_UNKNOWN_FORMAT = (
    "it is not JSON, HL7 v2, FHIR or a report with the heading FINDINGS; "
    "see docs/guide.md for what can be uploaded"
)


def detect(head: bytes) -> Form | None:
    """Detect the form of an object from the first HEAD_BYTES of its text.

    Returns:
        The form, or None if there is only white space.

    Raises:
        FileRejectedError: it is in none of the forms.
    """
    text = head.lstrip(_SPACE)
    if text.startswith(HL7_STARTS):
        from chalicelib.intake.hl7.framing import detect as detect_hl7  # noqa: PLC0415  # on first use

        form = detect_hl7(text)
        if form is not None:
            return form
    if text.startswith((b"{", b"[")):
        if _RESOURCE in text:
            from chalicelib.intake.fhir.detection import detect as detect_fhir  # noqa: PLC0415  # on first use

            form = detect_fhir(text)
            if form is not None:
                return form
        return framing.detect_form(text)
    return _other_form(text)


def _other_form(text: bytes) -> Form | None:
    """The form of a text that does not begin like JSON: damaged JSON Lines, or a report."""
    try:
        form = framing.detect_form(text)
    except FileRejectedError:
        form = "text"
    if form is None or (form != "text" and not _is_mostly_prose(text)):
        return form
    from chalicelib.intake.free_text.recognition import is_report  # noqa: PLC0415  # on first use

    if is_report(text):
        return "text"
    if form == "text":
        raise FileRejectedError("UnknownFormat", _UNKNOWN_FORMAT)
    return form


def _is_mostly_prose(text: bytes) -> bool:
    lines = [line for line in (line.strip() for line in text.split(b"\n")) if line]
    return sum(line.startswith(b"{") for line in lines) * 2 < len(lines)


def frame(pieces: Iterable[bytes], form: Form, index: int = 0, offset: int = 0) -> Iterator[Frame]:
    """Yield the records of a text of a known form.

    Args:
        pieces: the text, from its beginning or from the beginning of record `index`; if that is one
            of several records of a message or Bundle, from the beginning of the message or Bundle.
        form: the form that `detect` returned.
        index: the index of the first record of `pieces`.
        offset: the byte of the whole text at which `pieces` begins.

    Raises:
        FileRejectedError: the records cannot be separated.
    """
    if form in HL7:
        from chalicelib.intake.hl7.framing import frame as frame_hl7  # noqa: PLC0415  # on first use

        return frame_hl7(pieces, index, offset)
    if form in FHIR:
        from chalicelib.intake.fhir.framing import frame as frame_fhir  # noqa: PLC0415  # on first use

        return frame_fhir(pieces, index, offset)
    if form == "text":
        return _whole(pieces)
    return framing.frame(pieces, form, index, offset)


def _whole(pieces: Iterable[bytes]) -> Iterator[Frame]:
    held = bytearray()
    for piece in pieces:
        if len(held) <= MAX_RECORD_BYTES:
            held += piece
    yield Frame(0, 0, bytes(held) if len(held) <= MAX_RECORD_BYTES else None)


def read(form: Form, found: Frame, object_id: str, limit: int, name: str) -> Record:
    """Read one record.

    Args:
        form: the form of the object.
        found: the record's bytes and index.
        object_id: identifies a record that has no id of its own: `<object id>-<index>`.
        limit: the most characters of its findings.
        name: the object's key or file name; the last part is the id of a plain-text report.

    Raises:
        RecordRejectedError: the message names the record's index and the field, never its text.
    """
    if form in HL7:
        from chalicelib.intake.hl7.reading import read as read_hl7  # noqa: PLC0415  # on first use

        return _with_flags(read_hl7(found, object_id, limit))
    if form == "text":
        from chalicelib.intake.free_text.reading import read as read_text  # noqa: PLC0415  # on first use

        return read_text(found, object_id, limit, report_id=report_id_of(name))
    if form in FHIR or (found.data is not None and _RESOURCE in found.data):
        from chalicelib.intake.fhir.detection import detect as detect_fhir  # noqa: PLC0415  # on first use
        from chalicelib.intake.fhir.reading import read as read_fhir  # noqa: PLC0415  # on first use

        if found.data is None or detect_fhir(found.data) is not None:
            return _with_flags(read_fhir(found, object_id, limit))
    return read_record(found, object_id, limit)


def report_id_of(name: str) -> str:
    """The id of a report in a file of its own: the file's name without its ending."""
    path = PurePosixPath(name)
    while path.suffix.lower() in _ENDINGS:
        path = path.with_suffix("")
    return path.name


def _with_flags(record: Record) -> Record:
    """The record, flagged if it may not be answered: a final report has its impression."""
    if record.impression is None or record.status not in {"final", "corrected"}:
        return record
    return msgspec.structs.replace(record, flags=(*record.flags, ANSWER_WITHHELD))
