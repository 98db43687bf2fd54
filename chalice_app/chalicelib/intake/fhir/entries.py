"""The entries of a Bundle: where each begins and ends, and what it contains."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from chalicelib.intake.fhir import scanning
from chalicelib.intake.fhir.refusals import Refusal

# Where a new entry must begin, whatever precedes it.
_BOUNDARY = re.compile(rb'\{[ \t\r\n]*+"(?:fullUrl|resource)"[ \t\r\n]*+:')
_REST = b", \t\r\n"


class Entry(NamedTuple):
    """One entry with a resource, or with a problem; bounds are bytes of the Bundle."""

    position: int
    start: int
    stop: int
    problem: Refusal | None
    kind: str = ""
    url: str | None = None
    id: str | None = None
    resource: tuple[int, int] = (0, 0)


def bounds(text: bytes, start: int) -> Iterator[tuple[int, int]]:
    """Where the entries of the array that begins at `start` begin and end.

    If one entry's brackets do not match, the next begins where an object with a `fullUrl` or a
    `resource` begins: those behind a damaged entry are not lost.
    """
    position = scanning.skip_space(text, start + 1)
    if text[position : position + 1] == b"]":
        return
    while position < len(text):
        stop = scanning.value_end(text, position)
        after = None if stop is None else scanning.skip_space(text, stop)
        if (
            stop is None
            or after is None
            or text[after : after + 1] not in (b",", b"]")
            or (not _is_json(text[position:stop]) and _BOUNDARY.search(text, position + 1, stop))
        ):
            yield from _resynchronized(text, position)
            return
        yield position, stop
        if text[after : after + 1] == b"]":
            return
        position = scanning.skip_space(text, after + 1)


def read(text: bytes, position: int, place: tuple[int, int]) -> Entry | None:
    """What one entry contains; None if it has no resource, as a search's outcome may have."""
    start, stop = place
    if text[start : start + 1] != b"{":
        return Entry(position, start, stop, "no-object")
    if not _is_json(text[start:stop]):
        return Entry(position, start, stop, "damaged")
    keys, found = _members(text, start)
    resource = found.get("resource")
    if len(found) < len(keys):
        return Entry(position, start, stop, "entry-duplicate")
    if resource is None or text[resource.start : resource.start + 4] == b"null":
        return None
    return _with_resource(text, Entry(position, start, stop, None), found)


def _with_resource(text: bytes, entry: Entry, found: dict[str, scanning.Member]) -> Entry:
    start, stop = found["resource"].start, found["resource"].stop
    if text[start : start + 1] != b"{" or stop is None:
        return entry._replace(problem="no-object")
    keys, inner = _members(text, start)
    kind = _string(text, inner.get("resourceType"))
    if keys.count("resourceType") > 1:
        return entry._replace(problem="entry-duplicate")
    if kind is None:
        return entry._replace(problem="no-type")
    return entry._replace(
        problem="nested" if kind == "Bundle" else None,
        kind=kind,
        url=_string(text, found.get("fullUrl")),
        id=_string(text, inner.get("id")),
        resource=(start, stop),
    )


def _is_json(entry: bytes) -> bool:
    try:
        msgspec.json.decode(entry, type=msgspec.Raw)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True


def _members(text: bytes, start: int) -> tuple[list[str], dict[str, scanning.Member]]:
    """The keys of an object, and its members by key."""
    found = list(scanning.members(text, start))
    return [member.key for member in found], {member.key: member for member in found}


def _string(text: bytes, member: scanning.Member | None) -> str | None:
    if member is None:
        return None
    try:
        return msgspec.json.decode(text[member.start : member.stop], type=str)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _resynchronized(text: bytes, start: int) -> Iterator[tuple[int, int]]:
    places = [start, *(found.start() for found in _BOUNDARY.finditer(text, start + 1))]
    for place, after in zip(places, [*places[1:], None], strict=True):
        piece = text[place:after]
        stop = scanning.value_end(piece, 0)
        if stop is None or (after is not None and piece[stop:].strip(_REST)):
            stop = len(piece.rstrip(_REST))
        yield place, place + stop
