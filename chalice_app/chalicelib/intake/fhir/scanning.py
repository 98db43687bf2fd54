"""Finds the members and elements of JSON text by its brackets and strings, without decoding it.

A value that is not valid JSON inside, or nested without end, does not stop the scan: only its
brackets must match. Each function makes one pass and does not recurse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

# The possessive quantifiers keep the scan linear on any input.
_SPACE = re.compile(rb"[ \t\r\n]*+")
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_NO_BRACKETS = re.compile(rb'[^"\[\]{}]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[^"\[\]{}]*+)*+', re.DOTALL)
_BRACKETS = re.compile(rb"[\[{]++|[\]}]++")
_CLOSING = {b"[": b"]", b"{": b"}"}
_SCALAR = re.compile(rb'[^,:"\[\]{} \t\r\n]++')


class Member(NamedTuple):
    """One member of an object; `stop` is None if the text ends inside its value."""

    key: str
    start: int
    stop: int | None


def skip_space(text: bytes, position: int) -> int:
    """The next position that is not white space."""
    found = _SPACE.match(text, position)
    return position if found is None else found.end()


def value_end(text: bytes, start: int) -> int | None:
    """Where the value that begins at `start` ends; None if it does not end as it begins."""
    first = text[start : start + 1]
    if first == b'"':
        found = _STRING.match(text, start)
        return None if found is None else found.end()
    if first not in (b"[", b"{"):
        found = _SCALAR.match(text, start)
        return None if found is None else found.end()
    depth, position = 0, start
    while (found := _BRACKETS.match(text, position)) is not None:
        size = found.end() - position
        if text[position] in b"[{":
            depth += size
        elif size < depth:
            depth -= size
        else:
            end = position + depth
            return end if text[end - 1 : end] == _CLOSING[first] else None
        skipped = _NO_BRACKETS.match(text, found.end())
        position = found.end() if skipped is None else skipped.end()
    return None


def members(text: bytes, start: int) -> Iterator[Member]:
    """The members of the object that begins at `start`, as far as they can be told apart."""
    position = skip_space(text, start + 1)
    while (key := _STRING.match(text, position)) is not None:
        colon = skip_space(text, key.end())
        if text[colon : colon + 1] != b":":
            return
        value = skip_space(text, colon + 1)
        stop = value_end(text, value)
        yield Member(_text_of(key[0]), value, stop)
        if stop is None:
            return
        comma = skip_space(text, stop)
        if text[comma : comma + 1] != b",":
            return
        position = skip_space(text, comma + 1)


def _text_of(string: bytes) -> str:
    if b"\\" not in string:
        return string[1:-1].decode("utf-8", "replace")
    try:
        return msgspec.json.decode(string, type=str)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
