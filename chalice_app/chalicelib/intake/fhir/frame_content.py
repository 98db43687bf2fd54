"""Reads a frame: one resource, or one DiagnosticReport in a Bundle with what it refers to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple, TypeVar

import msgspec

from chalicelib.errors import RecordRejectedError
from chalicelib.intake.fhir import refusals, resources
from chalicelib.intake.fhir.references import Resolver
from chalicelib.intake.fhir.resource_types import RESOURCE_TYPES
from chalicelib.intake.frames import MAX_RECORD_BYTES, Frame

T = TypeVar("T", bound=msgspec.Struct)


class Resource(NamedTuple):
    """A resource as it came, its type, its id, and its fullUrl."""

    kind: str
    id: str | None
    raw: bytes
    url: str | None = None


class Content:
    """The report of a frame, and the resources that it may refer to."""

    def __init__(self, report: Resource, others: list[Resource]) -> None:
        """`others` are the other resources of its Bundle."""
        self.report = report
        self.others = others
        self._resolver = Resolver((one.url, one.kind, one.id) for one in others)

    def find(
        self, reference: str | None, kind: str, contained: dict[str, Resource], base: str | None
    ) -> Resource | None:
        """The resource of a type that a reference means: contained in the report, or beside it."""
        if not reference:
            return None
        if reference.startswith("#"):
            found = contained.get(reference[1:])
        else:
            position = self._resolver.find(reference, base)
            found = None if position is None else self.others[position]
        return found if found is not None and found.kind == kind else None


def read(found: Frame) -> Content:
    """Read the frame's JSON and find its report.

    Raises:
        RecordRejectedError: it is not JSON, or not exactly one DiagnosticReport.
    """
    index = found.index
    if found.data is None:
        problem = f"is longer than {MAX_RECORD_BYTES} bytes (a Bundle: 32 MiB); split or shorten it"
        raise RecordRejectedError(index, "resource", problem)
    _check_json(index, found.data)
    kind = decode(index, "resource", found.data, resources.Kind).resource_type
    if kind == "DiagnosticReport":
        return Content(Resource(kind, None, found.data), [])
    if kind != "Bundle":
        raise RecordRejectedError(index, "resourceType", _other_type(kind))
    return _of_bundle(index, decode(index, "Bundle", found.data, resources.Bundle))


def contained(index: int, report: resources.DiagnosticReport) -> dict[str, Resource]:
    """The resources contained in a report, by id; without one, by a name that no reference has."""
    found: dict[str, Resource] = {}
    for position, raw in enumerate(report.contained or ()):
        place = f"DiagnosticReport.contained[{position}]"
        said = decode(index, place, bytes(raw), resources.Kind)
        if said.name in found:
            raise RecordRejectedError(index, f"{place}.id", "is not the only one with this value")
        name = f"#{position}" if said.name is None else said.name
        found[name] = Resource(said.resource_type or "", said.name, bytes(raw))
    return found


def decode(index: int, place: str, data: bytes, struct: type[T], report_id: str | None = None) -> T:
    """Decode the members of a resource that are read.

    Raises:
        RecordRejectedError: one is of the wrong type; the message names its path and no value.
    """
    try:
        return msgspec.json.decode(data, type=struct)
    except msgspec.ValidationError as error:
        # Only names that our structs declare can be in a path.
        problem, _, path = str(error).partition(" - at `$")
        raise RecordRejectedError(index, f"{place}{path.strip('`')}", problem, report_id) from None


def _of_bundle(index: int, bundle: resources.Bundle) -> Content:
    if bundle.refused in refusals.REFUSALS:
        place, problem = refusals.describe(bundle.refused, bundle.position)
        raise RecordRejectedError(index, place, problem)
    reports: list[Resource] = []
    others: list[Resource] = []
    for one in _resources_of(index, bundle):
        (reports if one.kind == "DiagnosticReport" else others).append(one)
    if len(reports) != 1:
        place, problem = refusals.describe("no-report", None)
        if reports:
            problem = "contains several DiagnosticReports; send them as one Bundle per file"
        raise RecordRejectedError(index, place, problem)
    return Content(reports[0], others)


def _resources_of(index: int, bundle: resources.Bundle) -> Iterator[Resource]:
    for position, entry in enumerate(bundle.entry or ()):
        raw = bytes(entry.resource)
        if raw in (b"", b"null"):
            continue
        said = decode(index, f"Bundle.entry[{position}].resource", raw, resources.Kind)
        yield Resource(said.resource_type or "", said.name, raw, entry.full_url)


def _other_type(kind: str | None) -> str:
    if kind is None:
        return "is missing; send FHIR DiagnosticReports or a Bundle"
    named = f"FHIR {kind}" if kind in RESOURCE_TYPES else "resource of another type"
    return f"is a {named}; send DiagnosticReports or a Bundle"


def _check_json(index: int, data: bytes) -> None:
    try:
        msgspec.json.decode(data, type=dict[str, Any])
        # msgspec silently uses the last of two equal keys, but it is unclear which one was meant.
        json.loads(data, object_pairs_hook=_refuse_duplicates, parse_int=str, parse_float=str)
    except msgspec.ValidationError as error:
        problem = str(error).partition(" - at `$")[0]
        raise RecordRejectedError(index, "resource", problem) from None
    except msgspec.DecodeError:
        problem = "is not valid JSON (NaN, lone surrogates and control characters are not allowed)"
        raise RecordRejectedError(index, "resource", problem) from None
    except UnicodeDecodeError:
        raise RecordRejectedError(index, "resource", "is not valid UTF-8") from None
    except RecursionError:
        raise RecordRejectedError(index, "resource", "is nested too deeply") from None
    except _DuplicateKeyError:
        problem = "contains the same key twice; keep one of them"
        raise RecordRejectedError(index, "resource", problem) from None
    except ValueError:
        raise RecordRejectedError(index, "resource", "contains a number that is too long") from None


class _DuplicateKeyError(ValueError):
    """Two equal keys in one JSON object."""


def _refuse_duplicates(pairs: list[tuple[str, Any]]) -> None:
    if len({name for name, _ in pairs}) != len(pairs):
        raise _DuplicateKeyError
