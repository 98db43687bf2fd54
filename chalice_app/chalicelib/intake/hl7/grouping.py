"""Splits one message into its records: each order (ORC, OBR) with what follows it is one.

The data of a record is MSH with what describes the patient and the order's own segments, byte for
byte, so that it can be read alone. An order without an OBX of its own, in a message in which others
have some, is a record that fails when it is read: its report may stand under another order, but
whose it is cannot be told. OBX that stand before any order belong to the one that follows.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from chalicelib.intake.frames import MAX_RECORD_BYTES
from chalicelib.intake.hl7.syntax import SyntaxProblemError, raw_segments, separators_of

# All records of one message together: each repeats the header and the patient.
_LONGEST_SPLIT = 32 * MAX_RECORD_BYTES
# Maps each byte to one character and back.
_BYTES = "latin-1"


class _Order(NamedTuple):
    """One order group, and what describes its patient: the same list for all of a patient's."""

    patient: list[str]
    own: list[str]
    names: set[str]


def records_of(message: bytes) -> list[bytes | None]:
    """The data of each record of a message; a message that cannot be split is one record.

    None stands for a message whose records would be too long together.
    """
    if _has_one_order(message):  # nearly always: the record is the message
        return [message]
    text = message.decode(_BYTES)
    try:
        separator = separators_of(text).field
    except SyntaxProblemError:
        return [message]
    header, *segments = raw_segments(text, separator)
    if not is_result(header.split(separator)) or not any(one.startswith("OBX") for one in segments):
        return [message]
    common, orders = _orders(segments)
    shared = len(header) + sum(map(len, common))
    sizes = (shared + sum(map(len, order.patient)) for order in orders)
    if len(orders) > 1 and sum(sizes) > _LONGEST_SPLIT:
        return [None]
    return [
        "".join([header, *common, *order.patient, *order.own]).encode(_BYTES) for order in orders
    ]


def _has_one_order(message: bytes) -> bool:
    """Whether a message has one order at most, told without separating its segments."""
    if any(message.count(name) > 1 for name in (b"PID", b"ORC", b"OBR")):
        return False
    patient, common, order, report = map(message.find, (b"PID", b"ORC", b"OBR", b"OBX"))
    found = [at for at in (common, order, report) if at >= 0]
    return (not found or patient < min(found)) and (order < 0 or common < order)


def is_result(header: list[str]) -> bool:
    """Whether the fields of MSH, without MSH-1, are those of an ORU message (MSH-9)."""
    kind = header[8] if len(header) > 8 else ""  # noqa: PLR2004  # MSH-9
    return re.match(r"ORU(?![A-Za-z0-9])", kind, re.IGNORECASE) is not None


def _orders(segments: list[str]) -> tuple[list[str], list[_Order]]:
    """What stands before any patient, and the orders; the segments of a PID begin a patient.

    A patient without an order is one without a report: a record that fails.
    """
    common: list[str] = []
    orders: list[_Order] = []
    patient: list[str] | None = None
    current: _Order | None = None
    for segment in segments:
        name = segment[:3]
        if name == "PID":
            if patient is not None and current is None:
                orders.append(_Order(patient, [], set()))
            patient, current = [], None
        if name in ("ORC", "OBR", "OBX") and (current is None or _begins_order(name, current)):
            current = _Order(patient or [], [], set())
            orders.append(current)
        if current is not None:
            current.own.append(segment)
            current.names.add(name)
        else:
            (common if patient is None else patient).append(segment)
    if patient is not None and current is None:
        orders.append(_Order(patient, [], set()))
    return common, orders


def _begins_order(name: str, current: _Order) -> bool:
    has = current.names
    if name == "OBR":
        return "OBR" in has
    return name == "ORC" and ("OBR" in has or {"ORC", "OBX"} <= has)
