"""Finds where each record of an object begins and ends, without decoding it.

An object contains one JSON object, a JSON array, or JSON Lines; the form is detected from the
content. Framing is streamed: one record is held at a time, and a record over the size limit is
skipped and reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from chalicelib.errors import FileRejectedError
from chalicelib.intake.frames import MAX_RECORD_BYTES, Form, Frame

_SPACE = b" \t\r\n"
# Outside a string, only quotes and brackets matter; inside, only the closing quote. The
# possessive `*+` keeps the scan linear on any input.
_STRUCTURE = re.compile(rb'["\[\]{}]')
_OPENING = re.compile(rb"[\[{]++")
_CLOSING = re.compile(rb"[\]}]++")
_STRING = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
_SCALAR_END = re.compile(rb"[,\]\s]")
_NOT_SPACE = re.compile(rb"[^ \t\r\n]")


def detect_form(head: bytes) -> Form | None:
    """Detect the form of an object from the first HEAD_BYTES of its text.

    Returns:
        The form, or None if there is only white space.

    Raises:
        FileRejectedError: it begins with neither an object nor an array.
    """
    text = head.lstrip(_SPACE)
    if not text:
        return None
    if text.startswith(b"["):
        return "array"
    lines = [line.strip(_SPACE) for line in text.split(b"\n")]
    others = [line for line in lines[1:] if line]
    if not text.startswith(b"{"):
        # A malformed first line of JSON Lines fails alone; anything else is not JSON.
        if any(line.startswith(b"{") for line in others):
            return "lines"
        problem = "it is not JSON; upload a JSON object, a JSON array or JSON Lines"
        raise FileRejectedError("NotJson", problem)
    if not others or _is_closed(lines[0]):
        return "lines"
    # The first line is not a complete record: either one record spans several lines, or it is a
    # malformed line of JSON Lines. A second line that begins an object belongs to the first only
    # if all brackets are closed at the end.
    if others[0].startswith(b"{") and not _is_closed(text):
        return "lines"
    return "object"


def frame(pieces: Iterable[bytes], form: Form, index: int = 0, offset: int = 0) -> Iterator[Frame]:
    """Yield the records of a text of a known form.

    Args:
        pieces: the text, from its beginning or from the beginning of record `index`.
        form: the form that `detect_form` returned.
        index: the index of the first record of `pieces`.
        offset: the byte of the whole text at which `pieces` begins.

    Raises:
        FileRejectedError: the array is malformed, so its records cannot be separated.
    """
    if form == "lines":
        return _frame_lines(pieces, index, offset)
    if form == "array":
        return _ArrayFramer(pieces, index, offset).frames()
    return _frame_object(pieces)


def _is_closed(text: bytes) -> bool:
    """Whether all brackets of a text are closed at its end, and no string contains a newline."""
    depth, position, end = 0, 0, len(text)
    while (found := _STRUCTURE.search(text, position)) is not None:
        position = found.end()
        if found[0] == b'"':
            position = _string_end(text, position) + 1
            if position > end or b"\n" in text[found.end() : position]:
                return False
        else:
            depth += 1 if found[0] in b"[{" else -1
    return depth <= 0


def _string_end(text: bytes | bytearray, position: int) -> int:
    found = _STRING.match(text, position)
    return position if found is None else found.end()


def _frame_object(pieces: Iterable[bytes]) -> Iterator[Frame]:
    held = bytearray()
    for piece in pieces:
        if len(held) <= MAX_RECORD_BYTES:
            held += piece
    yield Frame(0, 0, bytes(held) if len(held) <= MAX_RECORD_BYTES else None)


def _frame_lines(pieces: Iterable[bytes], index: int, offset: int) -> Iterator[Frame]:
    """Blank lines are not records and are not counted, however long they are."""
    line = _Line(offset)
    for piece in pieces:
        *ended, rest = piece.split(b"\n")
        for part in ended:
            line.add(part)
            if not line.is_blank:
                yield line.frame(index)
                index += 1
            line = _Line(line.offset + line.length + 1)
        line.add(rest)
    if not line.is_blank:
        yield line.frame(index)


class _Line:
    """One line, without its newline; holds no more than the longest record.

    Where the pieces of the text end must not change what a line is: a later reader of the same text
    sees other pieces, and must count the same records.
    """

    def __init__(self, offset: int) -> None:
        self.offset = offset
        self.length = 0
        self.is_blank = True
        self._held = bytearray()

    def add(self, part: bytes) -> None:
        self.length += len(part)
        if self.is_blank:
            self.is_blank = _NOT_SPACE.search(part) is None
        if self.length <= MAX_RECORD_BYTES:
            self._held += part
        else:
            self._held.clear()

    def frame(self, index: int) -> Frame:
        fits = self.length <= MAX_RECORD_BYTES
        return Frame(index, self.offset, bytes(self._held.strip(_SPACE)) if fits else None)


class _ArrayFramer:
    """Walks through one JSON array, holding only the current record."""

    def __init__(self, pieces: Iterable[bytes], index: int, offset: int) -> None:
        self._pieces = iter(pieces)
        self._index = index
        self._base = offset  # byte of the text at self._held[0]
        self._held = bytearray()
        self._at = 0
        self._at_start = index == 0

    def frames(self) -> Iterator[Frame]:
        """Yield the records; the text begins at `[`, or at a record if index is not 0."""
        if self._at_start:
            self._expect(b"[")
            if self._next_byte() == b"]":
                self._at += 1
                self._expect_end()
                return
        while True:
            yield self._record()
            separator = self._next_byte()
            self._at += 1
            if separator == b"]":
                self._expect_end()
                return
            if separator != b",":
                raise self._broken()

    def _record(self) -> Frame:
        first = self._next_byte()
        if not first or first in b",]}:":
            raise self._broken()
        del self._held[: self._at]
        self._base += self._at
        self._at = 0
        begins = self._base
        if first == b'"':
            self._at = 1
            self._walk_string()
        elif first in b"{[":
            self._walk_brackets()
        else:
            self._walk_until(_SCALAR_END)
        skipped = self._base != begins
        fits = not skipped and self._at <= MAX_RECORD_BYTES
        record = Frame(self._index, begins, bytes(self._held[: self._at]) if fits else None)
        self._index += 1
        return record

    def _walk_brackets(self) -> None:
        depth = 0
        while True:
            self._walk_until(_STRUCTURE)
            if self._held.startswith(b'"', self._at):
                self._at += 1
                self._walk_string()
                continue
            # A whole run of brackets per step: a gzip bomb may contain 150 million of them.
            opened = _OPENING.match(self._held, self._at)
            if opened is not None:
                depth += len(opened[0])
                self._at = opened.end()
                continue
            closing = _CLOSING.match(self._held, self._at)
            closed = min(depth, 0 if closing is None else len(closing[0]))
            depth -= closed
            self._at += closed
            if depth == 0:
                return

    def _walk_string(self) -> None:
        """Advance from just after the opening quote to just after the closing one."""
        while True:
            self._at = _string_end(self._held, self._at)
            if self._held[self._at : self._at + 1] == b'"':
                self._at += 1
                return
            # End of the buffer: a lone backslash stays, to be completed by the next piece.
            if not self._more():
                raise self._broken()

    def _walk_until(self, pattern: re.Pattern[bytes]) -> None:
        while (found := pattern.search(self._held, self._at)) is None:
            self._at = len(self._held)
            if not self._more():
                raise self._broken()
        self._at = found.start()

    def _next_byte(self) -> bytes:
        """Peek at the next byte that is not white space; empty at the end."""
        while (found := _NOT_SPACE.search(self._held, self._at)) is None:
            self._at = len(self._held)
            if not self._more():
                return b""
        self._at = found.start()
        return found[0]

    def _more(self) -> bool:
        """Buffer one more piece, dropping the scanned part of a record that is too long."""
        if self._at > MAX_RECORD_BYTES:
            del self._held[: self._at]
            self._base += self._at
            self._at = 0
        piece = next(self._pieces, None)
        if piece is None:
            return False
        self._held += piece
        return True

    def _expect(self, mark: bytes) -> None:
        if self._next_byte() != mark:
            raise self._broken()
        self._at += 1

    def _expect_end(self) -> None:
        if self._next_byte():
            raise self._broken()

    def _broken(self) -> FileRejectedError:
        where = f"record {self._index}, byte {self._base + self._at} of its text"
        problem = f"its JSON array is malformed near {where}; upload a complete array"
        return FileRejectedError("BrokenJson", problem)
