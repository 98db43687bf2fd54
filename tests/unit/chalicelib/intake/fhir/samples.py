"""Invented FHIR resources, and what the tests do with them."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from chalicelib.errors import RecordRejectedError
from chalicelib.intake.fhir import bundles
from chalicelib.intake.fhir.reading import read
from chalicelib.intake.frames import Frame
from chalicelib.intake.record import Record

CANARY = "Zqxcanary"
LOINC = "http://loinc.org"
WHOLE = "TECHNIQUE: CT.\nFINDINGS: Clear lungs.\nIMPRESSION: Normal."


def code(number: str, system: str | None = LOINC) -> dict[str, Any]:
    coding = {"code": number} if system is None else {"system": system, "code": number}
    return {"coding": [coding]}


def observation(identity: str | None, text: str | None, **more: Any) -> dict[str, Any]:
    """An Observation of findings, unless `more` says otherwise."""
    made: dict[str, Any] = {"resourceType": "Observation", "status": "final"}
    made |= {"code": code("59776-5")} | more
    if identity is not None:
        made["id"] = identity
    if text is not None:
        made["valueString"] = text
    return made


def report(**members: Any) -> dict[str, Any]:
    made = {"resourceType": "DiagnosticReport", "status": "final", "code": {"text": "Chest CT"}}
    return {name: value for name, value in (made | members).items() if value is not ...}


def with_findings(findings: str = "Clear lungs.", /, **members: Any) -> dict[str, Any]:
    """A report with coded findings, contained in it."""
    found = [observation("f", findings), *members.pop("contained", [])]
    return report(contained=found, result=[{"reference": "#f"}], **members)


def form(content: str | bytes, content_type: str | None = "text/plain") -> dict[str, Any]:
    raw = content.encode() if isinstance(content, str) else content
    made = {"data": base64.b64encode(raw).decode()}
    return made if content_type is None else made | {"contentType": content_type}


def bundle(*resources: Any, **members: Any) -> dict[str, Any]:
    """A Bundle; a resource may come as (fullUrl, resource)."""
    entries = [
        {"fullUrl": one[0], "resource": one[1]} if isinstance(one, tuple) else {"resource": one}
        for one in resources
    ]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries} | members


def encoded(value: Any) -> bytes:
    return value if isinstance(value, bytes) else json.dumps(value).encode()


def frames(value: Any) -> list[Frame]:
    return list(bundles.split(encoded(value), 0, 0))


def outcomes(value: Any, limit: int = 20_000) -> list[Record | str]:
    """Each frame's record, or its error, which contains no text of the file."""
    found: list[Record | str] = []
    for frame in frames(value):
        try:
            found.append(read(frame, "object", limit))
        except RecordRejectedError as error:
            assert CANARY not in str(error)
            assert error.index == frame.index
            found.append(str(error))
    return found


def record(value: Any, limit: int = 20_000) -> Record:
    (found,) = outcomes(value, limit)
    assert isinstance(found, Record), found
    return found


def rejected(value: Any, limit: int = 20_000) -> RecordRejectedError:
    (frame,) = frames(value)
    with pytest.raises(RecordRejectedError) as caught:
        read(frame, "object", limit)
    assert CANARY not in str(caught.value)
    return caught.value
