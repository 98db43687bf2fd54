"""The text of one OBX-5, by its type in OBX-2 (HL7 v2.5.1, chapter 2A).

OBX-5 is read whole: a separator of components within it is text. Of coded values the text of the
code is read, of encapsulated data (ED) whatever is text.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import NamedTuple

from chalicelib.intake.hl7.charset import ASCII, WINDOWS
from chalicelib.intake.hl7.escapes import CharacterSetSwitchError, unescape
from chalicelib.intake.hl7.syntax import Segment, Separators, SyntaxProblemError

_TEXT_TYPES = frozenset({"", "TX", "FT", "ST"})
_CODED_TYPES = frozenset({"CE", "CWE", "CNE", "CF"})
# Tags that no report means as text, as it may mean "<5 mm".
_HTML = re.compile(
    r"</?(?:html|body|p|br|div|span|b|i|u|em|strong|font|ul|ol|li|pre|h[1-6]|table|tbody|tr|td|th)"
    r"(?:\s[^<>]*+)?/?>",
    re.IGNORECASE,
)
_BREAKING = re.compile(r"</?(?:p|br|div|ul|ol|li|pre|h[1-6]|table|tr)\b", re.IGNORECASE)
_MAGIC = {
    b"%PDF": "a PDF",
    b"{\\rtf": "RTF",
    b"PK\x03\x04": "an archive or an Office document",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"<?xml": "an XML document",
    b"<ClinicalDocument": "an XML document",
}
_KINDS = {"PDF": "a PDF", "RTF": "RTF", "XML": "an XML document", "CDA": "an XML document"}
_ENCODINGS = frozenset({"BASE64", "HEX", "A"})  # HL7 table 0299


class Unread(NamedTuple):
    """What an OBX holds instead of text."""

    place: str
    problem: str


def text_of(observation: Segment, separators: Separators, charset: str) -> str | Unread:
    """The text of an OBX.

    Raises:
        SyntaxProblemError: it is damaged.
    """
    kind = observation.value(2).strip().upper()
    value = observation.value(5)
    if kind in _TEXT_TYPES:
        if " " in observation.value(6).strip():
            problem = "continues after a separator of fields; send it as an escape (\\F\\)"
            raise SyntaxProblemError(observation.place(5), problem)
        lines = value.replace(separators.repetition, "\n")
        text = _unescape(observation, lines, separators, charset)
        return _from_html(text) if looks_like_html(value) else text
    if not value.strip():
        return ""
    if kind in _CODED_TYPES:
        return _coded(observation, separators, charset)
    if kind == "ED":
        return _document(observation, separators, charset)
    if kind == "RP":
        return Unread(observation.place(5), "refers to a document; send its text")
    named = kind if re.fullmatch("[A-Z]{2,3}", kind) else "another type"
    return Unread(observation.place(2), f"is {named}, which holds no text; send it as TX or FT")


def looks_like_html(value: str) -> bool:
    """Whether a field, as it came, contains an HTML tag."""
    return "<" in value and _HTML.search(value) is not None


def _unescape(observation: Segment, value: str, separators: Separators, charset: str) -> str:
    try:
        return unescape(value, separators, charset)
    except CharacterSetSwitchError:
        problem = "switches to another character set (\\C or \\M); send all of it in one"
    except ValueError:
        problem = "has a hexadecimal escape that is not valid in the character set (MSH-18)"
    raise SyntaxProblemError(observation.place(5), problem)


def _from_html(text: str) -> str:
    from chalicelib.intake.free_text.markup import text_of_html  # noqa: PLC0415  # rarely used

    # A line break is white space in HTML, unless the text has tags for single words only.
    return text_of_html(text if _BREAKING.search(text) else text.replace("\n", "<br>")).strip()


def _coded(observation: Segment, separators: Separators, charset: str) -> str | Unread:
    """The texts of coded values: of the code, else the original text (CWE.9), else of the other."""
    texts = []
    for value in observation.value(5).split(separators.repetition):
        components = value.split(separators.component) + [""] * 9
        text = next((components[at] for at in (1, 8, 4) if components[at].strip()), "")
        texts.append(_unescape(observation, text, separators, charset))
    if not any(text.strip() for text in texts):
        return Unread(observation.place(5), "is a code without its text; send the text")
    return "\n".join(texts)


def _document(observation: Segment, separators: Separators, charset: str) -> str | Unread:
    """Encapsulated data: source ^ type ^ subtype ^ encoding ^ data (2A.24)."""
    place = observation.place(5)
    components = observation.value(5).split(separators.component)
    names = [component.strip().upper() for component in components[:4]]
    at = next((at for at, name in enumerate(names) if name in _ENCODINGS), None)
    kinds = " ".join(names[:at])
    for name, kind in _KINDS.items():
        if name in kinds:
            return Unread(place, f"is {kind}; send the report as text")
    if at is None:
        raise SyntaxProblemError(place, "does not name its encoding (ED.4); send Base64")
    value = separators.component.join(components[at + 1 :])
    if names[at] == "A":
        text = _unescape(observation, value, separators, charset)
    else:
        data = _decoded(observation, value, names[at], separators, charset)
        found = next((kind for magic, kind in _MAGIC.items() if data.startswith(magic)), None)
        if found is not None:
            return Unread(place, f"is {found}; send the report as text")
        text = _as_text(place, data, charset)
    return _from_html(text) if "HTML" in kinds or looks_like_html(text) else text


def _decoded(
    observation: Segment, value: str, encoding: str, separators: Separators, charset: str
) -> bytes:
    place = observation.place(5)
    # Long data comes in lines, whose ends are escaped or not.
    lines = _unescape(observation, value.replace(separators.repetition, "\n"), separators, charset)
    plain = "".join(lines.split())
    try:
        if encoding == "HEX":
            return bytes.fromhex(plain)
        return base64.b64decode(plain, validate=True)
    except (binascii.Error, ValueError):
        name = "hexadecimal" if encoding == "HEX" else "base64"
        raise SyntaxProblemError(place, f"is not valid {name}; send it again") from None


def _as_text(place: str, data: bytes, charset: str) -> str:
    single_byte = WINDOWS if charset == ASCII else charset
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return data.decode("utf-16")
        for one in ("utf-8-sig", single_byte):
            try:
                text = data.decode(one)
            except UnicodeDecodeError:
                continue
            if "\0" not in text:
                return text
    except UnicodeDecodeError:
        pass
    raise SyntaxProblemError(place, "is not text; send the report as text")
