"""A draft as a FHIR DiagnosticReport, valid in R4 and R5.

It answers one report and is a resource of its own: it has no `id`, so a server that stores it
assigns a new one, and the original is never overwritten. The original's identifiers, order,
subject, encounter, code, category and time are kept as they came. What could not be resolved where
the answer is read is left out: `result`, `presentedForm`, references to contained resources or by
`urn:`. So are the display of a reference, which is often a patient's name, and the identifier of
the subject: the patient is told by the server's reference alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from chalicelib.intake.fhir import frame_content
from chalicelib.intake.fhir.frame_content import Content
from chalicelib.intake.fhir.resources import DiagnosticReport
from chalicelib.intake.frames import Form, Frame
from chalicelib.intake.record import Record

NAMESPACE: Final = "urn:radiology-impressions:fhir"
DRAFT_TAG: Final = {
    "system": f"{NAMESPACE}:tag",
    "code": "machine-draft",
    "display": "Impression drafted by a machine; not reviewed by a radiologist",
}
# HL7's own label for the same (AI Transparency on FHIR).
AI_LABEL: Final = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    "code": "AIAST",
    "display": "Artificial Intelligence asserted",
}
# The code is required; this one says no more than what every original is.
IMAGING_REPORT: Final = {
    "coding": [
        {
            "system": "http://loinc.org",
            "code": "18748-4",
            "display": "Diagnostic imaging study",
        }
    ]
}
_BUNDLE: Final = b'{"resourceType":"Bundle","type":"collection"'
_DATE_TIME: Final = re.compile(
    r"[0-9]{4}(-[0-9]{2}(-[0-9]{2}"
    r"(T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2}))?)?)?"
)
# A string of FHIR contains no others.
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LOCAL: Final = ("#", "urn:")
# The members of FHIR's data types, the same in R4 and R5.
_ANY: Final = {"id": "string", "extension": "extension"}
_TYPES: Final = {
    "Coding": _ANY
    | {
        "system": "string",
        "version": "string",
        "code": "string",
        "display": "string",
        "userSelected": "boolean",
    },
    "CodeableConcept": _ANY | {"coding": "list of Coding", "text": "string"},
    "Period": _ANY | {"start": "string", "end": "string"},
    "Identifier": _ANY
    | {
        "use": "string",
        "type": "CodeableConcept",
        "system": "string",
        "value": "string",
        "period": "Period",
        "assigner": "Assigner",
    },
    "Assigner": _ANY | {"reference": "string", "type": "string", "display": "string"},
    "Reference": {"reference": "string", "type": "string", "identifier": "Identifier"},
}
# Sorted keys: a replay writes the same bytes.
_ENCODER: Final = msgspec.json.Encoder(order="sorted")


def answer(  # noqa: PLR0913  # what every format's answer is made of
    data: bytes,
    record: Record,
    impression: str,
    *,
    model: str,
    version: str,
    flags: Sequence[str],
    at: datetime,
) -> bytes:
    """Make the answer to one report; the same arguments give the same bytes, on one line.

    Args:
        data: the frame that `record` was read from.
        record: the report.
        impression: the draft.
        model: the model that drafted it.
        version: the version of that model.
        flags: what a reader of the draft must know.
        at: when it was drafted, with a time zone.
    """
    content = frame_content.read(Frame(record.index, 0, data))
    report = msgspec.json.decode(content.report.raw, type=dict[str, Any])
    told = [("model", model), ("version", version), *(("flag", flag) for flag in flags)]
    made: dict[str, Any] = {
        "resourceType": "DiagnosticReport",
        "meta": {"tag": [DRAFT_TAG], "security": [AI_LABEL]},
        "extension": [
            {
                "url": f"{NAMESPACE}:draft",
                "extension": [
                    {"url": name, "valueString": _text(value)} for name, value in told if value
                ],
            }
        ],
        "identifier": _typed(report.get("identifier"), "list of Identifier")
        or _typed(report.get("identifer"), "list of Identifier"),
        "basedOn": list(_orders(record.index, content, report)),
        "status": "preliminary",
        "category": _typed(report.get("category"), "list of CodeableConcept"),
        "code": _typed(report.get("code"), "CodeableConcept"),
        "subject": _subject(report.get("subject")),
        "encounter": _reference(report.get("encounter")),
        **_effective(report),
        "issued": at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "conclusion": _text(impression),
    }
    if not made["identifier"]:
        made["identifier"] = [{"system": f"{NAMESPACE}:report", "value": _text(record.report_id)}]
    made["code"] = made["code"] or IMAGING_REPORT
    return _ENCODER.encode({name: value for name, value in made.items() if value})


def envelope(form: Form, first: bytes, count: int) -> tuple[bytes, bytes, bytes]:  # noqa: ARG001  # HL7's needs it
    """What stands before, between and after the answers of one object.

    A Bundle is answered by one Bundle of type `collection`; other resources by NDJSON.

    Args:
        form: "fhir-bundle" or "fhir".
        first: the first frame; no envelope of FHIR repeats anything of it.
        count: the number of answers.
    """
    if form != "fhir-bundle":
        return b"", b"\n", b"\n" if count > 1 else b""
    if not count:  # FHIR has no empty arrays
        return _BUNDLE, b"", b"}"
    return _BUNDLE + b',"entry":[{"resource":', b'},{"resource":', b"}]}"


def _orders(index: int, content: Content, report: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The orders; one that is only beside the report, by its identifier."""
    inside: dict[str, frame_content.Resource] | None = None
    for given in report.get("basedOn") or ():
        kept = _reference(given)
        if kept is None and isinstance(given.get("reference"), str):
            if inside is None:
                typed = msgspec.json.decode(content.report.raw, type=DiagnosticReport)
                inside = frame_content.contained(index, typed)
            found = content.find(given["reference"], "ServiceRequest", inside, content.report.url)
            order = {} if found is None else msgspec.json.decode(found.raw, type=dict[str, Any])
            identifiers = _typed(order.get("identifier"), "list of Identifier")
            if isinstance(identifiers, list):
                kept = {"type": "ServiceRequest", "identifier": identifiers[0]}
        if kept is not None:
            yield kept


