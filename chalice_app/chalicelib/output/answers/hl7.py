"""The answer to one HL7 record: an ORU^R01 message with the draft as a preliminary impression.

It goes back to where the report came from, with the order as it was, by which the receiver finds
the patient: nothing of PID and PV1 leaves the landing bucket. The OBX of the report are not
repeated. Separators and character set are those of the question. Where the set lacks a character of
the draft, the answer is UTF-8 and MSH-18 says so, as is the answer to UTF-16.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from chalicelib.intake.frames import Form
from chalicelib.intake.hl7.charset import UTF_8
from chalicelib.intake.hl7.escapes import escape, escape_code, without_controls
from chalicelib.intake.hl7.messages import Message, message_of
from chalicelib.intake.hl7.observations import read_observations
from chalicelib.intake.hl7.section_names import IMPRESSION
from chalicelib.intake.hl7.syntax import Segment, Separators, SyntaxProblemError
from chalicelib.intake.hl7.values import looks_like_html
from chalicelib.intake.record import Record

END = "\r"
UTF_8_NAME = "UNICODE UTF-8"  # HL7 table 0211
_CONTROL_ID_CHARACTERS = 20  # MSH-10 until version 2.6


def answer(  # noqa: PLR0913  # what an answer says
    data: bytes,
    record: Record,
    impression: str,
    *,
    model: str,
    version: str,
    flags: Sequence[str],
    at: datetime,
) -> bytes:
    """Write the answer to one record; the same arguments make the same bytes.

    Control characters of the draft other than line breaks and tabs are left out.

    Args:
        data: of the record's frame.
        record: what was read of it.
        impression: the draft.
        model: what wrote it.
        version: of the model.
        flags: of the draft, which a note names.
        at: the time of the message.
    """
    message = message_of(data)
    draft, _ = without_controls(impression)
    notes = [
        f"Machine-generated draft by {model} {version}, not verified by a radiologist.",
        *([f"Flags: {', '.join(flags)}"] if flags else []),
    ]
    digest = hashlib.sha256()
    for part in (data, str(record.index).encode(), draft.encode(), *map(str.encode, notes)):
        digest.update(len(part).to_bytes(8, "big") + part)
    digest.update(_stamp(at).encode())
    control_id = digest.hexdigest().upper()[:_CONTROL_ID_CHARACTERS]
    written = _segments(message, draft, notes)
    for charset, name in _charsets(message):
        header = _header(message, control_id, at, name)
        lines = [_line(header, message.separators), *written]
        try:
            found = "".join(f"{line}{END}" for line in lines).encode(charset)
        except UnicodeEncodeError:
            continue
        if charset == UTF_8 or _reads_as(found, draft):
            break
    return found


def envelope(form: Form, first: bytes, count: int) -> tuple[bytes, bytes, bytes]:
    """What stands before, between and after the answers to one object.

    Args:
        form: of the object; only a batch is answered by a batch.
        first: the first answer, whose sender, receiver and time the batch has too.
        count: the number of answers.
    """
    if form != "hl7-batch":
        return b"", b"", b""
    separator = first[3:4]
    header = first.split(END.encode(), 1)[0].split(separator)[1:10]
    fields = [*header[:6], b"", b"", b"", header[8]]
    before = b"".join(separator.join([name, *fields]) + END.encode() for name in (b"FHS", b"BHS"))
    after = b"BTS%b%d\rFTS%b1\r" % (separator, count, separator)
    return before, b"", after


def _charsets(message: Message) -> Iterator[tuple[str, str]]:
    """The character sets to try, with their names for MSH-18."""
    name = message.segments[0].value(18)
    if "UTF-16" not in name.upper() and "UTF-32" not in name.upper():
        yield message.charset, name
    yield UTF_8, UTF_8_NAME


def _segments(message: Message, draft: str, notes: Sequence[str]) -> list[str]:
    """All segments but MSH."""
    separators = message.separators
    order = message.first("ORC")
    lines = [] if order is None else [_line(order.fields, separators)]
    lines.append(_line(_order(message), separators))
    # Only formatted text has a command for a line break.
    kind = "FT" if "\n" in draft else "TX"
    code = separators.component.join(["19005-8", "Impression", "LN"])
    text = _text(draft, separators)
    lines.append(_line(["OBX", "1", kind, code, "", text, *[""] * 5, "P"], separators))
    lines += [
        _line(["NTE", str(number), "O", _text(note, separators)], separators)
        for number, note in enumerate(notes, 1)
    ]
    return lines


def _header(message: Message, control_id: str, at: datetime, charset: str) -> list[str]:
    header, component = message.segments[0], message.separators.component
    kind = ["ORU", "R01"]
    if header.value(9).count(component) > 1:  # the third one is newer than 2.3
        kind.append("ORU_R01")
    # The separator of fields is MSH-1: joined by itself, it is not one of them.
    fields = ["MSH", header.fields[2], *(header.value(field) for field in (5, 6, 3, 4))]
    fields += [_stamp(at), header.value(8), component.join(kind), control_id]
    fields += [header.value(11) or "P", header.value(12), *[""] * 4, header.value(17), charset]
    fields += [header.value(19), header.value(20)]
    while not fields[-1]:
        fields.pop()
    return fields


def _order(message: Message) -> list[str]:
    """OBR as it came, but preliminary; of a document without one, what TXA says of its order."""
    order = message.first("OBR")
    fields = _order_of_document(message) if order is None else list(order.fields)
    fields += [""] * (26 - len(fields))
    fields[25] = "P"
    return fields


def _order_of_document(message: Message) -> list[str]:
    document, common = message.first("TXA"), message.first("ORC")
    placer = _either(document, 14, common, 2)
    filler = _either(document, 15, common, 3)
    kind, when = ("", "") if document is None else (document.value(2), document.value(4))
    return ["OBR", "1", placer, filler, kind, "", "", when]


def _either(first: Segment | None, field: int, other: Segment | None, of_other: int) -> str:
    value = "" if other is None else other.value(of_other)
    return value or ("" if first is None else first.value(field))


def _line(fields: Sequence[str], separators: Separators) -> str:
    """A segment without its end; a line break in it is written as an escape."""
    line_break = f"{separators.escape}.br{separators.escape}"
    return separators.field.join(fields).replace("\n", line_break)


def _text(text: str, separators: Separators) -> str:
    """A text as a field, so that it reads as the text again."""
    written = escape(without_controls(text)[0], separators)
    # A reader would take the text of the tags.
    return (
        written.replace("<", escape_code("<", separators)) if looks_like_html(written) else written
    )


def _reads_as(data: bytes, draft: str) -> bool:
    """Whether an answer in a character set that was guessed, or misnamed, has the draft."""
    try:
        message = message_of(data)
        found = read_observations(message.segments, message.separators, message.charset)
    except SyntaxProblemError:
        return False
    return found.sections.get(IMPRESSION) == draft.strip()


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%d%H%M%S+0000")
