"""Tells a report from other text: tables, logs, markup and programs."""

from __future__ import annotations

import re

from chalicelib.intake.free_text.encodings import NotTextError, decode
from chalicelib.intake.free_text.sections import read_sections

# A report has its headings on its first pages.
_READ_BYTES = 1 << 16
_LOOKED_AT = 40
_LONGEST_CHARACTER = 4
_LEAST_LINES, _LEAST_FIELDS = 2, 2

_OTHER_FORMATS = re.compile(
    r"\s*(?:[{\[]\s*[\"{}\]]|<\?xml|<!doctype (?!html)|MSH[^\w\s]|FHS[^\w\s]|BHS[^\w\s]|%PDF"
    r"|\{\\rtf|#!|diff --git)",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"\s*<(?!/?(?:html|!doctype|body|div|p|br|b|strong|h[1-6]|pre|span)\b)\w")
_LOG = re.compile(
    r"\s*\[?(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d|\d\d?[/.]\d\d?[/.]\d{2,4} \d\d:\d\d:\d\d"
    r"|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|(?:DEBUG|INFO|WARN|WARNING|ERROR|FATAL|TRACE)\b)"
)
_CODE = re.compile(
    r"\s*(?:def \w|class \w|import \w|from [\w.]+ import|#include|function\b|var \w|let \w"
    r"|const \w|public \w|private \w|package \w|using \w|return\b|if \(|for \(|while \(|SELECT "
    r"|INSERT INTO|CREATE TABLE|@\w+$|\w+\s*=\s*[\w\"'\[{(]|\}|\)\s*[;{]|//|/\*)|.*[;{]\s*$"
)
_SEPARATORS = (",", ";", "\t", "|")


def is_report(head: bytes) -> bool:
    """Whether the beginning of an object reads as a report.

    It does if it is text, is no other format (JSON, HL7, XML, RTF, a table, a log, a program), and
    has a heading of findings or of an impression. A report in which these cannot be told apart is
    one as well: it fails by name when it is read.
    """
    cut = head[:_READ_BYTES]
    if len(cut) < len(head):
        cut = _whole_characters(cut)
    try:
        text, _ = decode(cut)
    except NotTextError:
        # The last character of an object's beginning may be incomplete.
        try:
            text, _ = decode(_whole_characters(cut))
        except NotTextError:
            return False
    if _OTHER_FORMATS.match(text) or _MARKUP.match(text):
        return False
    lines = [line[:400] for line in text.splitlines() if line.strip()][:_LOOKED_AT]
    if _is_table(lines) or _most(_LOG, lines) or _most(_CODE, lines):
        return False
    found = read_sections(text)
    return found.findings_heading or bool(found.impression or found.unsure)


def _whole_characters(data: bytes) -> bytes:
    """Drop the bytes at the end that may be a part of a character only."""
    end = len(data)
    while end and len(data) - end < _LONGEST_CHARACTER and data[end - 1] & 0xC0 == 0x80:  # noqa: PLR2004  # a byte within a character
        end -= 1
    return data[: end - 1] if end and data[end - 1] & 0x80 else data


def _most(pattern: re.Pattern[str], lines: list[str]) -> bool:
    return sum(bool(pattern.match(line)) for line in lines) * 2 >= max(len(lines), 1)


def _is_table(lines: list[str]) -> bool:
    """Whether each line has as many separators as the first, which has names of columns."""
    if len(lines) < _LEAST_LINES:
        return False
    for separator in _SEPARATORS:
        fields = [field.strip(" \"'") for field in lines[0].split(separator)]
        names = all(field and len(field.split()) <= 3 and ":" not in field for field in fields)  # noqa: PLR2004  # words of a column's name
        if len(fields) < _LEAST_FIELDS or not names:
            continue
        least = len(fields) - 1
        if sum(line.count(separator) >= least for line in lines) * 4 >= len(lines) * 3:
            return True
    return False
