"""Places of flags in a text, from characters as the lake counts them to those of a browser."""

from __future__ import annotations

import json
from collections.abc import Sequence

Span = tuple[int, int]


def spans(written: str | None, text: str) -> list[Span]:
    """The places of a flag in `text`, in UTF-16 code units, as JavaScript counts characters.

    Args:
        written: JSON as in `checks.findings_spans`: [[begin, end], …] in characters.
        text: the text that they lie in; a place that does not lie in it is left out, as is what is
            no place at all: the flag's sentence is still worth reading.
    """
    found = [one for one in _read(written) if 0 <= one[0] < one[1] <= len(text)]
    if not found or ord(max(text)) <= _LAST_OF_ONE_UNIT:
        return found
    return [(_units(text[:begin]), _units(text[:end])) for begin, end in found]


_LAST_OF_ONE_UNIT = 0xFFFF
_MOST = 200  # of one flag; a page with more marks than that would help nobody


def _read(written: str | None) -> list[Span]:
    try:
        given = json.loads(written or "[]")
    except (ValueError, RecursionError):
        return []
    if not isinstance(given, Sequence):
        return []
    return [(one[0], one[1]) for one in given[:_MOST] if _is_span(one)]


def _is_span(one: object) -> bool:
    return (
        isinstance(one, list) and len(one) == len(("begin", "end")) and set(map(type, one)) == {int}
    )


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
