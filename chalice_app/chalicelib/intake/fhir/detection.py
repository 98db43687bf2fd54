"""Tells FHIR from other JSON by the members of the first object."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from chalicelib.intake.fhir import scanning
from chalicelib.intake.frames import Form


class Outline(NamedTuple):
    """What the members of an object say of it.

    `resource_type` is None if it has none, or one that is no string. `entry` is the `entry` member
    of a Bundle. `keys` has one item per member. `stop` is where the object ends; None if its
    members cannot be told apart up to there.
    """

    resource_type: str | None
    entry: scanning.Member | None
    keys: list[str]
    stop: int | None


def outline(text: bytes, start: int = 0) -> Outline:
    """Read the members of the object that begins at `start`, none of their values."""
    resource_type, entry = None, None
    keys: list[str] = []
    stop: int | None = start + 1
    for member in scanning.members(text, start):
        keys.append(member.key)
        if member.key == "resourceType" and member.stop is not None:
            resource_type = _string(text[member.start : member.stop])
        elif member.key == "entry":
            entry = member
        stop = member.stop
    end = None if stop is None else scanning.skip_space(text, stop)
    closed = end is not None and text[end : end + 1] == b"}"
    return Outline(resource_type, entry, keys, end + 1 if end is not None and closed else None)


def detect(head: bytes) -> Form | None:
    """Detect FHIR in the first bytes of a JSON text: from the members of its first object.

    The object is FHIR if it has a string `resourceType` and no `findings`: a record of ours may
    have a `resourceType`. Where the head ends before the object does, the members so far decide.
    A Bundle whose `resourceType` comes after all of its entries, as with sorted keys, is recognised
    by the resource of its first entry.

    Args:
        head: the beginning of the text, such as its first HEAD_BYTES.

    Returns:
        "fhir-bundle", "fhir", or None for all else.
    """
    start = scanning.skip_space(head, 0)
    if head[start : start + 1] != b"{":
        return None
    found = outline(head, start)
    if "findings" in found.keys:
        return None
    if found.resource_type is None:
        cut = found.stop is None and _has_resources(head, found.entry)
        return "fhir-bundle" if cut else None
    return "fhir-bundle" if found.resource_type == "Bundle" else "fhir"


def _has_resources(text: bytes, entry: scanning.Member | None) -> bool:
    if entry is None or text[entry.start : entry.start + 1] != b"[":
        return False
    first = scanning.skip_space(text, entry.start + 1)
    if text[first : first + 1] != b"{":
        return False
    return any(
        member.key == "resource"
        and text[member.start : member.start + 1] == b"{"
        and outline(text, member.start).resource_type is not None
        for member in scanning.members(text, first)
    )


def _string(value: bytes) -> str | None:
    try:
        return msgspec.json.decode(value, type=str)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
