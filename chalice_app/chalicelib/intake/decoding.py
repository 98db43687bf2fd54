"""Decodes the bytes of an object to UTF-8 text, piece by piece: gzip, BOMs, UTF-16 and UTF-32.

The encoding is detected from the first bytes, never from the name: by a BOM, or, without one, by
the zero bytes that UTF-16 and UTF-32 have in each of the first four characters of ASCII. Archives
and other kinds of compression are refused by name. Memory use is constant: only a few pieces are
held, however far a gzip stream expands.
"""

from __future__ import annotations

import codecs
import zlib
from collections.abc import Iterable, Iterator

from chalicelib.errors import FileRejectedError
from chalicelib.intake.packed import HEADER_BYTES, refuse_packed

GZIP_MAGIC = b"\x1f\x8b"
# One decompression step: limits how far a gzip bomb can expand a single piece.
PIECE_BYTES = 1 << 16
# So many characters tell UTF-16 and UTF-32 without a BOM; a shorter text has fewer.
DETECTED_CHARACTERS = 4
GZIP_WINDOW = 31  # zlib's wbits for a gzip header and trailer
# The BOM of UTF-16 in little-endian order begins that of UTF-32.
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Encoding, bytes of a character, and which of them is not zero in ASCII.
_WITHOUT_BOM = (
    ("utf-32-le", 4, 0),
    ("utf-32-be", 4, 3),
    ("utf-16-le", 2, 0),
    ("utf-16-be", 2, 1),
)


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
            FileRejectedError: corrupt gzip, invalid UTF-16 or UTF-32, an archive or another kind
                of compression, or longer than the limit.
        """
        first, pieces = _peek(self._pieces, len(GZIP_MAGIC))
        zipped = first.startswith(GZIP_MAGIC)
        if zipped:
            pieces = _gunzip(pieces)
        first, pieces = _peek(_bounded(pieces, self._limit), HEADER_BYTES)
        refuse_packed(first, unzipped=zipped)
        encoding, bom = _encoding(first)
        self.seekable = not zipped and encoding == "utf-8" and not bom
        pieces = _skip(pieces, bom)
        if encoding != "utf-8":
            pieces = _bounded(_transcoded(pieces, encoding), self._limit)
        yield from pieces


def skip(pieces: Iterable[bytes], count: int) -> Iterator[bytes]:
    """Drop the first `count` bytes."""
    return _skip(iter(pieces), count)


def _encoding(first: bytes) -> tuple[str, int]:
    """The encoding of a text, and the length of its BOM."""
    for bom, encoding in _BOMS:
        if first.startswith(bom):
            return encoding, len(bom)
    for encoding, width, significant in _WITHOUT_BOM:
        start = first[: width * DETECTED_CHARACTERS]
        characters = [start[at : at + width] for at in range(0, len(start), width)]
        if characters and all(
            len(one) == width and one[significant] and one.count(0) == width - 1
            for one in characters
        ):
            return encoding, 0
    return "utf-8", 0


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
    """Decompress one or more gzip members; zeros after one are padding, as for gzip(1)."""
    stream = zlib.decompressobj(GZIP_WINDOW)
    fresh = True
    try:
        for piece in pieces:
            left = piece
            while left:
                if stream.eof:
                    left = left.lstrip(b"\0")
                    if not left:
                        break
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


def _transcoded(pieces: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    # surrogatepass keeps a lone surrogate as bytes that are not valid UTF-8, so that only the
    # record that contains it is rejected, not the file.
    decoder = codecs.getincrementaldecoder(encoding)("surrogatepass")
    try:
        for piece in pieces:
            yield decoder.decode(piece).encode("utf-8", "surrogatepass")
        yield decoder.decode(b"", final=True).encode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        problem = f"its {encoding[:6].upper()} text is not valid; save it as UTF-8"
        raise FileRejectedError("BrokenText", problem) from None
