"""Finds where each record of a JSON text begins and ends, by structure, without decoding it.

Records are objects that follow each other with anything in between that carries no data: white
space, line ends, commas, byte order marks, the brackets of arrays around them, or nothing at all.
So JSON Lines, pretty-printed objects, glued objects (`}{`), arrays and lines of arrays are framed
in the same way. One pass, one record in memory.

What is not an object is one record too, to be rejected by itself: a scalar, a nested array, or the
rest of a line that is not JSON (together with an object on the same line).

A damaged object ends where its brackets or quotation marks stop making sense. It extends from its
beginning to the first place at which another record may begin:

- at a line that begins with `{` and is indented no more than the damaged record's own line;
- within a line, at an object that begins with the damaged record's first key, or with one that only
  records have, unless it is the first element of a list or the value of a member; after a comma
  the first key counts only in an array.

Objects inside a record are thus not mistaken for records, and the damaged one is one failure. If
the damaged record is longer than the limit and contains lines that may begin records, they cannot
be told apart, and the whole text is rejected.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from chalicelib.errors import FileRejectedError
from chalicelib.intake.frames import MAX_RECORD_BYTES, Form, Frame
from chalicelib.intake.json_text import tokens, wrapped
from chalicelib.intake.json_text.buffer import Buffer
from chalicelib.intake.json_text.walking import Walk

_NEWLINE = ord("\n")
_DROP_BYTES = 1 << 16
_ARRAYS = ("array", "wrapped")
_check_json = msgspec.json.Decoder(msgspec.Raw).decode


def detect_form(head: bytes) -> Form | None:
    """Detect the form of an object from the first HEAD_BYTES of its text.

    Returns:
        The form, or None if there is only white space.

    Raises:
        FileRejectedError: it does not look like JSON: it begins with neither an object nor an
            array, no later line begins with an object, and nothing in it looks like a record.
    """
    text = head.lstrip(tokens.SPACE_BYTES)
    if not text:
        return None
    if text.startswith(b"["):
        return "array"
    if text.startswith(b"{"):
        return "wrapped" if _is_wrapped(text) else "lines"
    # A malformed first line fails alone; anything else is not JSON.
    if any(one.search(text) is not None for one in (tokens.LINE_WITH_RECORD, tokens.RECORD)):
        return "lines"
    problem = "it is not JSON; upload a JSON object, a JSON array or JSON Lines"
    raise FileRejectedError("NotJson", problem)


def frame(
    pieces: Iterable[bytes],
    form: Form,
    index: int = 0,
    offset: int = 0,
    longest: int | None = None,
) -> Iterator[Frame]:
    """Yield the records of a text of a known form.

    Where the pieces end changes nothing, and a text that begins at a frame's offset has the frames
    that follow there in the whole text.

    Args:
        pieces: the text, from its beginning or from the offset of record `index`.
        form: the form that `detect_form` returned.
        index: the index of the first record of `pieces`.
        offset: the byte of the whole text at which `pieces` begins.
        longest: the limit of a record in bytes, MAX_RECORD_BYTES unless given.

    Raises:
        FileRejectedError: an array or a wrapper is not complete, or records cannot be separated.
    """
    limit = MAX_RECORD_BYTES if longest is None else longest
    return _Framer(pieces, form, index, offset, limit).frames()


def _is_wrapped(text: bytes) -> bool:
    if wrapped.list_begins(text) is None:
        return False
    buffer = Buffer([text], 0, len(text))
    buffer.pull()
    if not Walk(buffer, set()).value():
        return True  # longer than the head, or one of its records is damaged
    if buffer.at > MAX_RECORD_BYTES:
        return True
    try:
        values = msgspec.json.decode(text[: buffer.at])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return True
    return wrapped.is_wrapper(values)


class _Framer:
    """Walks through one text."""

    def __init__(
        self, pieces: Iterable[bytes], form: Form, index: int, offset: int, longest: int
    ) -> None:
        self._buffer = Buffer(pieces, offset, longest)
        self._form = form
        self._index = index
        self._whole = index == 0 and offset == 0
        self._longest = longest
        self._doomed: set[int] = set()
        self._doomed_to = 0
        # The newline before the next record, if nothing but separators is between them, and the
        # width of those; the width is None if the record does not begin a line.
        self._newline: int | None = None
        self._indent: int | None = 0 if self._whole else None
        self._closed = False

    def frames(self) -> Iterator[Frame]:
        """Yield the records."""
        buffer = self._buffer
        if self._whole and self._form in _ARRAYS:
            self._open()
        while True:
            yield from self._whole_lines()
            if not self._skip():
                break
            if self._form == "wrapped" and buffer.held[buffer.at] == ord("]"):
                if not self._next_page():
                    return
                continue
            yield self._record()
        if self._whole and self._form in _ARRAYS and not self._closed:
            raise self._broken()

    def _whole_lines(self) -> Iterator[Frame]:
        """Yield records that are exactly one line of valid JSON: the usual case, and fast."""
        buffer = self._buffer
        held = buffer.held
        at = buffer.at
        if at == len(held) or held[at] != _NEWLINE:
            return
        base, index, longest = buffer.base, self._index, self._longest
        while (end := held.find(b"\n", at + 1)) >= 0:
            line = bytes(held[at + 1 : end])
            if line[:1] != b"{" or line[-1:] != b"}":
                line = line.strip(tokens.BETWEEN_BYTES)
                if line[:1] != b"{" or line[-1:] != b"}":
                    if line:
                        break
                    at = end
                    continue
            if len(line) > longest:
                break
            try:
                _check_json(line)
            except (msgspec.DecodeError, RecursionError):
                break
            yield Frame(index, base + at, line)
            index += 1
            at = end
        if index > self._index:
            self._closed = False
        self._index = index
        buffer.at = at

    def _skip(self) -> bool:
        """Advance to the next record; False at the end of the text."""
        buffer = self._buffer
        pattern = tokens.SEPARATORS_OF_A_PAGE if self._form == "wrapped" else tokens.SEPARATORS
        while True:
            held, at = buffer.held, buffer.at
            end = pattern.match(held, at).end()  # type: ignore[union-attr]  # it always matches
            self._note(at, end)
            buffer.at = end
            left = len(held) - end
            # A byte order mark may be cut, and what follows a bracket decides what it is.
            if left and (held[end] not in b"[\xef" or left >= tokens.LOOKAHEAD or buffer.ended):
                return True
            buffer.drop()
            if not buffer.pull() and not left:
                return False

    def _note(self, at: int, end: int) -> None:
        held, base = self._buffer.held, self._buffer.base
        newline = held.rfind(b"\n", at, end)
        marks = 3 * held.count(tokens.BOM, max(newline, at), end)
        if newline >= 0:
            self._newline = base + newline
            self._indent = end - newline - 1 - marks
        elif self._indent is not None:
            self._indent += end - at - marks
        closed, opened = held.rfind(b"]", at, end), held.rfind(b"[", at, end)
        if closed != opened:
            self._closed = closed > opened

    def _record(self) -> Frame:
        buffer = self._buffer
        if buffer.at > _DROP_BYTES:
            buffer.drop()
        begins = buffer.begin()
        if begins >= self._doomed_to:
            self._doomed.clear()
        walk = Walk(buffer, self._doomed, self._indent, in_array=self._form in _ARRAYS)
        if not walk.record():
            if buffer.exceeds() and walk.is_ambiguous:
                raise self._broken()
            self._doomed_to = max(self._doomed_to, buffer.base + buffer.at)
            walk.resume()
        self._closed = walk.is_damaged and self._ends_array(buffer.tail())
        data = buffer.finish(tokens.BETWEEN_BYTES)
        offset = begins if self._newline is None else self._newline
        found = Frame(self._index, offset, data)
        self._index += 1
        self._newline = self._indent = None
        return found

    def _ends_array(self, tail: bytes) -> bool:
        """Whether a damaged last record contains the bracket that closes the array."""
        end = tokens.END_OF_WRAPPER if self._form == "wrapped" else tokens.END_OF_ARRAY
        return end.search(tail) is not None

    def _open(self) -> None:
        """Pass over the bracket of the array, or over the wrapper's members before its list."""
        buffer = self._buffer
        self._pass_space()
        if self._form == "array":
            if not buffer.held.startswith(b"[", buffer.at):
                raise self._broken()
            self._note(0, buffer.at + 1)
            buffer.at += 1
            self._indent = 1 if self._indent is None else self._indent
            return
        buffer.ensure(wrapped.LONGEST_PREFIX)
        begins = wrapped.list_begins(
            bytes(buffer.held[buffer.at : buffer.at + wrapped.LONGEST_PREFIX])
        )
        if begins is None:
            raise self._broken()
        buffer.at += begins

    def _pass_space(self) -> None:
        buffer = self._buffer
        while True:
            found = tokens.SEPARATORS_OF_A_PAGE.match(buffer.held, buffer.at)
            buffer.at = buffer.at if found is None else found.end()
            left = len(buffer.held) - buffer.at
            if left >= len(tokens.BOM) or buffer.ended:
                return
            buffer.drop()
            buffer.pull()

    def _next_page(self) -> bool:
        """Pass over a wrapper's members after its list, and to the next wrapper's list."""
        buffer = self._buffer
        buffer.at += 1
        buffer.begin()
        if not Walk(buffer, set()).members():
            raise self._broken()
        members = buffer.finish(b"")
        if members is None or not wrapped.may_follow(members):
            raise self._broken()
        self._pass_space()
        if buffer.at == len(buffer.held):
            return False
        self._open()
        self._newline = self._indent = None
        return True

    def _broken(self) -> FileRejectedError:
        where = f"record {self._index}, byte {self._buffer.base + self._buffer.at} of its text"
        if self._form in _ARRAYS:
            problem = f"its JSON array is malformed near {where}; upload a complete array"
        else:
            problem = f"its records cannot be separated after {where}; correct that record"
        return FileRejectedError("BrokenJson", problem)
