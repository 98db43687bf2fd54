"""The syntax of HL7 v2 messages: separators, segments and fields (v2.5.1, chapter 2.5).

Lenient where the meaning is clear: segments end with CR (2.5.2) but also with LF or CRLF, and a
line that is no segment belongs to the one before, as a line break in its text.
"""

from __future__ import annotations

import re
from typing import NamedTuple

# Segments of the messages that are read. Any other name with four empty fields is a word at the
# end of a text, such as NAD in `Lungs clear<LF>NAD||||||F`.
_NAMES = (
    "ADD BTS CTI DG1 DSC EVN FHS FT1 GT1 IN1 MSH NK1 NTE OBR OBX ORC PD1 PID PRT PV1 PV2 ROL SFT "
    "SPM TQ1 TQ2 TXA UAC"
)
_KNOWN = frozenset(_NAMES.split())
_NAME = re.compile(r"[A-Z][A-Z0-9]{2}")
_LINE = re.compile(r"[^\r\n]*+(?:\r\n|\r|\n)|[^\r\n]++")
_LINE_END = re.compile(r"\r\n|\r")
# A line that is neither text nor a segment, but was one, by what stands before its first separator:
# within a text a name in small letters, or one that a number follows; in other segments any word.
_BROKEN_NAME = re.compile(r"[ \t]*+(?:MSH|PID|PV1|ORC|OBR|OBX|NTE|SPM|TXA)[ \t]*+", re.IGNORECASE)
_SHORT_WORD = re.compile(r"[ \t]*+[A-Za-z0-9]{1,4}[ \t]*+")
_SET_ID = re.compile(r"[0-9]{1,5}")
_TEXTS = ("OBX", "NTE")
_HEADER = re.compile(r"MSH([!-/:-@\[-`{-~])([!-/:-@\[-`{-~]{0,5}?)(?:\1|[\r\n]|\Z)")
_NULL = '""'  # an explicitly empty value (2.5.3)


class SyntaxProblemError(ValueError):
    """A message or one of its fields cannot be read."""

    def __init__(self, place: str, problem: str) -> None:
        """`place` is the segment and field, `problem` what is wrong with it, without its text."""
        super().__init__(problem)
        self.place = place
        self.problem = problem


class Separators(NamedTuple):
    """MSH-1 and the encoding characters of MSH-2 (2.5.4); those not given are the usual ones."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    subcomponent: str = "&"


class Segment(NamedTuple):
    """One segment: its name, its position among those of its name from 1, and its fields.

    `ended` says whether a line end follows it.
    """

    name: str
    number: int
    fields: list[str]
    ended: bool

    def value(self, field: int) -> str:
        """A field, from 1, as it came; empty if it is missing or null."""
        value = self.fields[field] if field < len(self.fields) else ""
        return "" if value == _NULL else value

    def place(self, field: int) -> str:
        """How errors name a field: OBX[2]-5, or OBR-25 for those that a record has once."""
        return f"{_place(self.name, self.number)}-{field}"


def separators_of(message: str) -> Separators:
    """The separators of a message that begins with MSH.

    Raises:
        SyntaxProblemError: it does not begin with one, or two separators are the same.
    """
    found = _HEADER.match(message)
    if found is None:
        problem = "is missing: the text stands outside any message, or its beginning is lost"
        raise SyntaxProblemError("MSH", problem)
    given = found[2]
    separators = Separators(found[1], *given[:4], *Separators()[1 + len(given[:4]) :])
    if len(set(separators)) != len(separators):
        raise SyntaxProblemError("MSH-2", "uses one character as two separators")
    return separators


def raw_segments(message: str, separator: str) -> list[str]:
    """The segments of a message as they came, with their line ends and the lines of their text."""
    found: list[list[str]] = []
    for line in _LINE.findall(message):
        if found and not _is_segment(line, separator):
            found[-1].append(line)
        else:
            found.append([line])
    return ["".join(lines) for lines in found]


def segments_of(message: str, separators: Separators) -> list[Segment]:
    """The segments of a message with their fields.

    Raises:
        SyntaxProblemError: a line is neither a segment nor text.
    """
    counts: dict[str, int] = {}
    segments = []
    for raw in raw_segments(message, separators.field):
        text = raw.rstrip("\r\n")
        name = text[:3]
        counts[name] = counts.get(name, 0) + 1
        if "\n" in text or "\r" in text:
            text = _LINE_END.sub("\n", text)
            _check_lines(text, name, counts[name], separators.field)
        fields = text.split(separators.field)
        if name == "MSH":  # the separator itself is MSH-1
            fields.insert(1, separators.field)
        segments.append(Segment(name, counts[name], fields, ended=len(text) < len(raw)))
    return segments


def _is_segment(line: str, separator: str) -> bool:
    if _NAME.match(line) is None or not line.startswith(separator, 3):
        return False
    name = line[:3]
    return name in _KNOWN or name.startswith("Z") or not line.startswith(separator * 4, 3)


def _check_lines(text: str, name: str, number: int, separator: str) -> None:
    """Refuse lines that belong to no text: joined to this segment, they would be lost."""
    for line in text.split("\n")[1:]:
        if name == "MSH" and line.strip():
            problem = "is followed by a line that is no segment"
        elif _was_segment(line, separator, in_text=name in _TEXTS):
            problem = "is followed by a line whose segment name is damaged"
        else:
            continue
        raise SyntaxProblemError(_place(name, number), f"{problem}; send it again")


def _was_segment(line: str, separator: str, *, in_text: bool) -> bool:
    before, found, after = line.partition(separator)
    if not found:
        return False
    if not in_text:
        return _SHORT_WORD.fullmatch(before) is not None
    return _BROKEN_NAME.fullmatch(before) is not None or (
        _SHORT_WORD.fullmatch(before) is not None
        and _SET_ID.fullmatch(after.partition(separator)[0]) is not None
    )


def _place(name: str, number: int) -> str:
    return f"{name}[{number}]" if name in _TEXTS else name
