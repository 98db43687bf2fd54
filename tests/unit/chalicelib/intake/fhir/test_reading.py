from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.errors import RecordRejectedError
from chalicelib.intake.fhir.reading import STATUSES, read
from chalicelib.intake.frames import Frame
from chalicelib.intake.record import METADATA_DROPPED
from tests.unit.chalicelib.intake.fhir.samples import (
    CANARY,
    WHOLE,
    bundle,
    code,
    form,
    observation,
    outcomes,
    record,
    rejected,
    report,
    with_findings,
)

RTF = r"{\rtf1\ansi{\fonttbl\f0 Arial;}FINDINGS: Clear lungs.\par IMPRESSION: Normal.}"
HTML = "<html><body><p>FINDINGS: Clear lungs.</p><p>IMPRESSION: Normal.</p></body></html>"
XHTML = f'<div xmlns="http://www.w3.org/1999/xhtml">{HTML[12:-14]}</div>'
IMPRESSION = code("19005-8")
CHEST = {"text": "Lungs"}


def results(*observations: Any, **members: Any) -> dict[str, Any]:
    """A report whose results are these, contained in it."""
    contained = [one | {"id": f"o{n}"} for n, one in enumerate(observations)]
    references = [{"reference": f"#o{n}"} for n in range(len(observations))]
    return report(contained=contained, result=references, **members)


def test_a_whole_report() -> None:
    patient = {"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1950-06-30"}
    order = {
        "resourceType": "ServiceRequest",
        "id": "s",
        "identifier": [{"value": "ORDER-1"}],
        "reasonCode": [{"text": "Cough"}],
    }

    found = record(
        with_findings(
            contained=[patient, order],
            id="r1",
            identifier=[{"value": "other"}, {"type": code("ACSN", None), "value": "ACC-1"}],
            basedOn=[{"reference": "#s"}],
            subject={"reference": "#p", "display": CANARY},
            effectiveDateTime="2020-06-29T10:00:00+02:00",
            conclusion="Normal.",
        )
    )

    assert found.report_id == "ACC-1"
    assert found.findings == "Clear lungs."
    assert found.impression == "Normal."
    assert found.status == "final"
    assert found.flags == ()
    assert found.metadata == {
        "format": "fhir",
        "report_status": "final",
        "procedure": "Chest CT",
        "age": 69,
        "sex": "F",
        "sections": {"indication": "Cough"},
    }


