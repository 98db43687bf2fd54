"""Decodes the bytes of an object to UTF-8 text, piece by piece: gzip, BOMs and UTF-16.

The encoding is detected from the first bytes, never from the name. Memory use is constant: only
a few pieces are held, however far a gzip stream expands.
"""

from __future__ import annotations

import codecs
import zlib
from collections.abc import Iterable, Iterator

from chalicelib.errors import FileRejectedError

GZIP_MAGIC = b"\x1f\x8b"
# One decompression step: limits how far a gzip bomb can expand a single piece.
PIECE_BYTES = 1 << 16
LONGEST_BOM = 3
GZIP_WINDOW = 31  # zlib's wbits for a gzip header and trailer


class TextStream:
    """The text of one object, in UTF-8 pieces.

    Attributes:
        seekable: whether byte n of the text is byte n of the object, so that a later reader may
            request a range from S3. Known once the first piece has been read.
    """

    def __init__(self, pieces: Iterable[bytes], limit: int) -> None:
        """Read `pieces`; an object whose text is longer than `limit` bytes is rejected."""
        self._pieces = iter(pieces)
        self._limit = limit
        self.seekable = False

    def __iter__(self) -> Iterator[bytes]:
        """Yield the text.

        Raises:
            FileRejectedError: corrupt gzip, invalid UTF-16, or longer than the limit.
        """
        first, pieces = _peek(self._pieces, len(GZIP_MAGIC))
        zipped = first.startswith(GZIP_MAGIC)
        if zipped:
            pieces = _gunzip(pieces)
        first, pieces = _peek(_bounded(pieces, self._limit), LONGEST_BOM)
        self.seekable = not zipped
        if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            self.seekable = False
            pieces = _bounded(_from_utf16(pieces), self._limit)
        elif first.startswith(codecs.BOM_UTF8):
            self.seekable = False
            pieces = _skip(pieces, len(codecs.BOM_UTF8))
        yield from pieces


def skip(pieces: Iterable[bytes], count: int) -> Iterator[bytes]:
    """Drop the first `count` bytes."""
    return _skip(iter(pieces), count)


def _peek(pieces: Iterator[bytes], count: int) -> tuple[bytes, Iterator[bytes]]:
    first = b""
    for piece in pieces:
        first += piece
        if len(first) >= count:
            break
    return first, _chain(first, pieces)


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest


def _skip(pieces: Iterator[bytes], count: int) -> Iterator[bytes]:
    for piece in pieces:
        kept = piece[count:]
        count = max(0, count - len(piece))
        if kept:
            yield kept


def _bounded(pieces: Iterator[bytes], limit: int) -> Iterator[bytes]:
    total = 0
    for piece in pieces:
        total += len(piece)
        if total > limit:
            problem = f"its text is longer than {limit} bytes; split it into smaller files"
            raise FileRejectedError("TooLarge", problem)
        yield piece


def _gunzip(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Decompress one or more concatenated gzip members."""
    stream = zlib.decompressobj(GZIP_WINDOW)
    fresh = True
    try:
        for piece in pieces:
            left = piece
            while left:
                if stream.eof:
                    stream, fresh = zlib.decompressobj(GZIP_WINDOW), True
                text = stream.decompress(left, PIECE_BYTES)
                fresh = False
                left = stream.unused_data if stream.eof else stream.unconsumed_tail
                if text:
                    yield text
            # At the end of the input, more than one step of output may still be pending.
            while not stream.eof and (text := stream.decompress(b"", PIECE_BYTES)):
                yield text
    except zlib.error:
        raise FileRejectedError("BrokenGzip", "its gzip data is corrupt; upload it again") from None
    if not stream.eof and not fresh:
        raise FileRejectedError("BrokenGzip", "its gzip data ends too soon; upload it again")


def _from_utf16(pieces: Iterator[bytes]) -> Iterator[bytes]:
    # surrogatepass keeps a lone surrogate as bytes that are not valid UTF-8, so that only the
    # record that contains it is rejected, not the file.
    decoder = codecs.getincrementaldecoder("utf-16")("surrogatepass")
    try:
        for piece in pieces:
            yield decoder.decode(piece).encode("utf-8", "surrogatepass")
        yield decoder.decode(b"", final=True).encode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        problem = "its UTF-16 text is not valid; save it as UTF-8"
        raise FileRejectedError("BrokenText", problem) from None
