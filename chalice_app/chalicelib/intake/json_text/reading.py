"""Turns the bytes of one record into a typed record, or an error that names the field."""

from __future__ import annotations

from typing import Any

import msgspec

from chalicelib.errors import RecordRejectedError
from chalicelib.intake.frames import MAX_RECORD_BYTES, Frame
from chalicelib.intake.json_text.decoding import ID_FIELDS, decode, usable_id
from chalicelib.intake.json_text.wrapped import is_list_of_objects
from chalicelib.intake.record import MAX_REPORT_ID_CHARACTERS, Record, record

_TEXT_FIELDS = frozenset({"findings", "impression"})
# How DynamoDB writes types: {"findings": {"S": "..."}}.
_DYNAMODB_TYPES = frozenset({"S", "N", "B", "BOOL", "NULL", "M", "L", "SS", "NS", "BS"})


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
        problem = (
            f"is longer than {MAX_RECORD_BYTES} bytes; shorten it, or send its reports as an array"
        )
        raise RecordRejectedError(found.index, "record", problem)
    values, flags = decode(found.index, found.data)
    if _has_typed_findings(values):
        problem = "is DynamoDB's typed JSON; convert the item to plain JSON"
        raise RecordRejectedError(found.index, "findings", problem)
    id_field, report_id = _report_id(found.index, values)
    try:
        fields = msgspec.convert(values, _Fields)
    except msgspec.ValidationError as error:
        raise _rejected(found.index, error, report_id, values) from None
    taken = {*_TEXT_FIELDS, id_field}
    return record(
        found.index,
        object_id,
        max_findings_characters,
        report_id=report_id,
        findings=fields.findings,
        impression=fields.impression,
        metadata={name: value for name, value in values.items() if name not in taken},
        flags=flags,
    )


def _report_id(index: int, values: dict[str, Any]) -> tuple[str | None, str | None]:
    """Return the name and value of the id field; reject an id that is not usable."""
    for name in ID_FIELDS:
        value = values.get(name)
        if value is None:
            continue
        if not isinstance(value, str) and type(value) is not int:
            problem = f"Expected `str` or a whole number, got `{type(value).__name__}`"
            raise RecordRejectedError(index, name, problem)
        report_id = usable_id(value)
        if report_id is None:
            problem = f"must have 1 to {MAX_REPORT_ID_CHARACTERS} characters"
            raise RecordRejectedError(index, name, problem)
        return name, report_id
    return None, None


def _rejected(
    index: int, error: msgspec.ValidationError, report_id: str | None, values: dict[str, Any]
) -> RecordRejectedError:
    """Extract field and problem from msgspec's message, which contains types but no values."""
    problem, _, path = str(error).partition(" - at `$")
    if "missing required field `findings`" in problem:
        problem = "is missing"
        inner = [value for value in values.values() if isinstance(value, dict)]
        if any(is_list_of_objects(value) for one in (values, *inner) for value in one.values()):
            problem += "; if the object is only a wrapper of reports, send the array itself"
        return RecordRejectedError(index, "findings", problem, report_id)
    field = path.strip("`.")
    # The name of an unknown field is data from the file, so the error does not repeat it.
    return RecordRejectedError(
        index, field if field in _TEXT_FIELDS else "record", problem, report_id
    )


def _has_typed_findings(values: dict[str, Any]) -> bool:
    """Whether a record is an item as DynamoDB writes it, alone or inside an export's object."""
    nested = values.values() if "findings" not in values else ()
    items = [values, *(value for value in nested if isinstance(value, dict))]
    findings = [item.get("findings") for item in items]
    return any(
        isinstance(value, dict) and len(value) == 1 and _DYNAMODB_TYPES.issuperset(value)
        for value in findings
    )