@pytest.mark.parametrize(
    ("given", "findings", "impression"),
    [
        # Coded Observations
        (results(observation(None, "Clear.")), "Clear.", None),
        (results(observation(None, "Clear.", code=code("18782-3"))), "Clear.", None),
        (results(observation(None, "Clear.", code=code("59776-5", None))), "Clear.", None),
        (
            results(
                observation(None, "Clear.", code=code("59776-5", "urn:oid:2.16.840.1.113883.6.1"))
            ),
            "Clear.",
            None,
        ),
        (results(observation(None, "Clear.", code={"text": "FINDINGS:"})), "Clear.", None),
        (results(observation(None, "Frei.", code={"text": "Befund"})), "Frei.", None),
        (
            results(observation(None, "Clear.", code={"coding": [{"display": "Findings"}]})),
            "Clear.",
            None,
        ),
        (results(observation(None, "A."), observation(None, "B.")), "A.\nB.", None),
        (results(observation(None, "A."), observation(None, "A.")), "A.", None),
        (
            results(observation(None, "A."), observation(None, "Normal.", code=IMPRESSION)),
            "A.",
            "Normal.",
        ),
        (
            results(
                observation(None, "A."),
                observation(None, "IMPRESSION: Normal.", code=IMPRESSION),
                observation(None, "Follow up.", code={"text": "Conclusion"}),
            ),
            "A.",
            "Normal.\nFollow up.",
        ),
        (
            results(
                observation(None, "A."),
                observation(None, "Old.", code=IMPRESSION),
                conclusion="New.",
            ),
            "A.",
            "New.",
        ),
        # The number of a code of another system says nothing.
        (
            results(
                observation(None, "A."),
                observation(None, "B.", code=code("19005-8", "urn:oid:1.2.3")),
            ),
            "A.",
            None,
        ),
        (results(observation(None, "A.", note=[{"text": "B."}])), "A.\nB.", None),
        (results(observation(None, None, note=[{"text": "B."}])), "B.", None),
        (results(observation(None, "A &lt;5 mm.<br/>B.")), "A <5 mm.\nB.", None),
        (
            results(observation(None, "Nodule <5 mm, a<b and c>d.")),
            "Nodule <5 mm, a<b and c>d.",
            None,
        ),
        (results(observation(None, "Heart &amp; lungs.\nClear.")), "Heart & lungs.\nClear.", None),
        (results(observation(None, "FINDINGS: A.\nIMPRESSION: B.")), "A.", "B."),
        (results(observation(None, WHOLE, code=code("18748-4"))), "Clear lungs.", "Normal."),
        (
            results(
                observation(
                    None,
                    None,
                    component=[
                        {"code": CHEST, "valueString": "Clear."},
                        {"code": {"text": "Nodule"}, "valueQuantity": {"value": 8, "unit": "mm"}},
                        {"code": {"text": "Count"}, "valueInteger": 2},
                        {"code": {"text": "Side"}, "valueCodeableConcept": {"text": "left"}},
                        {"code": {"text": "Note"}, "valueString": " "},
                        {"code": IMPRESSION, "valueString": "Nodule."},
                    ],
                )
            ),
            "Lungs: Clear.\nNodule: 8 mm\nCount: 2\nSide: left",
            "Nodule.",
        ),
        (
            results(
                observation(
                    None,
                    None,
                    code={"text": "Report"},
                    component=[
                        {"code": code("59776-5"), "valueString": "Clear."},
                        {"code": code("19005-8"), "valueString": "Normal."},
                    ],
                )
            ),
            "Clear.",
            "Normal.",
        ),
        (
            results(observation(None, "A."), observation(None, "B.", status="entered-in-error")),
            "A.",
            None,
        ),
        # Observations in a panel, or contained but not referred to
        (
            report(
                contained=[
                    observation("p", None, hasMember=[{"reference": "#f"}, {"reference": "#p"}]),
                    observation("f", "Clear."),
                ],
                result=[{"reference": "#p"}],
            ),
            "Clear.",
            None,
        ),
        (report(contained=[observation("f", "Clear.")]), "Clear.", None),
        (report(contained=[observation(None, "A."), observation(None, "B.")]), "A.\nB.", None),
        # Observations without a code
        (
            results(
                observation(None, "Clear.", code=CHEST),
                observation(None, "Normal.", code={"text": "Heart"}),
            ),
            "Lungs: Clear.\nHeart: Normal.",
            None,
        ),
        (
            results(
                observation(None, "Clear.", code=CHEST),
                observation(
                    None,
                    "Smoker.",
                    code={"text": "Habits"},
                    category=[code("social-history", None)],
                ),
            ),
            "Lungs: Clear.",
            None,
        ),
        (
            results(
                observation(None, "Clear.", code=CHEST),
                presentedForm=[form("%PDF", "application/pdf")],
            ),
            "Lungs: Clear.",
            None,
        ),
        # presentedForm
        (report(presentedForm=[form(WHOLE)]), "Clear lungs.", "Normal."),
        (
            report(presentedForm=[form(WHOLE, "TEXT/PLAIN; charset=UTF-8")]),
            "Clear lungs.",
            "Normal.",
        ),
        (report(presentedForm=[form(WHOLE, "text/markdown")]), "Clear lungs.", "Normal."),
        (report(presentedForm=[form(HTML, "text/html")]), "Clear lungs.", "Normal."),
        (report(presentedForm=[form(HTML, "application/xhtml+xml")]), "Clear lungs.", "Normal."),
        (report(presentedForm=[form(RTF, "text/rtf")]), "Clear lungs.", "Normal."),
        (report(presentedForm=[form(RTF, "application/rtf")]), "Clear lungs.", "Normal."),
        (
            report(
                presentedForm=[
                    form("%PDF", "application/pdf"),
                    form(RTF.replace("Clear", "Rich"), "text/rtf"),
                    form(HTML.replace("Clear", "Hyper"), "text/html"),
                    form(WHOLE),
                ]
            ),
            "Clear lungs.",
            "Normal.",
        ),
        (
            report(
                presentedForm=[{"contentType": "text/plain", "data": "%%"}, form(HTML, "text/html")]
            ),
            "Clear lungs.",
            "Normal.",
        ),
        (report(presentedForm=[form(WHOLE)], conclusion="Mine."), "Clear lungs.", "Mine."),
        (results(observation(None, "Coded."), presentedForm=[form(WHOLE)]), "Coded.", None),
        # The narrative
        (report(text={"status": "generated", "div": XHTML}), "Clear lungs.", "Normal."),
        (
            report(presentedForm=[form("%PDF", "application/pdf")], text={"div": XHTML}),
            "Clear lungs.",
            "Normal.",
        ),
        # Conclusions
        (
            with_findings(conclusion="<div><p>No <b>acute</b> disease.</p></div>"),
            "Clear lungs.",
            "No acute disease.",
        ),
        (with_findings(conclusion="IMPRESSION: Normal."), "Clear lungs.", "Normal."),
        (with_findings(conclusion="Stable.\n1. A &gt; B."), "Clear lungs.", "Stable.\n1. A > B."),
        (with_findings(conclusion=" \n"), "Clear lungs.", None),
        (with_findings(conclusion=None), "Clear lungs.", None),
        (with_findings(conclusion=WHOLE), "Clear lungs.", "Normal."),
        (report(conclusion=WHOLE), "Clear lungs.", "Normal."),
    ],
)
def test_findings_and_impression(
    given: dict[str, Any], findings: str, impression: str | None
) -> None:
    found = record(given)

    assert (found.findings, found.impression) == (findings, impression)


