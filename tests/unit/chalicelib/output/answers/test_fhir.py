from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from fhir.resources.bundle import Bundle
from fhir.resources.diagnosticreport import DiagnosticReport
from fhir.resources.R4B.bundle import Bundle as R4Bundle
from fhir.resources.R4B.diagnosticreport import DiagnosticReport as R4DiagnosticReport
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.intake.fhir.reading import read
from chalicelib.output.answers.fhir import AI_LABEL, DRAFT_TAG, IMAGING_REPORT, answer, envelope
from tests.unit.chalicelib.intake.fhir.samples import (
    CANARY,
    bundle,
    code,
    encoded,
    frames,
    observation,
    record,
    report,
    with_findings,
)

AT = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=timezone(timedelta(hours=1)))
IDENTIFIER = {
    "use": "official",
    "type": code("ACSN", "http://terminology.hl7.org/CodeSystem/v2-0203"),
    "system": "urn:oid:1.2.3",
    "value": "ACC-1",
    "period": {"start": "2020-01-01"},
}


def answered(value: Any, draft: str = "No acute disease.", flags: tuple[str, ...] = ()) -> bytes:
    """The answer to the only report of `value`, valid in R4 and R5."""
    (frame,) = frames(value)
    assert frame.data is not None
    found = read(frame, "object", 20_000)
    made = answer(frame.data, found, draft, model="flan-t5-xl", version="3", flags=flags, at=AT)
    R4DiagnosticReport.model_validate_json(made)
    DiagnosticReport.model_validate_json(made)
    assert b"\n" not in made
    return made


def members(value: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answered(value))
    return found


def test_an_answer_is_a_preliminary_report_that_says_who_drafted_it() -> None:
    made = answered(with_findings(id="r1", identifier=[IDENTIFIER]), flags=("truncated", "short"))

    assert json.loads(made) == {
        "resourceType": "DiagnosticReport",
        "meta": {"tag": [DRAFT_TAG], "security": [AI_LABEL]},
        "extension": [
            {
                "url": "urn:radiology-impressions:fhir:draft",
                "extension": [
                    {"url": "model", "valueString": "flan-t5-xl"},
                    {"url": "version", "valueString": "3"},
                    {"url": "flag", "valueString": "truncated"},
                    {"url": "flag", "valueString": "short"},
                ],
            }
        ],
        "identifier": [IDENTIFIER],
        "status": "preliminary",
        "code": {"text": "Chest CT"},
        "issued": "2026-01-02T02:04:05Z",
        "conclusion": "No acute disease.",
    }


def test_what_identifies_the_report_is_kept() -> None:
    kept = {
        "identifier": [{"value": "a"}, IDENTIFIER],
        "basedOn": [{"reference": "ServiceRequest/9", "type": "ServiceRequest"}],
        "category": [code("RAD", "http://terminology.hl7.org/CodeSystem/v2-0074")],
        "code": {"coding": [{"system": "http://loinc.org", "code": "24627-2"}], "text": "CT"},
        "subject": {"reference": "Patient/7"},
        "encounter": {"identifier": {"system": "urn:oid:1", "value": "v"}},
        "effectivePeriod": {"start": "2020-05", "end": "2020-05-02T10:00:00.123+02:00"},
    }

    assert members(with_findings(**kept)).items() >= kept.items()
    assert members(with_findings(effectiveDateTime="2020"))["effectiveDateTime"] == "2020"


def test_what_would_dangle_or_name_the_patient_is_left_out() -> None:
    made = members(
        with_findings(
            id="r1",
            contained=[{"resourceType": "Patient", "id": "p", "name": [{"text": CANARY}]}],
            subject={"reference": "#p", "display": CANARY},
            encounter={"reference": "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"},
            basedOn=[{"display": CANARY}],
            identifier=[{"value": "a", "assigner": {"reference": "#o", "display": "Hospital"}}],
            presentedForm=[{"contentType": "text/plain", "data": "AAAA"}],
            conclusion=CANARY,
            media=[{"link": {"display": CANARY}}],
            text={"status": "generated", "div": CANARY},
        )
    )

    assert CANARY not in json.dumps(made)
    assert made.keys() == {
        "resourceType", "meta", "extension", "identifier", "status", "code", "issued", "conclusion"
    }  # fmt: skip
    assert made["identifier"] == [{"value": "a", "assigner": {"display": "Hospital"}}]


def test_the_patient_is_told_by_the_server_s_reference_alone() -> None:
    subject = {"reference": "Patient/7", "identifier": {"value": CANARY}, "display": CANARY}

    assert members(with_findings(subject=subject))["subject"] == {"reference": "Patient/7"}
    assert "subject" not in members(with_findings(subject={"identifier": {"value": CANARY}}))