def _reference(given: object) -> dict[str, Any] | None:
    """A reference that means the same wherever the answer is read; None if it does not."""
    kept = _typed(given, "Reference")
    return kept if isinstance(kept, dict) and kept.keys() - {"type"} else None


def _subject(given: object) -> dict[str, Any] | None:
    kept = {
        name: value for name, value in (_reference(given) or {}).items() if name != "identifier"
    }
    return kept if "reference" in kept else None


def _typed(given: object, kind: str) -> object:
    """A value of a data type with what that type has; None if nothing is left.

    References that mean nothing where the answer is read are left out, and so are null and empty
    values and members that FHIR does not have: some senders write them, no server accepts them.
    """
    if kind == "extension":
        return given if isinstance(given, list) and given else None
    if kind in ("string", "boolean"):
        wanted = str if kind == "string" else bool
        return given if isinstance(given, wanted) and given != "" else None
    if kind.startswith("list of "):
        items = [_typed(one, kind.removeprefix("list of ")) for one in _items(given)]
        return [one for one in items if one is not None] or None
    if not isinstance(given, dict):
        return None
    kept = {name: _typed(given.get(name), inner) for name, inner in _TYPES[kind].items()}
    reference = kept.get("reference")
    if isinstance(reference, str) and reference.startswith(_LOCAL):
        del kept["reference"]
    return {name: value for name, value in kept.items() if value is not None} or None


def _items(given: object) -> list[Any]:
    """The items of an array, or of one object where FHIR has an array."""
    return given if isinstance(given, list) else [given]


def _effective(report: dict[str, Any]) -> dict[str, Any]:
    """When the examination was: `effectiveDateTime` or `effectivePeriod`, if valid."""
    if _is_date_time(report.get("effectiveDateTime")):
        return {"effectiveDateTime": report["effectiveDateTime"]}
    period = report.get("effectivePeriod")
    if not isinstance(period, dict):
        return {}
    kept = {name: period[name] for name in ("start", "end") if _is_date_time(period.get(name))}
    return {"effectivePeriod": kept}


def _is_date_time(given: object) -> bool:
    if not isinstance(given, str) or _DATE_TIME.fullmatch(given) is None:
        return False
    try:
        datetime.fromisoformat(given + "-01-01"[len(given) - 4 :] if len(given) < 10 else given)  # noqa: PLR2004  # characters of a date
    except ValueError:
        return False
    return True


def _text(given: str) -> str:
    return _CONTROL.sub(" ", given)