def test_a_quantity_has_the_digits_that_were_sent() -> None:
    value = {"code": CHEST, "valueQuantity": {"value": 77, "unit": "mm", "comparator": "<"}}
    given = json.dumps(results(observation(None, None, component=[value])))

    assert record(given.replace("77", "8.00").encode()).findings == "Lungs: < 8.00 mm"


@pytest.mark.parametrize(
    ("members", "report_id"),
    [
        ({"identifier": [{"value": "a"}, {"value": "b"}], "id": "r"}, "a"),
        ({"identifier": [{"value": "a"}, {"type": code("ACSN", None), "value": "b"}]}, "b"),
        ({"identifier": [{"value": "a"}, {"type": {"text": "Accession no."}, "value": "b"}]}, "b"),
        ({"identifier": [{"value": " "}, {"system": "x"}, {"value": " b "}]}, "b"),
        ({"identifier": {"value": "a"}}, "a"),
        ({"identifer": [{"value": "a"}], "id": "r"}, "a"),
        ({"identifer": {"value": "a"}}, "a"),
        ({"basedOn": [{"identifier": {"value": "o"}}], "id": "r"}, "o"),
        ({"identifier": [], "basedOn": [{"reference": "#none"}], "id": "r"}, "r"),
        ({"id": "r"}, "r"),
        ({"id": None}, "object-0"),
        ({}, "object-0"),
    ],
)
def test_report_id(members: dict[str, Any], report_id: str) -> None:
    assert record(with_findings(**members)).report_id == report_id


def test_the_id_of_an_order_in_the_bundle() -> None:
    order = {
        "resourceType": "ServiceRequest",
        "id": "s",
        "identifier": [{"value": "placer"}, {"type": code("ACSN", None), "value": "accession"}],
        "reason": [{"concept": {"text": "Cough"}}, {"reference": {"reference": "Condition/1"}}],
    }

    found = record(bundle(with_findings(basedOn=[{"reference": "ServiceRequest/s"}]), order))

    assert found.report_id == "accession"
    assert found.metadata is not None
    assert found.metadata["sections"] == {"indication": "Cough"}


@pytest.mark.parametrize(("status", "meaning"), STATUSES.items())
def test_status(status: str, meaning: str | None) -> None:
    found = record(with_findings(status=status.title()))

    assert found.status == meaning
    assert found.metadata is not None
    assert found.metadata["report_status"] == status


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        ("cancelled", "the report is cancelled; no draft is made"),
        ("entered-in-error", "the report is cancelled; no draft is made"),
        (None, "is missing; send one of FHIR's, such as final"),
        (..., "is missing; send one of FHIR's, such as final"),
        ("", "is missing; send one of FHIR's, such as final"),
        (CANARY, "is none of FHIR's; send one, such as final"),
    ],
)
def test_no_draft_without_a_status_that_allows_it(status: Any, problem: str) -> None:
    error = rejected(with_findings(id="r", status=status))

    assert str(error) == f"record 0: DiagnosticReport.status: {problem}"
    assert error.report_id == "r"


