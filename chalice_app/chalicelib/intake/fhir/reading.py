"""Turns a DiagnosticReport of FHIR R4 or R5 into a record, or an error that names the element."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from chalicelib.errors import RecordRejectedError
from chalicelib.intake.fhir import choosing, frame_content, pieces, resources
from chalicelib.intake.fhir.frame_content import Content, Resource, decode
from chalicelib.intake.fhir.patients import age_and_sex
from chalicelib.intake.frames import Frame
from chalicelib.intake.record import (
    MAX_METADATA_BYTES,
    MAX_REPORT_ID_CHARACTERS,
    METADATA_DROPPED,
    Record,
    Status,
    record,
)

# `modified` is R5's: changed before it is final. `unknown` is a code of FHIR: the sender does not
# know which of the others applies.
STATUSES: Final[dict[str, Status | None]] = {
    "registered": "preliminary",
    "partial": "preliminary",
    "preliminary": "preliminary",
    "modified": "preliminary",
    "final": "final",
    "amended": "corrected",
    "corrected": "corrected",
    "appended": "corrected",
    "unknown": None,
}
CANCELLED: Final = frozenset({"cancelled", "entered-in-error"})
_MOST_OBSERVATIONS: Final = 1000


def read(found: Frame, object_id: str, max_findings_characters: int) -> Record:
    """Decode and check one report.

    Args:
        found: one resource, or one report in a Bundle as `bundles.split` makes it.
        object_id: identifies a record that has no id of its own: `<object id>-<index>`.
        max_findings_characters: a record with longer findings is rejected, never truncated.

    Raises:
        RecordRejectedError: the message names the record's index and the element, never its text.
    """
    content = frame_content.read(found)
    reader = _Reader(found.index, content)
    return reader.record(object_id, max_findings_characters)


class _Reader:
    """One report, its contained resources, and what it refers to."""

    def __init__(self, index: int, content: Content) -> None:
        self._index = index
        self._content = content
        raw = content.report.raw
        ids = decode(index, "DiagnosticReport", raw, resources.ReportIds)
        self._id_place, self._id = _report_id(ids)
        self._report = decode(index, "DiagnosticReport", raw, resources.DiagnosticReport, self._id)
        self._contained = frame_content.contained(index, self._report)
        self._orders = list(self._read_orders())
        if self._id is None:
            self._id_place, self._id = self._other_id()

    def record(self, object_id: str, max_findings_characters: int) -> Record:
        self._check_id()
        status = self._status()
        texts, missing = self._texts()
        try:
            chosen = choosing.choose(self._report, texts, missing)
        except choosing.ChoiceError as error:
            raise self._rejected(error.place, error.problem) from None
        metadata, sections = self._metadata(chosen.sections)
        left = MAX_METADATA_BYTES - _size(metadata)
        kept = _short_enough(sections, left)
        if kept:
            metadata["sections"] = kept
        return record(
            self._index,
            object_id,
            max_findings_characters,
            report_id=self._id,
            findings=chosen.findings,
            impression=chosen.impression,
            metadata=metadata,
            # `record` drops and flags metadata that are too long even without sections.
            flags=() if len(kept) == len(sections) or left < 0 else (METADATA_DROPPED,),
            status=status,
            places={"findings": chosen.place, "impression": chosen.impression_place},
        )

    def _rejected(self, place: str, problem: str) -> RecordRejectedError:
        return RecordRejectedError(self._index, place, problem, self._id)

    def _check_id(self) -> None:
        if self._id is not None and len(self._id) > MAX_REPORT_ID_CHARACTERS:
            problem = f"must have 1 to {MAX_REPORT_ID_CHARACTERS} characters"
            raise RecordRejectedError(self._index, self._id_place, problem)

    def _status(self) -> Status | None:
        # A report whose status is unknown to us may be void: FHIR calls it a modifier element.
        code = (self._report.status or "").strip().casefold()
        place = "DiagnosticReport.status"
        if code in CANCELLED:
            raise self._rejected(place, "the report is cancelled; no draft is made")
        if not code:
            raise self._rejected(place, "is missing; send one of FHIR's, such as final")
        if code not in STATUSES:
            raise self._rejected(place, "is none of FHIR's; send one, such as final")
        return STATUSES[code]

    def _read_orders(self) -> Iterator[resources.ServiceRequest]:
        for position, reference in enumerate(self._report.based_on or ()):
            found = self._find(reference.reference, "ServiceRequest")
            if found is not None:
                place = f"DiagnosticReport.basedOn[{position}]"
                yield decode(self._index, place, found.raw, resources.ServiceRequest, self._id)

    def _other_id(self) -> tuple[str, str | None]:
        """The order's identifier, else the resource's id."""
        given = [one.identifier for one in self._report.based_on or () if one.identifier]
        given += [one for order in self._orders for one in order.identifier or ()]
        value = _best(given)
        if value is not None:
            return "DiagnosticReport.basedOn", value
        return "DiagnosticReport.id", (self._report.id or "").strip() or None

    def _find(self, reference: str | None, kind: str, base: str | None = None) -> Resource | None:
        base = base or self._content.report.url
        return self._content.find(reference, kind, self._contained, base)

    def _texts(self) -> tuple[list[pieces.Piece], str | None]:
        """The texts of Observations and Composition, and the place of a result that is missing."""
        found: list[pieces.Piece] = []
        missing = None
        queue: deque[tuple[str, Resource | None]] = deque()
        for position, reference in enumerate(self._report.result or ()):
            place = f"DiagnosticReport.result[{position}]"
            queue.append((place, self._find(reference.reference, "Observation")))
        if not self._report.result:
            for position, one in enumerate(self._contained.values()):
                if one.kind == "Observation":
                    queue.append((f"DiagnosticReport.contained[{position}]", one))
        seen: set[int] = set()
        while queue:
            place, resource = queue.popleft()
            if resource is None:
                missing = missing or place
                continue
            if id(resource) in seen:
                continue
            seen.add(id(resource))
            if len(seen) > _MOST_OBSERVATIONS:
                problem = f"refers to more than {_MOST_OBSERVATIONS} Observations"
                raise self._rejected("DiagnosticReport.result", problem)
            observation = decode(self._index, place, resource.raw, resources.Observation, self._id)
            found += pieces.of_observation(place, observation)
            for position, member in enumerate(observation.has_member or ()):
                inner = self._find(member.reference, "Observation", resource.url)
                queue.append((f"{place}.hasMember[{position}]", inner))
        # A document repeats the text of its Observations.
        coded = any(one.section in (pieces.FINDINGS, pieces.WHOLE) for one in found)
        document = (
            one for one in self._of_composition() if not coded or one.section != pieces.FINDINGS
        )
        return [*found, *document], missing

    def _of_composition(self) -> Iterator[pieces.Piece]:
        for one in self._content.others:
            if one.kind == "Composition":
                read = decode(self._index, one.kind, one.raw, resources.Composition, self._id)
                yield from pieces.of_sections("Composition.section", read.section)

    def _metadata(self, sections: dict[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
        """All metadata but the sections, and the sections."""
        report = self._report
        metadata: dict[str, Any] = {"format": "fhir"}
        metadata["report_status"] = (report.status or "").strip().casefold()
        procedure = pieces.label_of(report.code)
        if procedure:
            metadata["procedure"] = procedure
        reference = None if report.subject is None else report.subject.reference
        patient = self._find(reference, "Patient")
        if patient is not None:
            period = report.effective_period
            examined = report.effective_date_time or (period and period.start) or report.issued
            place = "DiagnosticReport.subject"
            read = decode(self._index, place, patient.raw, resources.Patient, self._id)
            metadata |= age_and_sex(read, examined)
        reasons = "; ".join(dict.fromkeys(self._reasons()))
        if reasons and "indication" not in sections:
            sections = {"indication": reasons} | sections
        return metadata, sections

    def _reasons(self) -> Iterator[str]:
        for order in self._orders:
            concepts = [*(order.reason_code or ()), *(one.concept for one in order.reason or ())]
            for concept in concepts:
                label = pieces.label_of(concept)
                if label:
                    yield label


def _short_enough(sections: dict[str, str], left: int) -> dict[str, str]:
    """The sections that fit into so many bytes; the longest are left out first."""
    kept = set()
    left -= _size({"sections": {}})
    for name, text in sorted(sections.items(), key=lambda one: len(one[1])):
        left -= _size({name: text})
        if left < 0:
            break
        kept.add(name)
    return {name: text for name, text in sections.items() if name in kept}


def _size(value: dict[str, Any]) -> int:
    return len(msgspec.json.encode(value))


def _report_id(ids: resources.ReportIds) -> tuple[str, str | None]:
    for name, given in (("identifier", ids.identifier), ("identifer", ids.identifer)):
        value = _best([given] if isinstance(given, resources.Identifier) else given or ())
        if value is not None:
            return f"DiagnosticReport.{name}", value
    return "", None


def _best(identifiers: Iterable[resources.Identifier]) -> str | None:
    """The accession number, else the first identifier with a value."""
    usable = [one for one in identifiers if one.value is not None and one.value.strip()]
    usable.sort(key=lambda one: not _is_accession(one.type))
    return None if not usable else (usable[0].value or "").strip()


def _is_accession(kind: resources.CodeableConcept | None) -> bool:
    if kind is None:
        return False
    codes = {coding.code for coding in kind.coding or ()}
    return "ACSN" in codes or "accession" in (kind.text or "").casefold()
