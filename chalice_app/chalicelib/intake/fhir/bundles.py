"""Splits a Bundle into one frame per DiagnosticReport, each with only what that report refers to.

A frame of a report contains a Bundle: the report's entry and the entries of its Observations and
ServiceRequests as they came; of its Patient only what `read` uses, so that names and pictures go
no further. What cannot be used becomes a frame that fails alone, and says by `refused` which entry
it was.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Final, NamedTuple

import msgspec

from chalicelib.intake.fhir import detection, entries, scanning
from chalicelib.intake.fhir.entries import Entry
from chalicelib.intake.fhir.references import Resolver
from chalicelib.intake.fhir.refusals import Refusal
from chalicelib.intake.frames import MAX_RECORD_BYTES, Frame

MAX_BUNDLE_BYTES: Final = 32 << 20
MAX_ENTRIES: Final = 100_000
# Observations that many reports share are copied into the frame of each.
MAX_COPIES: Final = 16
CONTEXT: Final = frozenset({"Composition", "Observation", "Patient", "ServiceRequest"})
_SPACE = b" \t\r\n"


class _Reference(msgspec.Struct):
    reference: str | None = None


class _OfReport(msgspec.Struct):
    """What a report refers to, of that which is read."""

    result: list[_Reference] | None = None
    basedOn: list[_Reference] | None = None  # noqa: N815  # FHIR's name
    subject: _Reference | None = None
    composition: _Reference | None = None


class _OfObservation(msgspec.Struct):
    hasMember: list[_Reference] | None = None  # noqa: N815  # FHIR's name


class _Outcome(NamedTuple):
    """The data of one frame; None if it is longer than MAX_RECORD_BYTES."""

    data: bytes | None


def split(data: bytes, index: int, offset: int) -> Iterator[Frame]:
    """Yield the frames of one FHIR JSON object; what is not a Bundle is one frame as it is.

    Args:
        data: the object; a Bundle longer than MAX_BUNDLE_BYTES is one frame without data.
        index: the index of its first record.
        offset: the byte of the text at which it begins.
    """
    for part, outcome in enumerate(_outcomes(data)):
        yield Frame(index + part, offset, outcome.data, part)


def _outcomes(data: bytes) -> Iterator[_Outcome]:
    if detection.detect(data) != "fhir-bundle":
        yield _Outcome(data if len(data) <= MAX_RECORD_BYTES else None)
        return
    if len(data) > MAX_BUNDLE_BYTES:
        yield _Outcome(None)
        return
    found = detection.outline(data, scanning.skip_space(data, 0))
    if len(set(found.keys)) < len(found.keys):
        yield _refused("duplicate")
    elif found.entry is None:
        yield _refused("no-report" if found.stop is not None else "cut")
    elif data[found.entry.start : found.entry.start + 1] != b"[":
        yield _refused("no-array")
    else:
        ended = found.stop is not None and not data[found.stop :].strip(_SPACE)
        yield from _reports(data, found.entry.start, ended=ended)


def _reports(data: bytes, start: int, *, ended: bool) -> Iterator[_Outcome]:
    known: list[Entry] = []
    for position, place in enumerate(entries.bounds(data, start)):
        if position == MAX_ENTRIES:
            yield _refused("too-many")
            return
        found = entries.read(data, position, place)
        if found is not None:
            known.append(found)
    reports = [one for one in known if one.kind == "DiagnosticReport"]
    problems = any(one.problem for one in known)
    copied = _Copies(data, known, MAX_COPIES * len(data))
    for one in known:
        if one.problem:
            yield _refused(one.problem, one.position)
        elif one.kind == "DiagnosticReport":
            yield copied.frame(one, alone=len(reports) == 1)
    if not problems and not ended:
        yield _refused("cut")
    elif not problems and not reports:
        yield _refused("no-report")


class _Copies:
    """Copies each report with what it refers to, up to a number of bytes in total."""

    def __init__(self, data: bytes, known: list[Entry], left: int) -> None:
        self._data = data
        self._known = known
        self._left = left
        self._resolver = Resolver((one.url, one.kind, one.id) for one in known)
        documents = [place for place, one in enumerate(known) if one.kind == "Composition"]
        # The Composition of a document is about its report, whichever of them refers to the other.
        self._document = documents if len(documents) == 1 else []

    def frame(self, report: Entry, *, alone: bool) -> _Outcome:
        """The data of a report's frame; `alone` if the Bundle contains no other report."""
        context = [_context(self._data, other) for other in self._needed(report, alone=alone)]
        size = report.stop - report.start + sum(map(len, context))
        if size > MAX_RECORD_BYTES:
            return _Outcome(None)
        self._left -= size
        if self._left < 0:
            return _refused("shared", report.position)
        return _Outcome(_bundle([self._data[report.start : report.stop], *context]))

    def _needed(self, report: Entry, *, alone: bool) -> list[Entry]:
        taken: dict[int, None] = dict.fromkeys(self._document if alone else ())
        queue = deque([report])
        while queue:
            one = queue.popleft()
            for reference in _references(self._data, one):
                found = self._resolver.find(reference, one.url)
                if found is None or found in taken or self._known[found].kind not in CONTEXT:
                    continue
                taken[found] = None
                if self._known[found].kind == "Observation":
                    queue.append(self._known[found])
        return [self._known[position] for position in taken]


def _references(data: bytes, entry: Entry) -> Iterator[str]:
    resource = data[slice(*entry.resource)]
    links: list[_Reference | None]
    try:
        if entry.kind == "Observation":
            links = [*(msgspec.json.decode(resource, type=_OfObservation).hasMember or ())]
        else:
            found = msgspec.json.decode(resource, type=_OfReport)
            links = [*(found.result or ()), *(found.basedOn or ())]
            links += [found.subject, found.composition]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return  # reading the record names what is wrong with it
    for one in links:
        if one is not None and one.reference:
            yield one.reference


def _context(data: bytes, entry: Entry) -> bytes:
    if entry.kind != "Patient":
        return data[entry.start : entry.stop]
    parts = [b'"resourceType":"Patient"']
    for member in scanning.members(data, entry.resource[0]):
        if member.key in ("id", "gender", "birthDate"):
            value = data[member.start : member.stop]
            parts.append(b'"%b":%b' % (member.key.encode(), value))
    url = b"" if entry.url is None else b'"fullUrl":%b,' % msgspec.json.encode(entry.url)
    return b'{%b"resource":{%b}}' % (url, b",".join(parts))


def _bundle(parts: list[bytes]) -> bytes:
    return b'{"resourceType":"Bundle","type":"collection","entry":[%b]}' % b",".join(parts)


def _refused(refusal: Refusal, position: int | None = None) -> _Outcome:
    content = {"resourceType": "Bundle", "refused": refusal, "position": position}
    return _Outcome(msgspec.json.encode(content))