NO_HEADING = "has no findings section: add a heading such as FINDINGS:"
NONE = "has no findings: neither coded Observations, nor a text with a heading such as FINDINGS:"
NOT_HERE = "refers to a resource that is not here; send it in the same Bundle, or contained"
DATA = "DiagnosticReport.presentedForm[0].data"
TYPE = "DiagnosticReport.presentedForm[0].contentType"


@pytest.mark.parametrize(
    ("given", "place", "problem"),
    [
        (report(), "DiagnosticReport", NONE),
        (report(conclusion=CANARY), "DiagnosticReport", NONE),
        (report(text={"div": f"<div>{CANARY}</div>"}), "DiagnosticReport.text.div", NO_HEADING),
        (report(presentedForm=[form(CANARY)]), DATA, NO_HEADING),
        (
            results(observation(None, "Clear.", code=CHEST), presentedForm=[form(CANARY)]),
            DATA,
            NO_HEADING,
        ),
        (
            results(
                observation(None, "Clear.", code=CHEST),
                presentedForm=[{"contentType": "text/plain", "data": f"{CANARY}!"}],
            ),
            DATA,
            "is not valid base64; encode the text as base64",
        ),
        (
            report(presentedForm=[{"contentType": "text/plain", "data": f"{CANARY} lungs."}]),
            DATA,
            "is not valid base64; encode the text as base64",
        ),
        (
            report(presentedForm=[{"contentType": "text/plain", "data": f"{CANARY}é"}]),
            DATA,
            "is not valid base64; encode the text as base64",
        ),
        (
            report(presentedForm=[{"contentType": "text/plain", "url": f"https://{CANARY}"}]),
            DATA,
            "is missing; embed the text, a URL is not followed",
        ),
        (report(presentedForm=[{"contentType": "text/plain"}]), DATA, "is missing"),
        (report(presentedForm=[form(" \n")]), DATA, "is blank"),
        (report(presentedForm=[form("x", None)]), TYPE, "is missing; name it, such as text/plain"),
        (
            report(presentedForm=[form("%PDF", "application/pdf")]),
            TYPE,
            "is a PDF; send text/plain, text/html or text/rtf",
        ),
        (
            report(presentedForm=[form("x", CANARY)]),
            TYPE,
            "is not a text; send text/plain, text/html or text/rtf",
        ),
        (
            report(presentedForm=[form("é".encode("latin-1"))]),
            DATA,
            "is not UTF-8; name its character set in contentType, or encode the text",
        ),
        (
            report(presentedForm=[form("x", f"text/plain;charset={CANARY}")]),
            TYPE,
            "names a character set that is unknown or not that of the data",
        ),
        (
            results(observation(None, f"{CANARY}.\nIMPRESSION: {CANARY}")),
            "DiagnosticReport.result[0]",
            NO_HEADING,
        ),
        (report(result=[{"reference": "Observation/9"}]), "DiagnosticReport.result[0]", NOT_HERE),
        (report(result=[{"display": CANARY}]), "DiagnosticReport.result[0]", NOT_HERE),
        (
            report(
                contained=[observation("a", "Clear.", code=CHEST)],
                result=[{"reference": "#a"}, {"reference": "#b"}],
            ),
            "DiagnosticReport.result[1]",
            NOT_HERE,
        ),
        (
            report(
                contained=[observation("a", None, hasMember=[{"reference": "Observation/2"}])],
                result=[{"reference": "#a"}],
            ),
            "DiagnosticReport.result[0].hasMember[0]",
            NOT_HERE,
        ),
        (
            results(observation(None, "x" * 20_001)),
            "DiagnosticReport.result[0]",
            "is longer than 20000 characters; shorten it",
        ),
        (
            with_findings(conclusion="x" * 20_001),
            "DiagnosticReport.conclusion",
            "is longer than 20000 characters; shorten it",
        ),
        (results(observation(None, "x", status="cancelled")), "DiagnosticReport", NONE),
        (
            with_findings(conclusion={CANARY: 1}),
            "DiagnosticReport.conclusion",
            "Expected `str | null`, got `object`",
        ),
        (with_findings(id=7), "DiagnosticReport.id", "Expected `str | null`, got `int`"),
        (
            with_findings(identifier=[{"value": 7}]),
            "DiagnosticReport.identifier[0].value",
            "Expected `str | null`, got `int`",
        ),
        (
            with_findings(identifier=[{"value": "x" * 257}]),
            "DiagnosticReport.identifier",
            "must have 1 to 256 characters",
        ),
        (report(result=CANARY), "DiagnosticReport.result", "Expected `array | null`, got `str`"),
        (report(result=[None]), "DiagnosticReport.result[0]", "Expected `object`, got `null`"),
        (
            with_findings(contained=[{"resourceType": "Patient", "id": "f"}]),
            "DiagnosticReport.contained[1].id",
            "is not the only one with this value",
        ),
        (
            with_findings(contained=[CANARY]),
            "DiagnosticReport.contained[1]",
            "Expected `object`, got `str`",
        ),
        (
            report(contained=[observation("a", None, valueString=7)]),
            "DiagnosticReport.contained[0].valueString",
            "Expected `str | null`, got `int`",
        ),
        (
            {"resourceType": "Observation"},
            "resourceType",
            "is a FHIR Observation; send DiagnosticReports or a Bundle",
        ),
        (
            {"resourceType": CANARY},
            "resourceType",
            "is a resource of another type; send DiagnosticReports or a Bundle",
        ),
        (
            {"status": "final"},
            "resourceType",
            "is missing; send FHIR DiagnosticReports or a Bundle",
        ),
        (
            {"resourceType": ["DiagnosticReport"]},
            "resource.resourceType",
            "Expected `str | null`, got `array`",
        ),
        ([report()], "resource", "Expected `object`, got `array`"),
        (
            b'{"resourceType":"DiagnosticReport","status":"final","status":"final"}',
            "resource",
            "contains the same key twice; keep one of them",
        ),
        (
            b'{"resourceType":"DiagnosticReport","x":' + b"[" * 100_000,
            "resource",
            "is nested too deeply",
        ),
        (
            b'{"resourceType":"DiagnosticReport","x":[1,}',
            "resource",
            "is not valid JSON (NaN, lone surrogates and control characters are not allowed)",
        ),
        (b'{"resourceType":"DiagnosticReport","x":"\xff"}', "resource", "is not valid UTF-8"),
        (b'{"resourceType":"DiagnosticReport","x":1e999}', "resource", "Number out of range"),
    ],
)
def test_what_is_wrong_is_named_by_its_path(given: Any, place: str, problem: str) -> None:
    error = rejected(given)

    assert (error.field, str(error)) == (place, f"record 0: {place}: {problem}")


