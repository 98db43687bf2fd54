r"""Escape sequences in text (HL7 v2.5.1, chapter 2.7), to text and back.

What is no escape stays as it is: a lone or open backslash, `C:\temp`, an unknown sequence. A
sequence whose escape characters were escaped once more, `\E\.br\E\`, means what it would without.
"""

from __future__ import annotations

import re
from functools import lru_cache

from chalicelib.intake.hl7.charset import decode_hex
from chalicelib.intake.hl7.syntax import Separators

# 2.7.2 delimiters and highlighting, 2.7.5 hexadecimal, 2.7.6 formatting. Each ends at the escape
# character, which none of them contains: the search is linear.
_COMMAND = r"\.(?i:br|ce|fi|nf|sp|sk|in|ti)[ +-]?[0-9]{0,5}"
_SPACING = re.compile(r"\.(sp|sk)[ +]?([0-9]*)", re.IGNORECASE)
_LONGEST_SPACING = 20
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_LINE_BREAK = re.compile("\r\n|[\r\x0b\x0c]")


class CharacterSetSwitchError(ValueError):
    r"""The text switches to another character set by `\Cxxyy\` or `\Mxxyyzz\` (2.7.4)."""


def unescape(text: str, separators: Separators, charset: str) -> str:
    r"""The text that an escaped field means; formatting commands become line breaks or nothing.

    Raises:
        CharacterSetSwitchError: it uses more than one character set.
        ValueError: a `\X…\` sequence is not valid in the message's character set.
    """
    if separators.escape not in text:
        return text

    def meaning(found: re.Match[str]) -> str:
        if found["hex"] is not None:
            return _of_hex(found["hex"], separators.escape, charset)
        return _meaning(next(name for name in found.groups()[1:] if name), separators)

    return _pattern(separators.escape).sub(meaning, text)


def escape(text: str, separators: Separators) -> str:
    r"""A text without NUL, written so that no character is a separator; line breaks as `\.br\`."""
    mark = separators.escape
    names = {
        separators.field: "F",
        separators.component: "S",
        separators.subcomponent: "T",
        separators.repetition: "R",
        mark: "E",
        "\0": escape_code(mark, separators)[1:-1],
        "\n": ".br",
    }
    # Before what may be read as an escape, the mark itself would look like one that was escaped
    # twice: its code does not.
    safe = re.sub(re.escape(mark) + "(?=[.A-Zx])", "\0", _LINE_BREAK.sub("\n", text))
    return safe.translate({ord(one): f"{mark}{name}{mark}" for one, name in names.items()})


def escape_code(character: str, separators: Separators) -> str:
    """An ASCII character as its code (2.7.5)."""
    return f"{separators.escape}X{ord(character):02X}{separators.escape}"


def without_controls(text: str) -> tuple[str, bool]:
    """Line breaks as LF, no other control characters but tabs; and whether there were any."""
    text = _LINE_BREAK.sub("\n", text)
    clean = _CONTROL.sub("", text)
    return clean, clean != text


@lru_cache(maxsize=16)
def _pattern(mark: str) -> re.Pattern[str]:
    e = re.escape(mark)
    body = rf"[FSTREHN]|{_COMMAND}|[CM][0-9A-Fa-f]{{4,6}}"
    doubled = rf"{e}E{e}({body}){e}E{e}|{e}E{e}({_COMMAND}){e}"
    digits = "[Xx][0-9A-Fa-f]++"
    hexed = rf"(?P<hex>(?:{e}E{e}{digits}{e}E{e}|{e}{digits}{e})++)"
    return re.compile(rf"{hexed}|{doubled}|{e}({body}){e}")


def _of_hex(sequences: str, mark: str, charset: str) -> str:
    # Bytes of one character may come in several sequences.
    digits = [one[1:] for one in sequences.split(mark) if one[:1] in ("X", "x")]
    return decode_hex("".join(one.zfill(len(one) + len(one) % 2) for one in digits), charset)


def _meaning(body: str, separators: Separators) -> str:
    name = body.upper()
    if name in ("H", "N"):  # highlighting
        return ""
    if name[0] in "CM":
        if name == "C2842":  # back to ASCII
            return ""
        raise CharacterSetSwitchError
    if name[0] != ".":
        place = {"F": 0, "S": 1, "R": 2, "E": 3, "T": 4}[name]
        return separators[place]
    if name in (".BR", ".CE"):
        return "\n"
    spacing = _SPACING.match(body)
    if spacing is not None:
        count = min(int(spacing[2] or 1), _LONGEST_SPACING)
        return ("\n" if spacing[1].lower() == "sp" else " ") * count
    return ""  # indentation and filling
