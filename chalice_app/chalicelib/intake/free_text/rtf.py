"""The text of a document in Rich Text Format (RTF 1.9.1), in time linear in its length."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

_TOKEN = re.compile(
    r"\\(?P<word>[A-Za-z]{1,32})(?P<number>-?\d{1,10})?+ ?"
    r"|\\'(?P<byte>[0-9A-Fa-f]{2})"
    r"|\\(?P<symbol>[^A-Za-z])"
    r"|(?P<brace>[{}])"
    r"|(?P<text>[^\\{}\r\n]+)"
    r"|[\r\n]+"
    r"|(?P<odd>\\)",
    re.DOTALL,
)
# Groups whose content is no text of the document.
_SKIPPED = frozenset(
    {
        *("fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "objdata", "header"),
        *("headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf", "footnote"),
        *("annotation", "atnid", "atnauthor", "fldinst", "themedata", "datastore"),
        *("colorschememapping", "latentstyles", "listtable", "listoverridetable", "rsidtbl"),
        *("xmlnstbl", "revtbl", "filetbl", "generator", "template", "bkmkstart", "bkmkend"),
        *("nonshppict", "tc", "xe", "shppict", "sp"),
    }
)
_BREAKS = {"par": "\n", "line": "\n", "sect": "\n", "page": "\n", "row": "\n", "column": "\n"}
_SIGNS = _BREAKS | {
    "tab": "\t",
    "cell": "\t",
    "emdash": "\u2014",
    "endash": "\u2013",
    "bullet": "\u2022",
    "lquote": "\u2018",
    "rquote": "\u2019",
    "ldblquote": "\u201c",
    "rdblquote": "\u201d",
    "emspace": " ",
    "enspace": " ",
}
_SYMBOLS = {"~": " ", "_": "-", "-": "", "\\": "\\", "{": "{", "}": "}", "\r": "\n", "\n": "\n"}
_CHARACTER_SETS = {"ansi": "cp1252", "mac": "mac_roman", "pc": "cp437", "pca": "cp850"}
# \fcharsetN of a font; 0 and 1 are the document's own.
_FONT_SETS = {
    77: "mac_roman",
    128: "cp932",
    129: "cp949",
    134: "cp936",
    136: "cp950",
    161: "cp1253",
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
}
_SURROGATES = range(0xD800, 0xE000)
_CODE_POINTS = 0x110000


class RtfError(ValueError):
    """The document is not RTF, or its text cannot be read with certainty; says what is wrong."""


@dataclass(frozen=True, slots=True)
class _Group:
    skipped: bool = False
    hidden: bool = False
    fonts: bool = False
    fallback: int = 1
    font: int | None = None


class _Reader:
    """Reads one document; a stack instead of recursion, so that no nesting is too deep."""

    def __init__(self, document: str) -> None:
        self._document = document
        self._group = _Group()
        self._stack: list[_Group] = []
        self._kept: list[str] = []
        self._bytes = bytearray()
        self._encoding = "cp1252"
        self._fonts: dict[int, str] = {}
        self._to_skip = 0

    def text(self) -> str:
        place = 0
        while place < len(self._document):
            token = _TOKEN.match(self._document, place)
            if token is None or token["odd"] is not None:
                raise RtfError(f"ends in a lone backslash at character {place}")
            place = token.end()
            if token["word"] is not None:
                place = self._word(token["word"], token["number"], place)
            elif token["byte"] is not None:
                self._byte(int(token["byte"], 16))
            elif token["symbol"] is not None:
                self._symbol(token["symbol"])
            elif token["text"] is not None:
                self._text(token["text"])
            elif token["brace"] == "{":
                self._flush()
                self._stack.append(self._group)
                self._to_skip = 0
            elif token["brace"] == "}":
                self._flush()
                self._to_skip = 0
                self._group = self._stack.pop()
                if not self._stack:
                    return "".join(self._kept)
        raise RtfError("ends before its last group is closed; it is not complete")

    def _word(self, word: str, number: str | None, place: int) -> int:
        value = None if number is None else int(number)
        if word == "u" and value is not None:
            self._unicode(value)
            return place
        self._flush()
        if word == "bin":
            return place + max(0, value or 0)
        if word in _SIGNS:
            self._add(_SIGNS[word])
        elif word in _CHARACTER_SETS:
            self._encoding = _CHARACTER_SETS[word]
        elif word == "ansicpg" and value:
            self._encoding = _code_page(value)
        elif word == "fcharset" and self._group.fonts:
            self._fonts[self._group.font or 0] = _FONT_SETS.get(value or 0, "")
        else:
            self._group = _changed(self._group, word, value)
        return place

    def _unicode(self, value: int) -> None:
        self._flush()
        code = value + 0x10000 if value < 0 else value
        if not 0 <= code < _CODE_POINTS:
            raise RtfError(f"contains the character \\u{value}, which does not exist")
        self._add(chr(code))
        self._to_skip = self._group.fallback

    def _byte(self, value: int) -> None:
        if self._to_skip:
            self._to_skip -= 1
        elif self._shown():
            self._bytes.append(value)

    def _symbol(self, symbol: str) -> None:
        self._flush()
        if symbol == "*":
            self._group = replace(self._group, skipped=True)
        elif self._to_skip and symbol in "\\{}":
            self._to_skip -= 1
        else:
            self._add(_SYMBOLS.get(symbol, ""))

    def _text(self, text: str) -> None:
        self._flush()
        skipped = min(self._to_skip, len(text))
        self._to_skip -= skipped
        self._add(text[skipped:])

    def _add(self, text: str) -> None:
        if self._shown():
            self._kept.append(text)

    def _shown(self) -> bool:
        return bool(self._stack) and not self._group.skipped and not self._group.hidden

    def _flush(self) -> None:
        """Decode the bytes so far: two of them may be one character."""
        if not self._bytes:
            return
        font = self._group.font
        encoding = self._fonts.get(-1 if font is None else font) or self._encoding
        try:
            self._kept.append(self._bytes.decode(encoding))
        except UnicodeDecodeError as error:
            value = self._bytes[error.start]
            raise RtfError(f"contains \\'{value:02x}, which {encoding} does not define") from None
        self._bytes.clear()


def _changed(group: _Group, word: str, value: int | None) -> _Group:
    """A group after a control word that concerns the rest of it."""
    if word in _SKIPPED:
        return replace(group, skipped=True, fonts=word == "fonttbl")
    if word == "uc":
        return replace(group, fallback=max(0, value or 0))
    if word in ("v", "deleted"):
        return replace(group, hidden=value != 0)
    if word == "plain":
        return replace(group, hidden=False)
    return replace(group, font=value) if word == "f" else group


def text_of_rtf(rtf: str) -> str:
    r"""The text of a document: `\par` and `\line` begin new lines, `\cell` is a tab.

    Characters are read by the code page (`\ansicpg`, 1252 if there is none), by a font's own
    character set, or as Unicode (`\u`, whose fallback is skipped). Header, footer, pictures, hidden
    text and every group that a reader may skip (`{\*…}`) are left out.

    Raises:
        RtfError: it is not RTF, is not complete, or contains characters that are not defined.
    """
    document = rtf.lstrip(" \t\r\n\ufeff")
    if not document.startswith("{\\rtf"):
        raise RtfError("is not RTF: it does not begin with {\\rtf")
    text = "".join(_joined(_Reader(document).text()))
    lines = [line.rstrip() for line in text.split("\n")]
    return "\n".join(lines).strip("\n")


def _joined(text: str) -> Iterator[str]:
    """Join the two halves of a character beyond U+FFFF, which RTF writes as two numbers."""
    if not any(ord(letter) in _SURROGATES for letter in text):
        yield text
        return
    try:
        yield text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeDecodeError:
        raise RtfError("contains half a character (\\u55296 to \\u57343)") from None


def _code_page(number: int) -> str:
    name = "utf-8" if number == 65001 else f"cp{number}"  # noqa: PLR2004  # Windows' number for UTF-8
    try:
        codecs.lookup(name)
    except LookupError:
        raise RtfError(f"has the code page {number}, which is not known") from None
    return name
