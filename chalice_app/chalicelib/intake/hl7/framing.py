"""Cuts an HL7 v2 object into its records, streamed, whatever ends its segments.

A message begins at a line that begins with MSH and its separators (HL7 v2.5.1, 2.5.4), and ends
where the next one begins. FHS, BHS, BTS and FTS surround the messages of a batch (2.10.3), and MLLP
surrounds a message with 0x0B and 0x1C 0x0D (HL7 implementation support guide, appendix C). What
stands outside all of these is a frame of its own, which fails when it is read: nothing is lost.

Both trailers are optional. BTS-1 is compared with the number of records before it, because a reader
that starts in the middle of a batch knows no other number: a larger one is a failure of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from chalicelib.errors import FileRejectedError
from chalicelib.intake.frames import MAX_RECORD_BYTES, Form, Frame
from chalicelib.intake.hl7.grouping import records_of

BLOCK_START = b"\x0b"
_BOM = b"\xef\xbb\xbf"
# What may stand between messages: line ends, ends of MLLP blocks, padding of DOS files and tapes.
_BLANK = b" \t\r\n\x0b\x1c\x1a\x00"
# Any punctuation may be a separator. It stands again after the encoding characters, so that a word
# such as "MSH: normal" in a report begins no message. Every part is bounded: a match that begins
# _LONGEST_MATCH bytes before the end of what has been read is complete.
_MARK = rb"[!-/:-@\[-`{-~]"
_HEADER = rb"(?:MSH|FHS|BHS)(" + _MARK + rb")" + _MARK + rb"{0,5}?(?:\2|[\r\n]|\Z)"
_TRAILER = rb"[BF]TS(?:\Z|[\r\n]|" + _MARK + rb"[0-9]{0,10}(?:\Z|[\r\n]|" + _MARK + rb"))"
_LINE_START = rb"[\r\n\x1c][ \t]{0,8}+(?:\xef\xbb\xbf)?+[ \t]{0,8}+"
_START = re.compile(_LINE_START + rb"(\x0b?+(?:" + _HEADER + rb"|" + _TRAILER + rb"))")
_LONGEST_MATCH = 48
_USUAL = b"|^~\\&|"
# Two files joined without a line end: within a line, only the usual separators make a header.
_SEAM = re.compile(rb"(?:MSH|FHS|BHS)(?=\|\^~\\&\|)")
_BLOCK_END = re.compile(rb"\x1c(?=[\r\n\x0b]|\Z)")
_LINE_END = re.compile(rb"[\r\n]")
_UTF16 = re.compile(rb"[\s\x00]*M\x00?S\x00H\x00")
_TRAILERS = (b"BTS", b"FTS")
_ENVELOPE = (b"FHS", b"BHS", *_TRAILERS)
# How far into an object its first header may stand behind something else, such as a log line.
_LONGEST_PREFACE = 4096


def detect(head: bytes) -> Form | None:
    """Tell from the beginning of a text whether it is HL7; None if it is not.

    White space, a byte order mark or the line of a log may stand before the first header.

    Raises:
        FileRejectedError: it is HL7 in UTF-16 without a byte order mark.
    """
    if _UTF16.match(head) is not None:
        problem = "it is HL7 in UTF-16 without a byte order mark; add one, or send UTF-8"
        raise FileRejectedError("BrokenText", problem)
    text = bytearray(b"\n" + head)
    found = next(_starts(text, 0), None)
    if found is None:
        return None
    header = text[found.unit : found.unit + 16].removeprefix(BLOCK_START)
    preface = _strip(bytes(text[: found.unit]))
    if preface and (
        preface.startswith((b"{", b"[", b"<"))
        or len(preface) > _LONGEST_PREFACE
        or not header.startswith(_USUAL, 3)
    ):
        return None
    if header.startswith(_TRAILERS):
        return None
    return "hl7" if header.startswith(b"MSH") else "hl7-batch"


def frame(pieces: Iterable[bytes], index: int = 0, offset: int = 0) -> Iterator[Frame]:
    """Yield the records of a text: each order with its report is one.

    Args:
        pieces: the text, from its beginning or from the beginning of a message.
        index: the index of the first record of `pieces`.
        offset: the byte of the whole text at which `pieces` begins.
    """
    for begin, unit in _units(pieces, offset):
        for part, data in enumerate([None] if unit is None else _records(unit, index)):
            yield Frame(index, begin, data, part)
            index += 1


def _units(pieces: Iterable[bytes], offset: int) -> Iterator[tuple[int, bytes | None]]:
    """Yield the offset and bytes of what begins with a header or trailer; None if too long.

    What stands before the first one is yielded too. Where the pieces end changes nothing.
    """
    held = bytearray(b"\n")  # so that the beginning of the text is the beginning of a line
    base = offset - 1  # byte of the text at held[0]
    begin = offset
    searched = 0
    source = iter(pieces)
    ended = False
    while not ended:
        piece = next(source, None)
        ended = piece is None
        held += piece or b""
        safe = len(held) + 1 if ended else len(held) - _LONGEST_MATCH
        for found in _starts(held, searched):
            if found.match >= safe:
                break
            yield begin, _unit(held, begin - base, found.unit)
            begin, searched = base + found.unit, found.end
        searched = max(searched, min(safe, len(held)))
        # Of a message that is too long, only its length is kept.
        too_long = base + searched - begin > MAX_RECORD_BYTES
        drop = searched if too_long else min(begin - base, searched)
        if drop > 0:
            del held[:drop]
            base += drop
            searched -= drop
    yield begin, _unit(held, begin - base, len(held))


class _Start(NamedTuple):
    """Where a unit begins, where the match that found it does, and where to search on."""

    unit: int
    match: int
    end: int


def _starts(held: bytearray, searched: int) -> Iterator[_Start]:
    """The starts of units from a position on, each part of the text searched once."""
    line = _START.search(held, searched)
    seam = _SEAM.search(held, searched)
    while line is not None or seam is not None:
        if line is not None and (seam is None or line.start() < seam.start()):
            # The line end that ends a header may begin the next start.
            found = _Start(line.start(1), line.start(), line.end(1) - 1)
        elif seam is not None:
            found = _Start(seam.start(), seam.start(), seam.end())
        yield found
        if line is not None and line.start() < found.end:
            line = _START.search(held, found.end)
        if seam is not None and seam.start() < found.end:
            seam = _SEAM.search(held, found.end)


def _unit(held: bytearray, start: int, stop: int) -> bytes | None:
    return bytes(held[start:stop]) if start >= 0 and stop - start <= MAX_RECORD_BYTES else None


def _records(unit: bytes, index: int) -> list[bytes | None]:
    """The data of each record in one unit; of an envelope, only what is wrong with it."""
    if not _strip(unit):
        return []
    kind = unit.removeprefix(BLOCK_START)[:3]
    if kind in _ENVELOPE:
        line, _, rest = _cut(unit.removeprefix(BLOCK_START), _LINE_END)
        wrong = [line] if kind == b"BTS" and _counted(line) > index else []
        return [*wrong, *_outside(rest)]
    message, block_end, rest = _cut(unit, _BLOCK_END)
    if not unit.startswith(BLOCK_START):
        return [*_of_message(message, ended=bool(block_end)), *_outside(rest)]
    if not block_end:  # the block start stays in the data, by which the reader knows it
        return [_strip(unit, leading=False)]
    return [*_of_message(message.removeprefix(BLOCK_START), ended=True), *_outside(rest)]


def _of_message(message: bytes, *, ended: bool) -> list[bytes | None]:
    body = _strip(message, leading=False)
    if not body.startswith(b"MSH"):
        return _outside(body)
    # The last segment's end says that the message is whole: the reader looks at it.
    if ended or _LINE_END.search(message, len(body)) is not None:
        body += b"\r"
    return records_of(body)


def _outside(rest: bytes) -> list[bytes | None]:
    body = _strip(rest)
    return [body] if body else []


def _counted(trailer: bytes) -> int:
    """BTS-1, the number of messages in a batch."""
    digits = re.match(rb"[0-9]{1,10}", trailer[4:])
    return 0 if digits is None else int(digits[0])


def _cut(unit: bytes, pattern: re.Pattern[bytes]) -> tuple[bytes, bytes, bytes]:
    found = pattern.search(unit)
    if found is None:
        return unit, b"", b""
    return unit[: found.start()], found[0], unit[found.end() :]


def _strip(unit: bytes, *, leading: bool = True) -> bytes:
    """Without white space and byte order marks around it."""
    while (stripped := unit.rstrip(_BLANK).removesuffix(_BOM)) != unit:
        unit = stripped
    while leading and (stripped := unit.lstrip(_BLANK).removeprefix(_BOM)) != unit:
        unit = stripped
    return unit
