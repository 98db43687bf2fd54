"""The character set of a message: MSH-18, with the names of HL7 table 0211.

- A named set is used as named, except that bytes which are not ASCII and are valid UTF-8 throughout
  are UTF-8: text in another set never looks so, and a UTF-16 object has become UTF-8 already.
- No name, or ASCII although other bytes occur: UTF-8 if valid, else Windows-1252.
- 8859/1 with bytes that only Windows-1252 has is Windows-1252.
- Whatever is not valid in its set, and a name that is not known, is refused: never garbled.
"""

from __future__ import annotations

import re

from chalicelib.intake.hl7.syntax import SyntaxProblemError

UTF_8 = "utf-8"
ASCII = "ascii"
WINDOWS = "cp1252"
_PLACE = "MSH-18"
_SETS = {
    "ASCII": ASCII,
    "USASCII": ASCII,
    "ISOIR6": ASCII,
    **{f"8859{part}": f"iso8859_{part}" for part in (*range(1, 12), 13, 14, 15, 16)},
    "UNICODE": UTF_8,
    "UNICODEUTF8": UTF_8,
    "UTF8": UTF_8,
    # The object has been decoded by its byte order mark, and is UTF-8 by now.
    "UNICODEUTF16": UTF_8,
    "UNICODEUTF32": UTF_8,
    "UTF16": UTF_8,
    "LATIN1": "iso8859_1",
    "WINDOWS1252": WINDOWS,
    "CP1252": WINDOWS,
    "ANSI": WINDOWS,
    **{f"WINDOWS125{page}": f"cp125{page}" for page in (0, 1, 3, 4, 5, 6, 7, 8)},
    "GB180302000": "gb18030",
    "GB18030": "gb18030",
    "KSX1001": "euc_kr",
    "BIG5": "big5",
    "ISOIR14": "shift_jis",
    "ISOIR87": "iso2022_jp_2",
    "ISOIR159": "iso2022_jp_2",
}
_SINGLE_BYTE = re.compile(r"iso8859_|cp125|ascii")
_C1 = re.compile(rb"[\x80-\x9f]")


def charset_of(names: str, separator: str, data: bytes) -> str:
    """Python's name of the character set of a message's bytes.

    Args:
        names: MSH-18 as it came: none, one or several.
        separator: what separates several names.
        data: the message.

    Raises:
        SyntaxProblemError: the name is unknown, or the bytes are not valid in the set.
    """
    known = [_known(name) for name in names.split(separator) if name.strip()]
    # Alternative sets are switched to by escape sequences (2.9.2), which one codec reads.
    charset = next((one for one in known if one == "iso2022_jp_2"), known[0] if known else ASCII)
    if data.isascii() or (_SINGLE_BYTE.match(charset) is not None and _is_valid(data, UTF_8)):
        return charset if data.isascii() else UTF_8
    if charset == ASCII or (charset == "iso8859_1" and _C1.search(data) is not None):
        charset = WINDOWS
    if _is_valid(data, charset):
        return charset
    if charset == WINDOWS:
        problem = "does not name the character set, and it is neither UTF-8 nor Windows-1252"
    else:
        problem = "names a character set in which the message is not valid"
    raise SyntaxProblemError(_PLACE, f"{problem}; send the name of the set that the message has")


def decode_hex(digits: str, charset: str) -> str:
    r"""The text of the bytes of `\X…\` escapes (2.7.5), in the character set of the message.

    A leading zero byte, as in 000d or 00E4, means two-byte code units (UTF-16).

    Raises:
        ValueError: they are not valid in it.
    """
    data = bytes.fromhex(digits if len(digits) % 2 == 0 else f"0{digits}")
    if len(data) % 2 == 0 and data.startswith(b"\0"):
        return data.decode("utf-16-be")
    if charset == ASCII:
        charset = UTF_8 if _is_valid(data, UTF_8) else WINDOWS
    return data.decode(charset)


def _known(name: str) -> str:
    plain = re.sub(r"[\s/_.-]+", "", name).upper()
    plain = re.sub(r"\AISO(?=8859)", "", plain)
    charset = _SETS.get(plain)
    if charset is None:
        raise SyntaxProblemError(_PLACE, "names an unknown character set; use HL7 table 0211")
    return charset


def _is_valid(data: bytes, charset: str) -> bool:
    try:
        data.decode(charset)
    except UnicodeDecodeError:
        return False
    return True
