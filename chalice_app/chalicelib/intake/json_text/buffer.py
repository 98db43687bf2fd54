"""The part of a text that framing holds: from the beginning of the current record."""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib.intake.json_text.tokens import NOT_BETWEEN

TAIL_BYTES = 64


class Buffer:
    """A window on a text.

    Attributes:
        held: the bytes in the window.
        base: the byte of the text at `held[0]`.
        at: the position in `held` up to which the text has been read.
        ended: whether the text's last byte is in the window.
        is_long: whether the current record is longer than the limit, so that it is not held.
    """

    def __init__(self, pieces: Iterable[bytes], offset: int, longest: int) -> None:
        """Begin at byte `offset` of the text; a record may have up to `longest` bytes."""
        self._pieces = iter(pieces)
        self._longest = longest
        self._start = 0
        self._beginning = b""
        self._exceeds = False
        self._tail = b""
        self.held = bytearray()
        self.base = offset
        self.at = 0
        self.ended = False
        self.is_long = False

    def begin(self) -> int:
        """Begin a record here; returns its byte of the text."""
        self._start = self.at
        self.is_long = self._exceeds = False
        self._tail = b""
        return self.base + self.at

    def finish(self, between: bytes) -> bytes | None:
        """The current record, up to here, without `between` at its end; None if it is too long."""
        if not self.is_long and self.at - self._start > self._longest:
            self._let_go()
        if self.is_long:
            self._forget()
            return None if self._exceeds else self._beginning.rstrip(between)
        return bytes(memoryview(self.held)[self._start : self.at]).rstrip(between)

    @property
    def start(self) -> int:
        """The position of the current record's first byte, unless it is long."""
        return self._start

    @property
    def beginning(self) -> bytes:
        """What was held of a long record."""
        return self._beginning

    def tail(self) -> bytes:
        """The last bytes of the current record, up to here."""
        return (self._tail + self.held[max(self._start, self.at - TAIL_BYTES) : self.at])[
            -TAIL_BYTES:
        ]

    def exceeds(self) -> bool:
        """Whether the current record is too long, up to here; it is not held then."""
        if not self.is_long and self.at - self._start > self._longest:
            self._let_go()
        return self.is_long

    def pull(self) -> bool:
        """Hold one more piece; False at the end of the text."""
        piece = next(self._pieces, None)
        if piece is None:
            self.ended = True
            return False
        self.held += piece
        return True

    def more(self) -> bool:
        """Hold one more piece for the current record, and nothing of it if it is too long."""
        if self.exceeds():
            self._forget()
        return self.pull()

    def ensure(self, count: int) -> None:
        """Hold `count` bytes after the current position, if the text has them."""
        while len(self.held) - self.at < count and not self.ended:
            self.pull()

    def drop(self) -> None:
        """Let go of what has been read."""
        del self.held[: self.at]
        self.base += self.at
        self.at = 0

    def _let_go(self) -> None:
        limit = self._start + self._longest
        self._beginning = bytes(memoryview(self.held)[self._start : limit])
        self._tail = self._beginning[-TAIL_BYTES:]
        del self.held[:limit]
        self.base += limit
        self.at -= limit
        self._start = 0
        self.is_long = True

    def _forget(self) -> None:
        if not self._exceeds:
            self._exceeds = NOT_BETWEEN.search(self.held, 0, self.at) is not None
        self._tail = self.tail()
        self.drop()
