from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.intake.fhir.detection import detect
from chalicelib.intake.frames import HEAD_BYTES
from tests.unit.chalicelib.intake.fhir.samples import bundle, observation, report, with_findings


@pytest.mark.parametrize(
    ("value", "form"),
    [
        (report(), "fhir"),
        (observation("1", "x"), "fhir"),
        (bundle(report()), "fhir-bundle"),
        (bundle(), "fhir-bundle"),
        ({"id": "1", "entry": [], "resourceType": "Bundle"}, "fhir-bundle"),
        ({"resourceType": "DiagnosticReport", "findings": "Clear."}, None),
        ({"findings": "Clear.", "resourceType": "Bundle"}, None),
        ({"findings": "Clear."}, None),
        ({"report": report()}, None),
        ({"resourceType": 7}, None),
        ({"resourceType": None, "entry": [{"resource": report()}]}, None),
        ({"entry": [{"resource": report()}]}, None),
        ([report()], None),
        ("resourceType", None),
        ({}, None),
    ],
)
def test_only_the_members_of_the_first_object_decide(value: Any, form: str | None) -> None:
    assert detect(b" \r\n\t" + json.dumps(value).encode()) == form
    assert detect(json.dumps(value, indent=2).encode() + b'\n{"findings":"x"}') == form


def test_a_key_may_be_escaped() -> None:
    assert detect(b'{"resource\\u0054ype":"Bundle"}') == "fhir-bundle"


@pytest.mark.parametrize(
    "text", [b"", b" ", b"{", b'{"resourceType"', b"MSH|", b'{"resourceType":"x']
)
def test_too_little_is_not_fhir(text: bytes) -> None:
    assert detect(text) is None


def test_a_resource_that_is_longer_than_the_head() -> None:
    text = json.dumps(report(text={"div": "x" * HEAD_BYTES})).encode()

    assert detect(text[:HEAD_BYTES]) == "fhir"


def test_the_type_may_come_after_large_members() -> None:
    text = json.dumps({"id": "x" * 1_000_000, "resourceType": "DiagnosticReport"}).encode()

    assert detect(text) == "fhir"


@pytest.mark.parametrize(("text", "count"), [("x" * 100, 9000), ("x" * HEAD_BYTES, 1)])
def test_a_bundle_whose_type_is_behind_the_head(text: str, count: int) -> None:
    entries = [{"resource": with_findings(text)}] * count
    data = json.dumps({"entry": entries}).encode()

    assert len(data) > HEAD_BYTES
    assert detect(data[:HEAD_BYTES]) == "fhir-bundle"


@pytest.mark.parametrize(
    "entry", [b"[1,", b"{", b"[", b'[{"resource":1},', b'[{"resource":{"a":1},']
)
def test_other_entries_make_no_bundle(entry: bytes) -> None:
    assert detect(b'{"entry":' + entry) is None