def test_an_error_names_the_report() -> None:
    given = with_findings(identifier=[{"value": "ACC-1"}], conclusion=7)

    assert rejected(given).report_id == "ACC-1"


@pytest.mark.parametrize(
    ("reference", "url"),
    [
        ("Observation/1", "https://a.example/fhir/Observation/1"),
        ("Observation/1/_history/3", "https://a.example/fhir/Observation/1"),
        ("https://a.example/fhir/Observation/1", "https://a.example/fhir/Observation/1/_history/2"),
        (
            "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0",
            "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0",
        ),
    ],
)
def test_results_in_a_bundle(reference: str, url: str) -> None:
    main = report(result=[{"reference": reference}])
    other = observation("1", "Wrong.")

    found = record(
        bundle(
            ("https://b.example/fhir/Observation/1", other),
            ("https://a.example/fhir/DiagnosticReport/1", main),
            (url, observation("1", "Clear.")),
        )
    )

    assert found.findings == "Clear."


def test_a_reference_that_two_resources_may_be_meant_by_is_not_followed() -> None:
    main = report(result=[{"reference": "Observation/1"}])

    error = rejected(bundle(main, observation("1", "A."), observation("1", "B.")))

    assert error.field == "DiagnosticReport.result[0]"


@pytest.mark.parametrize(
    ("birth", "gender", "expected"),
    [
        ("1950-06-30", "male", {"age": 69, "sex": "M"}),
        ("1950", "FEMALE", {"sex": "F"}),
        ("1950-07", "unknown", {"age": 69, "sex": "U"}),
        ("1950-06", None, {}),
        ("2020-02-30", CANARY, {}),
        ("2021-01-01", "other", {"sex": "O"}),
        ("1850-01-01", None, {}),
    ],
)
def test_only_age_and_sex_of_a_patient(
    birth: str, gender: str | None, expected: dict[str, Any]
) -> None:
    patient = {
        "resourceType": "Patient",
        "id": "p",
        "name": [{"text": CANARY}],
        "photo": [{"data": "x" * 2_000_000}],
        "birthDate": birth,
        "gender": gender,
    }
    main = with_findings(
        subject={"reference": "Patient/p"}, effectivePeriod={"start": "2020-06-29"}
    )

    found = record(bundle(main, patient))

    assert found.metadata is not None
    assert (
        found.metadata
        == {
            "format": "fhir",
            "report_status": "final",
            "procedure": "Chest CT",
        }
        | expected
    )


