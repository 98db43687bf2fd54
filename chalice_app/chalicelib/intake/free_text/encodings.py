"""Tells UTF-8 and Windows-1252 apart, and text from binary data."""

from __future__ import annotations

import codecs
import re

UTF_8, WINDOWS_1252 = "utf-8", "windows-1252"

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
# Two to four bytes that are one character in UTF-8 (RFC 3629, section 4).
_SEQUENCE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_HIGH = re.compile(rb"[\x80-\xff]")


class NotTextError(ValueError):
    """The bytes are no text, or their encoding is not certain; names the byte, never the text."""


def decode(data: bytes) -> tuple[str, str]:
    """Decode a text, and name its encoding.

    The rule: UTF-8, with or without a byte order mark, if the bytes are valid UTF-8; otherwise
    Windows-1252, of which Latin-1 is a part. UTF-16 never arrives here: `intake/decoding.py`
    recognises its byte order mark. Refused are the five bytes that Windows-1252 does not define,
    UTF-8 that is damaged (more of its characters beyond ASCII are valid UTF-8 than not), half
    characters of UTF-16, and control characters other than tab, newline, carriage return and form
    feed, which no text contains.

    Returns:
        The text, and UTF_8 or WINDOWS_1252.

    Raises:
        NotTextError: it names the position of the byte, counted from 0.
    """
    marked = data.startswith(codecs.BOM_UTF8)
    start = len(codecs.BOM_UTF8) if marked else 0
    try:
        text, encoding = data[start:].decode("utf-8"), UTF_8
    except UnicodeDecodeError as error:
        text, encoding = _windows(data, error.start + start, marked=marked), WINDOWS_1252
    control = _CONTROL.search(text)
    if control is not None:
        position = start + len(text[: control.start()].encode(_codec(encoding)))
        problem = f"byte {position} is the control character 0x{ord(control[0]):02X}"
        raise NotTextError(f"{problem}; this is not a text file")
    return text, encoding


def _codec(encoding: str) -> str:
    return "utf-8" if encoding == UTF_8 else "cp1252"


def _windows(data: bytes, broken: int, *, marked: bool) -> str:
    sequences = _SEQUENCE.findall(data)
    others = len(_HIGH.findall(data)) - sum(map(len, sequences))
    if marked or len(sequences) > others or data[broken : broken + 1] == b"\xed":
        try:
            data.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            if marked or len(sequences) > others:
                problem = f"byte {broken} is not valid UTF-8, though the rest is"
                raise NotTextError(f"{problem}; save the file again as UTF-8") from None
        else:
            problem = f"byte {broken} begins half a UTF-16 character"
            raise NotTextError(f"{problem}; save the file again as UTF-8")
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError as error:
        problem = f"byte {error.start} is 0x{data[error.start]:02X}"
        problem = f"{problem}, neither UTF-8 nor Windows-1252"
        raise NotTextError(f"{problem}; save the file as UTF-8") from None
