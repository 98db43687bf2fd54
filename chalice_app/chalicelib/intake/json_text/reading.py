"""Turns the bytes of one record into a typed record, or an error that names the field."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from chalicelib.errors import RecordRejectedError
from chalicelib.intake.frames import MAX_RECORD_BYTES, Frame
from chalicelib.intake.record import MAX_REPORT_ID_CHARACTERS, Record, record

# Fields that may contain the report's id; the first one present is used.
ID_FIELDS = ("report_id", "study_id", "id")
_TEXT_FIELDS = frozenset({"findings", "impression"})


class _Fields(msgspec.Struct):
    findings: str
    impression: str | None = None


def read_record(found: Frame, object_id: str, max_findings_characters: int) -> Record:
    """Decode and check one record.

    Args:
        found: the record's bytes and index.
        object_id: identifies a record that has no id of its own: `<object id>-<index>`.
        max_findings_characters: a record with longer findings is rejected, never truncated.

    Raises:
        RecordRejectedError: the message names the record's index and the field, never its text.
    """
    if found.data is None:
        problem = f"is longer than {MAX_RECORD_BYTES} bytes; shorten it"
        raise RecordRejectedError(found.index, "record", problem)
    values = _decode(found.index, found.data)
    id_field, report_id = _report_id(found.index, values)
    try:
        fields = msgspec.convert(values, _Fields)
    except msgspec.ValidationError as error:
        raise _rejected(found.index, error, report_id) from None
    taken = {*_TEXT_FIELDS, id_field}
    return record(
        found.index,
        object_id,
        max_findings_characters,
        report_id=report_id,
        findings=fields.findings,
        impression=fields.impression,
        metadata={name: value for name, value in values.items() if name not in taken},
    )


def _decode(index: int, data: bytes) -> dict[str, Any]:
    try:
        values = msgspec.json.decode(data, type=dict[str, Any])
        # msgspec silently uses the last of two equal keys, but it is unclear which one was meant.
        json.loads(data, object_pairs_hook=_refuse_duplicates)
    except msgspec.ValidationError as error:
        raise _rejected(index, error, None) from None
    except msgspec.DecodeError:
        problem = "is not valid JSON (NaN, lone surrogates and control characters are not allowed)"
        raise RecordRejectedError(index, "record", problem) from None
    except UnicodeDecodeError:
        raise RecordRejectedError(index, "record", "is not valid UTF-8") from None
    except RecursionError:
        raise RecordRejectedError(index, "record", "is nested too deeply") from None
    except _DuplicateKeyError:
        problem = "contains the same key twice; keep one of them"
        raise RecordRejectedError(index, "record", problem) from None
    except ValueError:  # an integer with more digits than Python accepts
        problem = "contains a number with too many digits"
        raise RecordRejectedError(index, "record", problem) from None
    return values


class _DuplicateKeyError(ValueError):
    """Two equal keys in one JSON object."""


def _refuse_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise _DuplicateKeyError
    return values


def _report_id(index: int, values: dict[str, Any]) -> tuple[str | None, str | None]:
    """Return the name and value of the id field; reject an id that is not usable."""
    for name in ID_FIELDS:
        value = values.get(name)
        if value is None:
            continue
        if not isinstance(value, str):
            problem = f"Expected `str`, got `{type(value).__name__}`"
            raise RecordRejectedError(index, name, problem)
        if not value.strip() or len(value) > MAX_REPORT_ID_CHARACTERS:
            problem = f"must have 1 to {MAX_REPORT_ID_CHARACTERS} characters"
            raise RecordRejectedError(index, name, problem)
        return name, value
    return None, None


def _rejected(
    index: int, error: msgspec.ValidationError, report_id: str | None
) -> RecordRejectedError:
    """Extract field and problem from msgspec's message, which contains types but no values."""
    problem, _, path = str(error).partition(" - at `$")
    if "missing required field `findings`" in problem:
        return RecordRejectedError(index, "findings", "is missing", report_id)
    field = path.strip("`.")
    # The name of an unknown field is data from the file, so the error does not repeat it.
    return RecordRejectedError(
        index, field if field in _TEXT_FIELDS else "record", problem, report_id
    )