def test_other_sections_are_kept() -> None:
    found = record(
        results(
            observation(None, "Clear."),
            observation(None, "CT of 2019.", code=code("18834-2")),
            observation(None, "None.", code={"text": "Recommendations"}),
            code={"coding": [{"code": "x"}, {"display": "CT of the chest"}]},
        )
    )

    assert found.metadata is not None
    assert found.metadata["procedure"] == "CT of the chest"
    assert found.metadata["sections"] == {"comparison": "CT of 2019.", "recommendation": "None."}


def test_the_longest_sections_are_dropped_if_they_are_too_long_and_that_is_flagged() -> None:
    found = record(
        results(
            observation(None, "Clear."),
            observation(None, "x" * 5000, code=code("18834-2")),
            observation(None, "None.", code={"text": "Recommendations"}),
        )
    )

    assert found.metadata is not None
    assert found.metadata["report_status"] == "final"
    assert found.metadata["sections"] == {"recommendation": "None."}
    assert found.flags == (METADATA_DROPPED,)


def test_metadata_that_are_too_long_are_flagged_once() -> None:
    found = record(
        results(
            observation(None, "Clear."),
            observation(None, "None.", code={"text": "Recommendations"}),
            code={"text": "x" * 5000},
        )
    )

    assert found.metadata is None
    assert found.flags == (METADATA_DROPPED,)


def test_the_sections_of_a_document() -> None:
    composition = {
        "resourceType": "Composition",
        "section": [
            {
                "title": "Report",
                "section": [
                    {"code": code("59776-5"), "text": {"div": "<div><p>Clear.</p></div>"}},
                    {"title": "Impression", "text": {"div": "<div>Normal.</div>"}},
                    {"title": "Unknown", "text": {"div": f"<div>{CANARY}</div>"}},
                ],
            },
            {"title": "Technique", "text": {"div": "<div>CT.</div>"}},
        ],
    }

    found = record(bundle(composition, report(), type="document"))

    assert (found.findings, found.impression) == ("Clear.", "Normal.")
    assert found.metadata is not None
    assert found.metadata["sections"] == {"technique": "CT."}


def test_a_document_that_repeats_its_observations_is_read_once() -> None:
    sections = [
        {"code": code("59776-5"), "text": {"div": "<div>Findings: clear.</div>"}},
        {"code": code("19005-8"), "text": {"div": "<div>Normal.</div>"}},
    ]
    composition = {"resourceType": "Composition", "section": sections}
    main = report(result=[{"reference": "Observation/1"}])

    found = record(bundle(composition, main, observation("1", "Clear."), type="document"))

    assert (found.findings, found.impression) == ("Clear.", "Normal.")


def test_a_bundle_that_was_not_split_is_refused() -> None:
    data = json.dumps(bundle(with_findings(), with_findings())).encode()

    with pytest.raises(RecordRejectedError, match="contains several DiagnosticReports"):
        read(Frame(0, 0, data), "object", 100)


def test_a_frame_without_data_is_too_long() -> None:
    with pytest.raises(RecordRejectedError, match="is longer than 1048576 bytes"):
        read(Frame(0, 0, None), "object", 100)


def test_a_report_with_too_many_observations_is_refused() -> None:
    given = report(contained=[observation(None, "x")] * 1001)

    assert rejected(given).field == "DiagnosticReport.result"


def test_reports_of_ndjson_are_read_one_by_one() -> None:
    lines = [json.dumps(with_findings(f"Report {n}.", id=f"r{n}")) for n in range(50)]

    found = [record(line.encode()) for line in lines]

    assert [(one.report_id, one.findings) for one in found] == [
        (f"r{n}", f"Report {n}.") for n in range(50)
    ]


def test_a_broken_report_costs_no_other() -> None:
    found = outcomes(bundle(with_findings("A."), report(conclusion=7), with_findings("B.")))

    assert [one if isinstance(one, str) else one.findings for one in found] == [
        "A.",
        "record 1: DiagnosticReport.conclusion: Expected `str | null`, got `int`",
        "B.",
    ]
