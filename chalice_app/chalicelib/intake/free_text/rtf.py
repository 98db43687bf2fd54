"""The text of RTF."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"\\'([0-9a-fA-F]{2})|\\([a-z]++)(-?\d++)? ?|\\([^a-z])|([{}])|[\r\n]++|([^\\{}\r\n]++)"
)
_SKIPPED = frozenset({"fonttbl", "colortbl", "stylesheet", "info", "pict"})


def text_of_rtf(rtf: str) -> str:
    """The text, one line per paragraph."""
    parts: list[str] = []
    depth, skipped = 0, 0
    for found in _TOKEN.finditer(rtf):
        code, word, _, symbol, bracket, text = found.groups()
        if bracket:
            depth += 1 if bracket == "{" else -1
            skipped = skipped if depth >= skipped else 0
        elif skipped:
            continue
        elif word in _SKIPPED or symbol == "*":
            skipped = depth
        elif word in ("par", "line"):
            parts.append("\n")
        elif code:
            parts.append(bytes.fromhex(code).decode("cp1252", "replace"))
        else:
            parts.append(text or (symbol if symbol in ("\\", "{", "}") else "") or "")
    return "".join(parts).strip()
