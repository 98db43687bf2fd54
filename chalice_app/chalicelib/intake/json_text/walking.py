"""Walks over the tokens of one record, to its end or to where its structure stops making sense."""

from __future__ import annotations

import re
from array import array

from chalicelib.intake.json_text import tokens
from chalicelib.intake.json_text.buffer import Buffer

_QUOTE, _OBJECT, _END_OF_OBJECT = b'"{}'
_MARKS = b'"{}[]'
_FOLLOWING = b',:}]"'
# What precedes a bracket: another one, a comma, a colon or anything else.
_OPENED, _VALUE = b"[x"
_IN_OBJECT, _IN_ARRAY = b":", b"[,"


class Walk:
    """One record, from its first byte.

    Attributes:
        is_damaged: whether the record is not one JSON value.
    """

    def __init__(
        self,
        buffer: Buffer,
        doomed: set[int],
        indent: int | None = None,
        *,
        in_array: bool = False,
    ) -> None:
        """Begin at `buffer.at`.

        Args:
            buffer: the text.
            doomed: the bytes of the text at which a record begins that is known to be damaged.
                What a walk finds out about others is added, so that nothing is walked over again
                and again.
            indent: how far the line is indented that the record begins; None if it begins none.
            in_array: whether a comma separates it from the next record.
        """
        self._buffer = buffer
        self._doomed = doomed
        self._indent = indent
        self._in_array = in_array
        # The open brackets: the byte of the text + 1 of an object's, negative for an array's.
        self._open = array("q")
        self._before = _VALUE
        self._key: bytes | None = None
        self.is_damaged = False

    @property
    def is_ambiguous(self) -> bool:
        """Whether a record that is too long to be held contains what may be other records."""
        buffer = self._buffer
        found = tokens.LINE_WITH_RECORD.finditer(buffer.beginning)
        return buffer.is_long and any(self._may_begin_line(one[1]) for one in found)

    def record(self) -> bool:
        """Advance to the end of the record; False if it is damaged."""
        buffer = self._buffer
        mark = buffer.held[buffer.at]
        if mark in b"{[":
            found = self.value()
        elif mark == _QUOTE:
            found = self._string_or_members()
        elif (scalar := self._scalar()) is not None:
            buffer.at = scalar
            found = True
        else:
            return self._text()
        return found and self._rest_of_line()

    def value(self) -> bool:
        """Advance to the end of the object or array that begins here; False if it is damaged."""
        buffer = self._buffer
        begins = buffer.base + buffer.at
        if begins in self._doomed:
            return False
        if (shallow := tokens.SHALLOW_OBJECT.match(buffer.held, buffer.at)) is not None:
            buffer.at = shallow.end()
            return True
        self._push(buffer.held[buffer.at])
        buffer.at += 1
        return self._to_end(_OPENED)

    def members(self) -> bool:
        """Advance to the end of the object whose opening bracket is missing here."""
        self._push(_OBJECT)
        return self._to_end(_VALUE)

    def resume(self) -> None:
        """Advance from damage to where the next record may begin."""
        buffer = self._buffer
        self.is_damaged = True
        if not buffer.is_long:
            self._doomed.update(place - 1 for place in self._open[1:] if place > 0)
            key = tokens.FIRST_KEY.match(buffer.held, buffer.start)
            self._key = None if key is None else key[1]
            buffer.at = buffer.start
        while True:
            found = tokens.NEXT_RECORD.search(buffer.held, buffer.at)
            if found is None or len(buffer.held) - found.end() < tokens.LOOKAHEAD:
                if not buffer.ended:
                    keep = len(buffer.held) - tokens.LOOKAHEAD
                    buffer.at = max(buffer.at, keep if found is None else found.start())
                    buffer.more()
                    continue
                if found is None:
                    buffer.at = len(buffer.held)
                    return
            if self._may_begin(found):
                buffer.at = found.start() + (found[2] is not None)
                return
            buffer.at = found.end() - 1

    def _push(self, mark: int) -> None:
        place = self._buffer.base + self._buffer.at + 1
        self._open.append(place if mark == _OBJECT else -place)

    def _to_end(self, before: int) -> bool:
        """Advance beyond the bracket that closes the record; False at damage."""
        self._before = before
        while self._to_mark():
            if self._buffer.exceeds():
                return self._to_end_of_long()
            if not self._token(self._buffer.held[self._buffer.at]):
                return False
            if not self._open:
                return True
        return False

    def _to_mark(self) -> bool:
        """Advance to the next bracket or quotation mark; False if there is none, or other text."""
        buffer = self._buffer
        held = buffer.held
        while True:
            found = tokens.PLAIN.match(held, buffer.at)
            if found is not None and found.end() > buffer.at:
                plain = found[0].rstrip(tokens.SPACE_BYTES)
                self._before = plain[-1] if plain else self._before
                buffer.at = found.end()
            if buffer.at == len(held):
                if not buffer.more():
                    return False
            elif held[buffer.at] in _MARKS or buffer.exceeds():
                return True
            # A word may be cut at the end of a piece.
            elif len(held) - buffer.at >= tokens.LONGEST_WORD or not buffer.pull():
                return False

    def _token(self, mark: int) -> bool:
        """Take a string or a bracket; False if it cannot be here."""
        if mark == _QUOTE:
            fits = self._string()
            self._before = _VALUE
            return fits
        inside_object = self._open[-1] > 0
        if mark in b"{[":
            if self._before not in (_IN_OBJECT if inside_object else _IN_ARRAY):
                return False
            self._push(mark)
            self._before = _OPENED
        else:
            if inside_object is not (mark == _END_OF_OBJECT):
                return False
            self._open.pop()
            self._before = _VALUE
        self._buffer.at += 1
        return True

    def _to_end_of_long(self) -> bool:
        """The same with a counter of brackets: there may be millions of them."""
        buffer = self._buffer
        held = buffer.held
        depth = len(self._open)
        while True:
            found = tokens.NOT_STRUCTURE.match(held, buffer.at)
            buffer.at = buffer.at if found is None else found.end()
            if buffer.at == len(held):
                if not buffer.more():
                    return False
                continue
            if held[buffer.at] == _QUOTE:
                if not self._string():
                    return False
                continue
            opened = tokens.OPENING.match(held, buffer.at)
            if opened is not None:
                depth += opened.end() - buffer.at
                buffer.at = opened.end()
                continue
            closing = tokens.CLOSING.match(held, buffer.at)
            closed = min(depth, 0 if closing is None else closing.end() - buffer.at)
            depth -= closed
            buffer.at += closed
            if depth == 0:
                return True

    def _string(self) -> bool:
        """Advance beyond a string and white space; False if what follows cannot follow it."""
        buffer = self._buffer
        if not self._only_string():
            return False
        held = buffer.held
        while True:
            found = tokens.SPACE.match(held, buffer.at)
            buffer.at = buffer.at if found is None else found.end()
            if buffer.at < len(held):
                return held[buffer.at] in _FOLLOWING
            if not buffer.more():
                return True

    def _only_string(self) -> bool:
        buffer = self._buffer
        held = buffer.held
        buffer.at += 1
        while True:
            found = tokens.STRING_REST.match(held, buffer.at)
            buffer.at = buffer.at if found is None else found.end()
            if held[buffer.at : buffer.at + 1] == b'"':
                buffer.at += 1
                return True
            # A lone backslash at the end of a piece stays, to be completed by the next one.
            if not buffer.more():
                return False

    def _string_or_members(self) -> bool:
        """A string, or an object without its opening bracket."""
        buffer = self._buffer
        if not self._only_string():
            return False
        buffer.ensure(tokens.LOOKAHEAD)
        if tokens.COLON.match(buffer.held, buffer.at) is not None:
            self._push(_OBJECT)
            return self._to_end(_VALUE)
        after = tokens.AFTER_RECORD.match(buffer.held, buffer.at)
        lines = buffer.beginning if buffer.exceeds() else buffer.held[buffer.start : buffer.at]
        # A string that is not closed in its line ends at the next one's first quotation mark.
        return after is not None or b"\n" not in lines

    def _scalar(self) -> int | None:
        buffer = self._buffer
        buffer.ensure(tokens.LOOKAHEAD)
        found = tokens.SCALAR.match(buffer.held, buffer.at)
        return None if found is None else found.end()

    def _text(self) -> bool:
        """Text that is not JSON, up to the end of its line or the next object in an array."""
        self.is_damaged = True
        buffer = self._buffer
        if not self._to_end_of_text() or buffer.held[buffer.at] != _OBJECT:
            return True
        if self._indent is None:
            return True  # the object is a record, the text before it is another
        self._push(_OBJECT)
        buffer.at += 1
        return self._to_end(_OPENED) and self._rest_of_line()

    def _rest_of_line(self) -> bool:
        """Add text that follows the record in its line."""
        buffer = self._buffer
        buffer.ensure(tokens.LOOKAHEAD)
        if tokens.AFTER_RECORD.match(buffer.held, buffer.at) is not None:
            return True
        ends = buffer.at - buffer.start
        if self._to_end_of_text() and buffer.held[buffer.at] == _OBJECT and not buffer.exceeds():
            buffer.at = buffer.start + ends  # text between two records belongs to neither
            return True
        self.is_damaged = True
        return True

    def _to_end_of_text(self) -> bool:
        """Advance to the end of text that is not JSON; False at the end of everything."""
        buffer = self._buffer
        while True:
            found = tokens.END_OF_TEXT.search(buffer.held, buffer.at)
            if found is not None:
                buffer.at = found.start()
                return True
            if buffer.ended:
                buffer.at = len(buffer.held)
                return False
            buffer.at = max(buffer.at, len(buffer.held) - tokens.LOOKAHEAD)
            buffer.more()

    def _may_begin(self, found: re.Match[bytes]) -> bool:
        if found[2] is None:
            if self._may_begin_line(found[1]):
                return True
            # A pretty-printed element of a list inside the record, unless the list is not one.
            if self._indent is not None and b"," not in found[1]:
                return False
        elif found[2] in b"[:":
            return False
        held, opening = self._buffer.held, found.end() - 1
        if tokens.RECORD.match(held, opening) is not None:
            return True
        if b"," in found[0] and not self._in_array:
            return False  # an element of a list inside the record
        ahead = tokens.FIRST_KEY.match(held, opening)
        return ahead is not None and ahead[1] == self._key

    def _may_begin_line(self, before: bytes) -> bool:
        width = len(before) - len(tokens.BOM) * before.count(tokens.BOM)
        return width <= (self._indent or 0)
