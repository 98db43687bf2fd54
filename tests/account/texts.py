"""JSON and JSON Lines as their strictest readers take them, and reports as HL7 v2."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec


def decode(line: bytes) -> Any:
    """Read JSON strictly: NaN and Infinity are refused."""
    return msgspec.json.decode(line)


def lines(data: bytes) -> list[bytes]:
    """Cut JSON Lines as its readers do: at every newline, CR too."""
    assert data.endswith(b"\n")
    assert b"\r" not in data
    return data[:-1].split(b"\n")


def json_lines(*records: object) -> bytes:
    """Write JSON Lines."""
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def hl7_batch(*records: Mapping[str, Any]) -> bytes:
    """Write reports as a batch of preliminary ORU messages; one without findings has no OBX."""
    segments = [r"FHS|^~\&|RIS|WARD", r"BHS|^~\&|RIS|WARD"]
    for number, record in enumerate(records):
        name = record["report_id"]
        segments += [
            rf"MSH|^~\&|RIS|WARD|||20261102030405||ORU^R01|{name}|P|2.5.1",
            "PID|1||12345||Doe^Jane||19600102|F",
            f"OBR|1|P{number}|{name}|71046^Chest|||20261102030000||||||||||||||||||P",
        ]
        if "findings" in record:
            segments.append(f"OBX|1|TX|59776-5^Findings^LN||{record['findings']}||||||P")
    segments += [f"BTS|{len(records)}", "FTS|1"]
    return "".join(segment + "\r" for segment in segments).encode()


def fhir_report(record: Mapping[str, Any]) -> bytes:
    """Write a report as a preliminary FHIR DiagnosticReport with its findings inside."""
    findings = {
        "resourceType": "Observation",
        "id": "findings",
        "status": "preliminary",
        "code": {"coding": [{"system": "http://loinc.org", "code": "59776-5"}]},
        "valueString": record["findings"],
    }
    report = {
        "resourceType": "DiagnosticReport",
        "identifier": [{"value": record["report_id"]}],
        "status": "preliminary",
        "code": {"text": "XR Chest"},
        "contained": [findings],
        "result": [{"reference": "#findings"}],
    }
    return json.dumps(report).encode()
