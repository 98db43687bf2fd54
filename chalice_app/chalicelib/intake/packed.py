"""Recognises archives and compressed files by their first bytes: they are refused by name.

Part of an archive must never be drafted as if it were the whole, so nothing of one is read.
"""

from __future__ import annotations

import re

from chalicelib.errors import FileRejectedError

# A tar archive is known by its first header.
HEADER_BYTES = 512

_UNPACK = "; upload the files in it"
_EXPAND = "; upload it uncompressed or compressed with gzip"
_MAGIC = {
    b"PK\x03\x04": "a ZIP archive" + _UNPACK,
    b"PK\x05\x06": "an empty ZIP archive" + _UNPACK,
    b"PK\x07\x08": "a ZIP archive in parts" + _UNPACK,
    b"7z\xbc\xaf\x27\x1c": "a 7z archive" + _UNPACK,
    b"Rar!\x1a\x07": "a RAR archive" + _UNPACK,
    b"\x28\xb5\x2f\xfd": "compressed with zstd" + _EXPAND,
    b"BZh": "compressed with bzip2" + _EXPAND,
    b"\xfd7zXZ\x00": "compressed with xz" + _EXPAND,
    b"\xff\x06\x00\x00sNaPpY": "compressed with snappy" + _EXPAND,
    b"\x82SNAPPY\x00": "compressed with snappy" + _EXPAND,
    b"\x04\x22\x4d\x18": "compressed with lz4" + _EXPAND,
    b"LZIP": "compressed with lzip" + _EXPAND,
    b"\x1f\x9d": "compressed with compress" + _EXPAND,
}
# zstd and lz4 may begin with a frame of other data: 16 magic numbers.
_SKIPPABLE = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18")
_BZIP2_BLOCKS = (b"\x31\x41\x59\x26\x53\x59", b"\x17\x72\x45\x38\x50\x90")
_GZIP = b"\x1f\x8b"
_SUM = slice(148, 156)
_USTAR = slice(257, 262)


def refuse_packed(head: bytes, *, unzipped: bool) -> None:
    """Refuse what is no text, by its first HEADER_BYTES.

    Args:
        head: the first bytes of an object.
        unzipped: whether they were in gzip.

    Raises:
        FileRejectedError: it is an archive, or compressed in a way that is not read.
    """
    what = "compressed with gzip twice; compress it once" if head.startswith(_GZIP) else _name(head)
    if what is not None:
        raise FileRejectedError("Packed", f"{'unzipped, ' if unzipped else ''}it is {what}")


def _name(head: bytes) -> str | None:
    for magic, name in _MAGIC.items():
        if head.startswith(magic) and (magic != b"BZh" or head[4:10] in _BZIP2_BLOCKS):
            return name
    if _SKIPPABLE.match(head) is not None:
        return "compressed with zstd or lz4" + _EXPAND
    return "a tar archive" + _UNPACK if _is_tar(head) else None


def _is_tar(head: bytes) -> bool:
    """A tar header contains the sum of its bytes, in octal, with its own place as blanks."""
    if len(head) < HEADER_BYTES:
        return False
    header = head[:HEADER_BYTES]
    if header[_USTAR] == b"ustar":
        return True
    digits = header[_SUM].strip(b" \0")
    if not digits or any(digit not in b"01234567" for digit in digits):
        return False
    return int(digits, 8) == sum(header) - sum(header[_SUM]) + 8 * ord(" ")
