"""Decodes one record's bytes: strictly, then with a lenient second look, or says what is wrong."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, NoReturn

import msgspec

from chalicelib.errors import RecordRejectedError
from chalicelib.intake.json_text import problems
from chalicelib.intake.record import CONTROL_CHARACTERS, MAX_REPORT_ID_CHARACTERS

# Fields that may contain the report's id; the first one present is used.
ID_FIELDS = ("report_id", "study_id", "id")
_SPACE = " \t\r\n"


def decode(index: int, data: bytes) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The members of a record, and its flags.

    Tabs, line ends and form feeds inside strings, which JSON forbids, are accepted and flagged with
    CONTROL_CHARACTERS. NUL and all other control characters are refused.

    Raises:
        RecordRejectedError: the message says what is wrong and where, with the report's id if that
            can be read.
    """
    try:
        values = msgspec.json.decode(data, type=dict[str, Any])
        # msgspec silently uses the last of two equal keys, but it is unclear which one was meant.
        json.loads(data, object_pairs_hook=_refuse_duplicates)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return _look_again(index, data, error)
    except RecursionError:
        raise RecordRejectedError(index, "record", "is nested too deeply") from None
    except _DuplicateKeyError:
        raise _twice(index, data.decode()) from None
    except ValueError:  # an integer with more digits than Python accepts
        raise _out_of_range(index, data.decode()) from None
    return values, ()


def usable_id(value: object) -> str | None:
    """An id as text: a string, or a whole number as databases and data frames write them."""
    if type(value) is int:
        value = str(value)
    if not isinstance(value, str) or not value.strip():
        return None
    try:
        value.encode()
    except UnicodeEncodeError:
        return None  # half of a surrogate pair
    return value if len(value) <= MAX_REPORT_ID_CHARACTERS else None


def _look_again(
    index: int, data: bytes, refused: Exception
) -> tuple[dict[str, Any], tuple[str, ...]]:
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        problem = problems.encoding_problem(data, error)
        raise RecordRejectedError(index, "record", problem) from None
    try:
        values = json.loads(
            text,
            strict=False,
            parse_constant=_refuse_constant,
            parse_float=_finite,
            object_pairs_hook=_refuse_duplicates,
        )
    except json.JSONDecodeError as error:
        raise _invalid(index, text, problems.syntax_problem(text, error)) from None
    except RecursionError:
        raise RecordRejectedError(index, "record", "is nested too deeply") from None
    except _DuplicateKeyError:
        raise _twice(index, text) from None
    except _ConstantError:
        raise _invalid(index, text, problems.constant_problem(text)) from None
    except ValueError:
        raise _out_of_range(index, text) from None
    refused_character = problems.character_problem(text)
    if refused_character is not None:
        raise _invalid(index, text, refused_character)
    if not isinstance(values, dict):
        # msgspec's message contains types but no values.
        raise RecordRejectedError(index, "record", str(refused).partition(" - at ")[0])
    return values, (CONTROL_CHARACTERS,)


def _invalid(index: int, text: str, problem: str) -> RecordRejectedError:
    problem = f"is not valid JSON: {problem}"
    return RecordRejectedError(index, "record", problem, _readable_id(text))


def _twice(index: int, text: str) -> RecordRejectedError:
    problem = "contains the same key twice; keep one of them"
    return RecordRejectedError(index, "record", problem, _readable_id(text))


def _out_of_range(index: int, text: str) -> RecordRejectedError:
    problem = "contains a number out of range"
    return RecordRejectedError(index, "record", problem, _readable_id(text))


def _readable_id(text: str) -> str | None:
    """The id of a record that is not valid, from the members before what is wrong with it."""
    members = _members_before_damage(text)
    named = [name for name in ID_FIELDS if members.get(name) is not None]
    return usable_id(members[named[0]]) if named else None


def _members_before_damage(text: str) -> Mapping[str, object]:
    decoder = json.JSONDecoder(strict=False)
    members: dict[str, object] = {}
    at = _after(text, 0, "{")
    try:
        while at:
            name, at = decoder.raw_decode(text, _after(text, at, ""))
            at = _after(text, at, ":")
            if not isinstance(name, str) or not at:
                break
            value, at = decoder.raw_decode(text, _after(text, at, ""))
            # Of two different ids, neither is certain.
            members[name] = None if name in members else value
            at = _after(text, at, ",")
    except (ValueError, RecursionError):
        return members
    return members


def _after(text: str, at: int, mark: str) -> int:
    """The position after white space and `mark`; 0 if something else is there."""
    while at < len(text) and text[at] in _SPACE:
        at += 1
    return at + len(mark) if text.startswith(mark, at) else 0


class _DuplicateKeyError(ValueError):
    """Two equal keys in one JSON object."""


class _ConstantError(ValueError):
    """NaN or Infinity."""


def _refuse_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise _DuplicateKeyError
    return values


def _refuse_constant(_: str) -> NoReturn:
    raise _ConstantError


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError
    return number
