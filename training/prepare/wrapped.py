"""Finds the records of `{"train": [{…}, …], "test": […]}`: lists of records under names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from chalicelib.intake.frames import MAX_RECORD_BYTES, Frame
from training.errors import CollectionError

# The possessive quantifiers keep them linear on any input.
_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_SCALAR = rb"(?:" + _STRING + rb"|[-+.\w]++)"
_BEGINS = re.compile(
    rb"\s*+\{(?:\s*+" + _STRING + rb"\s*+:\s*+" + _SCALAR + rb"\s*+,)*+"
    rb"\s*+" + _STRING + rb"\s*+:\s*+\[\s*+[{\]]",
    re.DOTALL,
)
_TOKEN = re.compile(_STRING + rb'|["\[\]{}]', re.DOTALL)
_LIST, _RECORD = 2, 3  # how many brackets are open within a list, within a record
_BETWEEN = b" \t\r\n,"


def may_be(head: bytes) -> bool:
    """Whether a text begins like lists of records under names, perhaps after other values."""
    return _BEGINS.match(head) is not None


def frames(pieces: Iterable[bytes], place: str) -> Iterator[Frame]:
    """The records of all lists, in order; other values beside the lists are skipped.

    Raises:
        CollectionError: a list contains something other than records, or the text ends too soon.
    """
    scan = _Scan(place)
    for piece in pieces:
        yield from scan.add(piece)
    scan.finish()


class _Scan:
    """What is open after the text so far, and the bytes of the record that has begun."""

    def __init__(self, place: str) -> None:
        self._place = place
        self._open = bytearray()  # the brackets that are open
        self._pending = bytearray()  # bytes that are not scanned yet
        self._record: bytearray | None = None
        self._count = 0

    def add(self, piece: bytes) -> Iterator[Frame]:
        """Scan a piece; yields the records that end in it."""
        self._pending += piece
        text = bytes(self._pending)
        done = 0
        for token in _TOKEN.finditer(text):
            if token[0] == b'"':  # a string that ends in a later piece
                self._keep(text[done : token.start()])
                done = token.start()
                break
            self._keep(text[done : token.start()])
            done = token.end()
            yield from self._take(token[0])
        else:
            self._keep(text[done:])
            done = len(text)
        self._pending = bytearray(text[done:])
        if len(self._pending) > MAX_RECORD_BYTES:
            raise CollectionError(self._place, f"contains a string over {MAX_RECORD_BYTES:,} bytes")

    def finish(self) -> None:
        """Check that everything that was opened is closed."""
        if self._open or self._pending:
            raise CollectionError(self._place, "ends too soon; download it again")

    def _take(self, token: bytes) -> Iterator[Frame]:
        if token in b"[{":
            self._open += token
            if len(self._open) == _RECORD and self._open[-2:] == b"[{":
                self._record = bytearray()
            elif len(self._open) == _RECORD and self._open[-2:] == b"[[":
                raise self._not_records()
        elif token in b"]}" and bytes(self._open[-1:]) + token not in (b"[]", b"{}"):
            raise CollectionError(self._place, "has brackets that do not match")
        self._keep(token)
        if token in b"]}":
            self._open.pop()
            if self._record is not None and len(self._open) == _LIST:
                long = len(self._record) > MAX_RECORD_BYTES
                yield Frame(self._count, 0, None if long else bytes(self._record))
                self._count += 1
                self._record = None

    def _keep(self, text: bytes) -> None:
        if self._record is not None:
            if len(self._record) <= MAX_RECORD_BYTES:
                self._record += text
        elif self._open[1:] == b"[" and text not in (b"[", b"]") and text.strip(_BETWEEN):
            raise self._not_records()

    def _not_records(self) -> CollectionError:
        problem = "its lists contain values, not records; write one record per report"
        return CollectionError(self._place, problem)