@pytest.mark.parametrize("reference", ["#s", "ServiceRequest/s", "urn:uuid:s"])
def test_an_order_that_stays_behind_is_named_by_its_identifier(reference: str) -> None:
    order = {
        "resourceType": "ServiceRequest",
        "id": "s",
        "identifier": [IDENTIFIER, {"value": "b"}],
    }
    main = with_findings(basedOn=[{"reference": reference}, {"reference": "#none"}])
    given = main
    if reference == "#s":
        main["contained"].append(order)
    else:
        given = bundle(main, ("urn:uuid:s" if reference.startswith("urn") else None, order))

    made = members(given)

    by_identifier = [{"type": "ServiceRequest", "identifier": IDENTIFIER}]
    by_reference = [{"reference": "ServiceRequest/s"}]
    assert made["basedOn"] == (by_reference if reference == "ServiceRequest/s" else by_identifier)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"identifer": [{"value": "a"}]}, {"identifier": [{"value": "a"}]}),
        ({"identifier": {"value": "a"}}, {"identifier": [{"value": "a"}]}),
        (
            {"identifier": [{"value": "a", "system": "", "use": None}]},
            {"identifier": [{"value": "a"}]},
        ),
        (
            {"identifier": [{"value": "a", "x": 1, "type": {"coding": [], "y": 2}}]},
            {"identifier": [{"value": "a"}]},
        ),
        ({"code": {"text": "CT", "findings": "x"}}, {"code": {"text": "CT"}}),
        ({"category": {"text": "Radiology"}}, {"category": [{"text": "Radiology"}]}),
        ({"code": ...}, {"code": IMAGING_REPORT}),
        ({"code": {}}, {"code": IMAGING_REPORT}),
    ],
)
def test_what_senders_write_wrongly_is_written_as_fhir_has_it(
    given: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert members(with_findings(**given)).items() >= expected.items()


@pytest.mark.parametrize(
    "given",
    [
        {"category": "Radiology"},
        {"encounter": "Encounter/1"},
        {"encounter": {"reference": 7, "type": "Encounter"}},
        {"effectiveDateTime": "2020-02-30"},
        {"effectiveDateTime": "yesterday"},
        {"effectivePeriod": {"start": "2020-13"}},
        {"basedOn": []},
        {"subject": {}},
    ],
)
def test_what_is_wrong_in_members_that_are_only_kept_is_left_out(given: dict[str, Any]) -> None:
    made = members(with_findings(id="r", identifier=[IDENTIFIER], **given))

    assert made.keys() == members(with_findings(identifier=[IDENTIFIER])).keys()


@pytest.mark.parametrize(("more", "value"), [({"id": "r1"}, "r1"), ({}, "object-0")])
def test_a_report_without_identifiers_is_named_by_the_id_of_its_result(
    more: dict[str, Any], value: str
) -> None:
    made = members(with_findings(**more))

    assert made["identifier"] == [
        {"system": "urn:radiology-impressions:fhir:report", "value": value}
    ]
    assert "id" not in made  # a server that stores it does not overwrite the report


def test_a_replay_gives_the_same_bytes() -> None:
    first = encoded(with_findings(identifier=[IDENTIFIER], category=[{"text": "é", "id": "1"}]))

    made = answered(first)

    assert made == answered(first)
    assert list(json.loads(made)) == sorted(json.loads(made))


DRAFTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="<&"), min_size=1, max_size=80
).filter(lambda text: text.strip() == text != "")


@settings(deadline=None)
@given(draft=DRAFTS, lines=st.integers(1, 3))
def test_the_draft_comes_back_as_the_impression_of_the_report(draft: str, lines: int) -> None:
    draft = "Draft. " + "\n".join([draft] * lines)
    original = with_findings(identifier=[IDENTIFIER], effectiveDateTime="2020-05-01")

    made = json.loads(answered(original, draft))
    found = record(original | made)

    assert found.impression == made["conclusion"] == draft
    assert found.report_id == "ACC-1"
    assert found.status == "preliminary"


def test_characters_that_fhir_does_not_allow_become_spaces() -> None:
    made = json.loads(answered(with_findings(), "No\x00 acute\x0bdisease.\n\t<5 mm & é."))

    assert made["conclusion"] == "No  acute disease.\n\t<5 mm & é."


def test_a_bundle_is_answered_by_a_bundle() -> None:
    reports = [with_findings(f"{n}.", id=f"r{n}") for n in range(3)]
    answers = [answered(one) for one in reports]

    before, between, after = envelope("fhir-bundle", b"", len(answers))
    made = before + between.join(answers) + after

    R4Bundle.model_validate_json(made)
    Bundle.model_validate_json(made)
    resources = [entry["resource"] for entry in json.loads(made)["entry"]]
    assert resources == [json.loads(one) for one in answers]


def test_a_bundle_without_answers_is_valid_too() -> None:
    made = b"".join(envelope("fhir-bundle", b"", 0))

    R4Bundle.model_validate_json(made)
    Bundle.model_validate_json(made)


@pytest.mark.parametrize("count", [1, 2, 50])
def test_other_resources_are_answered_by_ndjson(count: int) -> None:
    answers = [answered(with_findings(id=f"r{n}")) for n in range(count)]

    before, between, after = envelope("fhir", b"", count)
    made = before + between.join(answers) + after

    assert [json.loads(line) for line in made.splitlines()] == [json.loads(one) for one in answers]
    assert made.endswith(b"}" if count == 1 else b"}\n")


def test_observations_of_a_bundle_are_not_answered() -> None:
    main = report(result=[{"reference": "Observation/1"}], identifier=[IDENTIFIER])

    made = members(bundle(main, observation("1", "Clear.")))

    assert "result" not in made
    assert datetime.fromisoformat(made["issued"]) == AT.replace(microsecond=0).astimezone(UTC)
