"""Finds where each record of an object begins and ends, without decoding it.

An object holds one JSON object, a JSON array, or JSON Lines; which one is told by its content.
Framing is a stream: a record at a time is held, and a record longer than the limit is passed
over and reported, not held.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from chalicelib.errors import FileRejectedError

Form = Literal["object", "array", "lines"]

# Far above what 20,000 characters of findings, a reference and 4 KiB of metadata can need, even
# with every character written as \uXXXX.
MAX_RECORD_BYTES = 1 << 20
HEAD_BYTES = 2 * MAX_RECORD_BYTES

_SPACE = b" \t\r\n"
# Outside a string only quotes and brackets matter; inside, all up to the closing quote. The
# possessive `*+` keeps the scan linear on any input.
_STRUCTURE = re.compile(rb'["\[\]{}]')
_OPENING = re.compile(rb"[\[{]++")
_CLOSING = re.compile(rb"[\]}]++")
_STRING = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
_SCALAR_END = re.compile(rb"[,\]\s]")
_NOT_SPACE = re.compile(rb"[^ \t\r\n]")


class Frame(msgspec.Struct, frozen=True):
    """One record's place: its index, the byte of the text where it begins, and its bytes.

    `data` is None for a record longer than MAX_RECORD_BYTES.
    """

    index: int
    offset: int
    data: bytes | None


def detect_form(head: bytes) -> Form | None:
    """Tell what an object holds from the first HEAD_BYTES of its text.

    Returns:
        The form, or None for an object of nothing but white space.

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
        # A damaged first line among JSON Lines costs itself only; anything else is no JSON.
        if any(line.startswith(b"{") for line in others):
            return "lines"
        raise FileRejectedError("NotJson", "it is not JSON; upload JSON objects, an array or lines")
    if not others or _is_closed(lines[0]):
        return "lines"
    # The first line is not a whole record: a record written over many lines, or a damaged line
    # among JSON Lines. A second line that begins an object is part of the first only when the
    # brackets close in the end.
    if others[0].startswith(b"{") and not _is_closed(text):
        return "lines"
    return "object"


def frame(pieces: Iterable[bytes], form: Form, index: int = 0, offset: int = 0) -> Iterator[Frame]:
    """Yield the records of a text of a known form.

    Args:
        pieces: the text, from its beginning or from where record `index` begins.
        form: what `detect_form` said of the text.
        index: the index of the first record of `pieces`.
        offset: the byte of the whole text at which `pieces` begins.

    Raises:
        FileRejectedError: the array is broken, so nobody can tell where its records end.
    """
    if form == "lines":
        return _frame_lines(pieces, index, offset)
    if form == "array":
        return _ArrayFramer(pieces, index, offset).frames()
    return _frame_object(pieces)


def _is_closed(text: bytes) -> bool:
    """Whether the brackets of a text are all closed at its end, and no string has a line end."""
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
    """Blank lines are no records and are not counted."""
    held = bytearray()
    begins = offset
    too_long = False
    for piece in pieces:
        *ended, rest = piece.split(b"\n")
        for line in ended:
            held += line
            if too_long or held.strip(_SPACE):
                yield _line_frame(index, begins, held, too_long=too_long)
                index += 1
            offset += len(line) + 1
            begins, too_long = offset, False
            held.clear()
        held += rest
        offset += len(rest)
        if len(held) > MAX_RECORD_BYTES:
            too_long = True
            held.clear()
    if too_long or held.strip(_SPACE):
        yield _line_frame(index, begins, held, too_long=too_long)


def _line_frame(index: int, offset: int, held: bytearray, *, too_long: bool) -> Frame:
    fits = not too_long and len(held) <= MAX_RECORD_BYTES
    return Frame(index, offset, bytes(held.strip(_SPACE)) if fits else None)


class _ArrayFramer:
    """Walks over one JSON array, holding no more than the record it is in."""

    def __init__(self, pieces: Iterable[bytes], index: int, offset: int) -> None:
        self._pieces = iter(pieces)
        self._index = index
        self._base = offset  # byte of the text at self._held[0]
        self._held = bytearray()
        self._at = 0
        self._at_start = index == 0

    def frames(self) -> Iterator[Frame]:
        """Yield the records; the text begins at `[`, or at a record when index is not 0."""
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
        passed_over = self._base != begins
        fits = not passed_over and self._at <= MAX_RECORD_BYTES
        made = Frame(self._index, begins, bytes(self._held[: self._at]) if fits else None)
        self._index += 1
        return made

    def _walk_brackets(self) -> None:
        depth = 0
        while True:
            self._walk_until(_STRUCTURE)
            if self._held.startswith(b'"', self._at):
                self._at += 1
                self._walk_string()
                continue
            # A run at a time: a gzip bomb may be 150 million brackets.
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
        """Go from behind the opening quote to behind the closing one."""
        while True:
            self._at = _string_end(self._held, self._at)
            if self._held[self._at : self._at + 1] == b'"':
                self._at += 1
                return
            # The end of what is held: a lone backslash stays for the next piece to complete.
            if not self._more():
                raise self._broken()

    def _walk_until(self, pattern: re.Pattern[bytes]) -> None:
        while (found := pattern.search(self._held, self._at)) is None:
            self._at = len(self._held)
            if not self._more():
                raise self._broken()
        self._at = found.start()

    def _next_byte(self) -> bytes:
        """The next byte that is no white space, not passed; empty at the end."""
        while (found := _NOT_SPACE.search(self._held, self._at)) is None:
            self._at = len(self._held)
            if not self._more():
                return b""
        self._at = found.start()
        return found[0]

    def _more(self) -> bool:
        """Hold one more piece, forgetting what is passed of a record that is too long."""
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
        problem = f"its JSON array is broken near {where}; upload a whole array"
        return FileRejectedError("BrokenJson", problem)
