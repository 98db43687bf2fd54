"""Says what is wrong with a record that is not valid JSON, and where: never with its text.

Lines and columns are of the record, counted in characters from 1.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*+"?|[{}\[\]]|NaN|-?Infinity', re.DOTALL)
_ESCAPES = re.compile(r"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)
_CONSTANTS = re.compile(r"NaN|-?Infinity")
_COMMENT = re.compile(r"//|/\*|#|--")
_WORDS = re.compile(r"None|True|False|nan|undefined|-?inf|[+.]?[0-9]", re.IGNORECASE)
_HIGH, _LOW = range(0xD800, 0xDC00), range(0xDC00, 0xE000)
# Raw white space in a string is accepted; any other control character is not.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_SPACE = " \t\r\n"
_WRONG_CHARACTERS = {
    "'": ("the single quote", "is not a quotation mark of JSON; use double quotes"),
    "\u201c": ("the typographic quote", "is not a quotation mark of JSON; use double quotes"),
    "\u201d": ("the typographic quote", "is not a quotation mark of JSON; use double quotes"),
    "\ufeff": ("the byte order mark (U+FEFF)", "is inside the record; remove it"),
}


def place(text: str, position: int) -> str:
    """`at line 2, column 14`."""
    line = text.count("\n", 0, position) + 1
    return f"at line {line}, column {position - text.rfind(chr(10), 0, position)}"


def syntax_problem(text: str, error: json.JSONDecodeError) -> str:
    """What a parser's error means to the person who has to correct the record."""
    at = error.pos
    if not text.startswith(("{", "[")):
        return _outside(text, at)
    return _special(text, at) or _named(text, at, error.msg) or _unexpected(text, at, error.msg)


def constant_problem(text: str) -> str:
    """Names the first NaN or Infinity outside strings."""
    for token in _TOKENS.finditer(text):
        if _CONSTANTS.match(token[0]) is not None:
            return f"{token[0]} {place(text, token.start())} is not a JSON value; write null"
    return "NaN and Infinity are not JSON values; write null"


def character_problem(text: str) -> str | None:
    """Names the first control character that is not white space, or half of a surrogate pair."""
    found = _CONTROL.search(text)
    if found is not None:
        character = f"U+{ord(found[0]):04X}"
        return f"the control character {character} {place(text, found.start())} is not allowed"
    lone = _lone_surrogate(text)
    if lone is not None:
        return f"the escape {place(text, lone)} is half of a surrogate pair"
    return None


def encoding_problem(data: bytes, error: UnicodeDecodeError) -> str:
    """Names the place of bytes that are not UTF-8."""
    before = data[: error.start].decode()
    return f"is not valid UTF-8 {place(before, len(before))}"


def _outside(text: str, at: int) -> str:
    if _COMMENT.match(text) is not None:
        return "it is a comment, not a record; remove it"
    if text.startswith('"') and text[at : at + 1] == ":":
        return "the opening brace of the object is missing"
    if text.startswith(("}", "]")):
        return "it has a closing bracket too many at line 1, column 1"
    if "{" in text:
        return "it has text before the object at line 1, column 1"
    return "it is text, not a JSON object"


def _special(text: str, at: int) -> str | None:
    """What is wrong with the character itself, wherever it is."""
    if _COMMENT.match(text, at) is not None:
        return f"JSON has no comments; remove the one {place(text, at)}"
    wrong = _WRONG_CHARACTERS.get(text[at : at + 1])
    if wrong is None:
        return None
    what, advice = wrong
    return f"{what} {place(text, at)} {advice}"


def _named(text: str, at: int, message: str) -> str | None:
    """What the parser itself has a name for."""
    if message.startswith("Unterminated string"):
        return f"the string that begins {place(text, at)} is not closed"
    if message.startswith("Invalid \\"):
        return f"a backslash {place(text, at)} does not begin a valid escape; double it"
    if message == "Extra data":
        what = "a closing bracket too many" if text[at] in "]}" else "text after the object"
        return f"it has {what} {place(text, at)}"
    if at >= len(text):
        opened = _open_bracket(text, len(text))
        return f"the bracket that opens {place(text, opened)} is not closed"
    return None


def _unexpected(text: str, at: int, message: str) -> str:
    """What is wrong where another character was expected; the message says which."""
    character = text[at]
    before = at if character == "," else len(text[:at].rstrip(_SPACE)) - 1
    after = text[before + 1 :].lstrip(_SPACE)[:1]
    if text[before] == "," and after in {"]", "}"}:
        return f"a comma {place(text, before)} has nothing after it; remove it"
    if message.startswith("Expecting property name"):
        return f"a key without double quotes begins {place(text, at)}"
    if message == "Expecting value":
        known = _WORDS.match(text, at) is not None
        problem = "the word or number {} is not a JSON value" if known else "a value is missing {}"
        return problem.format(place(text, at))
    if message == "Expecting ',' delimiter" and character in "]}":
        opened = _open_bracket(text, at)
        return f"the bracket {place(text, at)} does not match the one {place(text, opened)}"
    return _missing(text, at, before, "colon" if ":" in message else "comma")


def _missing(text: str, at: int, before: int, mark: str) -> str:
    if text[before] != '"' or text[at] in '":,{[':
        return f"a {mark} is missing {place(text, at)}"
    string = [token.start() for token in _tokens(text, before) if token[0].startswith('"')][-1]
    return (
        f"the string that begins {place(text, string)} is not closed, or a quotation mark in it "
        "lacks its backslash"
    )


def _open_bracket(text: str, end: int) -> int:
    """The innermost bracket that is open at `end`."""
    opened = [0]
    for token in _tokens(text, end):
        if token[0] in "{[":
            opened.append(token.start())
        elif token[0] in "}]":
            opened.pop()
        opened = opened or [0]
    return opened[-1]


def _tokens(text: str, end: int) -> Iterator[re.Match[str]]:
    return (token for token in _TOKENS.finditer(text) if token.start() < end)


def _lone_surrogate(text: str) -> int | None:
    high: re.Match[str] | None = None
    for found in _ESCAPES.finditer(text):
        code = int(found[1], 16) if found[1] else 0
        pairs = high is not None and high.end() == found.start()
        if high is not None and not (pairs and code in _LOW):
            return high.start()
        if code in _LOW and not pairs:
            return found.start()
        high = found if code in _HIGH else None
    return None if high is None else high.start()
