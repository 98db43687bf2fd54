"""Reports in HL7 v2 and FHIR as a collection: their pairs, and their patients by hash."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from training.prepare import collections
from training.prepare.items import PassedOver
from training.prepare.patients import Patients, pattern_of
from training.prepare.records import Reading
from training.prepare.report import LeftOut, Pair, Report

NUMBERS = ("900417", "900418")


def message(accession: str, patient: str, *observations: str) -> bytes:
    segments = [
        rf"MSH|^~\&|RIS|WARD|||2026||ORU^R01|{accession}|P|2.5",
        f"PID|1||{patient}^^^WARD^MR||QZNAME^ANNA||19600503|F",
        f"OBR|1||{accession}|71046^Chest|||20260102",
        *(f"OBX|{n}|TX|{one}||||||F" for n, one in enumerate(observations)),
    ]
    return "".join(f"{segment}\r" for segment in segments).encode()


def pair(accession: str, patient: str) -> bytes:
    return message(accession, patient, "59776-5||Lungs clear.", "19005-8||Normal chest.")


def fhir(name: str, reference: str) -> dict[str, Any]:
    findings = {
        "resourceType": "Observation",
        "id": "f",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "59776-5"}]},
        "valueString": "Lungs clear.",
    }
    return {
        "resourceType": "DiagnosticReport",
        "identifier": [{"value": name}],
        "status": "final",
        "code": {"text": "XR"},
        "subject": {"reference": reference},
        "contained": [findings],
        "result": [{"reference": "#f"}],
        "conclusion": "Normal chest.",
    }


def read(path: Path, reading: Reading | None = None) -> list[Report]:
    found = collections.read(path, reading or Reading())
    return [one for one in found if not isinstance(one, PassedOver)]


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_a_batch_is_its_pairs_and_the_same_patient_has_the_same_hash(tmp_path: Path) -> None:
    data = pair("A1", NUMBERS[0]) + pair("A2", NUMBERS[1]) + pair("A3", NUMBERS[0])

    found = read(written(tmp_path, "batch.hl7", data))

    pairs = [one for one in found if isinstance(one, Pair)]
    assert [(one.report_id, one.findings, one.impression) for one in pairs] == [
        (name, "Lungs clear.", "Normal chest.") for name in ("A1", "A2", "A3")
    ]
    patients = [one.patient for one in pairs]
    assert patients[0] == patients[2] != patients[1]
    assert not [number for number in NUMBERS if number in repr(pairs)]
    assert pairs[0].context == {"age": "65", "sex": "F"}


def test_what_cannot_be_used_is_left_out_under_its_id(tmp_path: Path) -> None:
    data = message("A1", "1", "59776-5||Lungs clear.") + message("A2", "1", "19005-8||Normal.")

    found = read(written(tmp_path, "batch.hl7", data + pair("A3", "1")))

    assert found[:2] == [LeftOut("A1", "no impression"), LeftOut("A2", "no findings")]
    assert isinstance(found[2], Pair)


def test_fhir_is_read_one_resource_per_line(tmp_path: Path) -> None:
    resources = [fhir("F1", "Patient/7"), fhir("F2", "Patient/8"), fhir("F3", "Patient/7")]
    lines = "".join(json.dumps(one) + "\n" for one in resources)

    found = read(written(tmp_path, "reports.ndjson", lines.encode()))

    pairs = [one for one in found if isinstance(one, Pair)]
    assert [one.report_id for one in pairs] == ["F1", "F2", "F3"]
    assert pairs[0].patient == pairs[2].patient != pairs[1].patient
    assert "Patient/7" not in repr(pairs)


@pytest.mark.parametrize("name", ["a.hl7", "a.txt", "a.json"])
def test_the_content_counts_and_not_the_name(name: str, tmp_path: Path) -> None:
    (found,) = read(written(tmp_path, name, pair("A1", "1")))

    assert isinstance(found, Pair)


def test_a_pattern_for_patients_goes_before_the_number(tmp_path: Path) -> None:
    reading = Reading(patients=Patients(pattern_of(r"ward-(\d+)")))

    (found,) = read(written(tmp_path, "ward-12.hl7", pair("A1", "1")), reading)

    assert isinstance(found, Pair)
    assert found.patient == "12"
