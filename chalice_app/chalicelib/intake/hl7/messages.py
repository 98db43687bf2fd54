"""The bytes of one record as a decoded message with its segments."""

from __future__ import annotations

import re
from typing import NamedTuple

from chalicelib.intake.hl7.charset import charset_of
from chalicelib.intake.hl7.syntax import (
    Segment,
    Separators,
    SyntaxProblemError,
    segments_of,
    separators_of,
)

_BYTES = "latin-1"
# A safe value of MSH-9 to repeat in an error.
_KIND = re.compile(r"[A-Z]{3}(?:\^[A-Z][0-9]{2})?(?![A-Z0-9])")


class Message(NamedTuple):
    """A message, or the part of one that is a record."""

    separators: Separators
    charset: str
    segments: list[Segment]

    def first(self, name: str) -> Segment | None:
        """The first segment of a name."""
        return next((one for one in self.segments if one.name == name), None)


def message_of(data: bytes) -> Message:
    """Decode a message and separate its fields.

    Raises:
        SyntaxProblemError: it is not HL7, or its character set cannot be read.
    """
    plain = data.decode(_BYTES)
    separators = separators_of(plain)
    header = re.split(r"[\r\n]", plain, maxsplit=1)[0].split(separators.field)
    # Without MSH-1 among them, MSH-18 is the element 17.
    names = header[17] if len(header) > 17 else ""  # noqa: PLR2004  # MSH-18
    charset = charset_of(names.strip('"'), separators.repetition, data)
    try:
        text = data.decode(charset)
    except UnicodeDecodeError:  # an escape sequence of ISO 2022 in text that is ASCII otherwise
        raise SyntaxProblemError(
            "MSH-18", "names a set in which the message is not valid"
        ) from None
    return Message(separators, charset, segments_of(text, separators))


def check_kind(message: Message) -> None:
    """Refuse what is no report.

    Raises:
        SyntaxProblemError: MSH-9 is neither ORU nor MDM.
    """
    value = message.segments[0].value(9).replace(message.separators.component, "^").strip().upper()
    if re.match(r"(?:ORU|MDM)(?![A-Z0-9])", value) is not None:
        return
    found = _KIND.match(value)
    named = f"is {found[0]}, " if found is not None else ""
    raise SyntaxProblemError("MSH-9", f"{named}not a report; send ORU^R01 or MDM^T02")


def check_whole(message: Message) -> None:
    """Refuse a message that has been cut, or goes on in another one.

    The last OBX of a whole message has a line end, or a status in OBX-11, or at least a text that
    ends as texts do. Where the OBX before it have a status, the end of a text is no evidence.

    Raises:
        SyntaxProblemError: it may be cut.
    """
    for one in message.segments:
        if one.name == "ADD" or (one.name == "DSC" and one.value(1).strip()):
            problem = "the message is continued in another one (2.10.2); send it in one"
            raise SyntaxProblemError(one.name, problem)
    last = message.segments[-1]
    if last.ended or last.name != "OBX":
        return
    place = last.place(5)
    text = last.value(5).rstrip()
    fragment = last.fields[-1].rpartition("\n")[2]
    if len(last.fields) <= 5 or ("\n" in last.fields[-1] and fragment in ("O", "OB", "OBX", "N")):  # noqa: PLR2004  # no OBX-5
        raise SyntaxProblemError(place, "is missing: the message ends before it; send it whole")
    if last.value(11):
        return
    others = any(one.value(11) for one in message.segments if one.name == "OBX")
    if others or not text.endswith((".", "!", "?", ":", ")", "=", '"')):
        problem = "may be cut: the message ends in it, without a line end or OBX-11; send it whole"
        raise SyntaxProblemError(place, problem)
