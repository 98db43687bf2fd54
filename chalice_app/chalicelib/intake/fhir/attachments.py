"""The text of a report's `presentedForm`: of all forms, the one that can be read best."""

from __future__ import annotations

import base64
import binascii
import codecs
from collections.abc import Sequence
from typing import Final, NamedTuple

from chalicelib.intake.fhir.resources import Attachment

# Best first. FHIR requires that all forms of a report mean the same.
_TEXT_TYPES: Final = (
    ("text/plain", "text/markdown"),
    ("text/html", "application/xhtml+xml"),
    ("text/rtf", "application/rtf", "application/x-rtf"),
)
# How errors call types that hold no text; no other type is repeated from the file.
_REFUSED_TYPES: Final = {
    "application/pdf": "a PDF",
    "application/msword": "a Word document",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "a Word document",
    "application/dicom": "DICOM",
    "image/jpeg": "an image",
    "image/png": "an image",
    "image/tiff": "an image",
}
_CHARSETS: Final = frozenset({
    "ascii",
    "cp1250",
    "cp1252",
    "iso8859-1",
    "iso8859-2",
    "iso8859-15",
    "utf-8",
    "utf-16",
    "utf-16-be",
    "utf-16-le",
})  # fmt: skip


class Problem(NamedTuple):
    """Why a form has no text: a place below `DiagnosticReport`, and what is wrong there.

    `foreign` if it is of a type that holds no text, such as a PDF.
    """

    place: str
    problem: str
    foreign: bool = False


class Form(NamedTuple):
    """The text of a form and its place."""

    place: str
    text: str


def read(forms: Sequence[Attachment]) -> Form | Problem:
    """The text of the best form that has text, else why the best has none."""
    ranked = sorted(range(len(forms)), key=lambda position: _rank(forms[position]))
    problems: list[Problem] = []
    for position in ranked:
        found = _read(f"presentedForm[{position}]", forms[position])
        if isinstance(found, Form):
            return found
        problems.append(found)
    return problems[0]


def _read(place: str, form: Attachment) -> Form | Problem:
    media_type, charset = _type_of(form)
    if not media_type:
        return Problem(f"{place}.contentType", "is missing; name it, such as text/plain")
    if not any(media_type in types for types in _TEXT_TYPES):
        named = _REFUSED_TYPES.get(media_type, "not a text")
        problem = f"is {named}; send text/plain, text/html or text/rtf"
        return Problem(f"{place}.contentType", problem, foreign=True)
    if not (form.data or "").strip():
        problem = "is missing; embed the text, a URL is not followed" if form.url else "is missing"
        return Problem(f"{place}.data", problem)
    try:
        content = base64.b64decode("".join((form.data or "").split()), validate=True)
    except (binascii.Error, ValueError):
        return Problem(f"{place}.data", "is not valid base64; encode the text as base64")
    return _text_of(place, content, media_type, charset)


def _text_of(place: str, content: bytes, media_type: str, charset: str | None) -> Form | Problem:
    rich = media_type in _TEXT_TYPES[2]
    text = _decode(content, charset or ("cp1252" if rich else None))
    if text is None and charset is not None:
        problem = "names a character set that is unknown or not that of the data"
        return Problem(f"{place}.contentType", problem)
    if text is None:
        problem = "is not UTF-8; name its character set in contentType, or encode the text"
        return Problem(f"{place}.data", problem)
    try:
        text = _plain(media_type, text)
    except ValueError:  # text_of_rtf refuses what is not RTF
        return Problem(f"{place}.data", "is not RTF that can be read; send text/plain")
    return Form(f"{place}.data", text) if text.strip() else Problem(f"{place}.data", "is blank")


def _rank(form: Attachment) -> int:
    media_type, _ = _type_of(form)
    ranks = [rank for rank, types in enumerate(_TEXT_TYPES) if media_type in types]
    return ranks[0] if ranks else len(_TEXT_TYPES)


def _type_of(form: Attachment) -> tuple[str, str | None]:
    """The media type in lower case, and the value of its parameter `charset`."""
    media_type, *parameters = (form.content_type or "").split(";")
    charset = None
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().casefold() == "charset":
            charset = value.strip().strip('"')
    return media_type.strip().casefold(), charset


def _decode(content: bytes, charset: str | None) -> str | None:
    if charset is None and content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        charset = "utf-16"
    try:
        name = codecs.lookup(charset or "utf-8").name
        if name not in _CHARSETS:
            return None
        return content.decode("utf-8-sig" if name == "utf-8" else name)
    except (LookupError, ValueError):  # ValueError: a NUL in the name, or UnicodeDecodeError
        return None


def _plain(media_type: str, text: str) -> str:
    if media_type in _TEXT_TYPES[1]:
        from chalicelib.intake.free_text.markup import (  # noqa: PLC0415  # rarely needed
            text_of_html,
        )

        return text_of_html(text)
    if media_type in _TEXT_TYPES[2]:
        from chalicelib.intake.free_text.rtf import (  # noqa: PLC0415  # rarely needed
            text_of_rtf,
        )

        return text_of_rtf(text)
    return text
