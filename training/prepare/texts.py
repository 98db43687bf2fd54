"""Opens the text of a file, whatever its encoding: UTF-8, UTF-16 with its mark, gzip."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import IO, TextIO

from chalicelib.errors import FileRejectedError
from chalicelib.intake.decoding import PIECE_BYTES, TextStream
from training.errors import CollectionError

# A collection may be far larger than the Lambda's limit.
MOST_BYTES = 1 << 40
HEAD_BYTES = 1 << 16


class NotReportsError(Exception):
    """A file is something other than reports: an error if it was named, else passed over."""


def stream(file: IO[bytes]) -> TextStream:
    """The file's text from its beginning, as UTF-8 pieces."""
    file.seek(0)
    return TextStream(iter(lambda: file.read(PIECE_BYTES), b""), MOST_BYTES)


def head_of(file: IO[bytes]) -> bytes:
    """The first bytes of the file's text, in UTF-8."""
    held = b""
    for piece in stream(file):
        held += piece
        if len(held) >= HEAD_BYTES:
            break
    return held[:HEAD_BYTES]


def open_text(file: IO[bytes]) -> TextIO:
    """The file's text, with its line ends as they are.

    Reading raises UnicodeDecodeError if it is not UTF-8, FileRejectedError if it is damaged.
    """
    raw = io.BufferedReader(_Raw(iter(stream(file))), PIECE_BYTES)
    return io.TextIOWrapper(raw, encoding="utf-8", newline="")


def rejected(error: FileRejectedError, place: str) -> CollectionError:
    """The intake's error as one of a collection, which is downloaded and not uploaded."""
    return CollectionError(place, str(error).replace("upload it again", "download it again"))


class _Raw(io.RawIOBase):
    """Pieces of bytes as a raw stream."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._left = memoryview(b"")

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed's Buffer has no slices
        """Fill a buffer from the pieces; returns the number of bytes, 0 at the end."""
        if not self._left:
            self._left = memoryview(next(self._pieces, b""))
        count = min(len(buffer), len(self._left))
        buffer[:count] = self._left[:count]
        self._left = self._left[count:]
        return count
