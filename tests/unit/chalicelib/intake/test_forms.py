from __future__ import annotations

import pytest

from chalicelib.errors import FileRejectedError
from chalicelib.intake import forms
from chalicelib.intake.frames import Form, Frame
from chalicelib.intake.record import ANSWER_WITHHELD, Record
from tests.account.texts import fhir_report, hl7_batch, json_lines

REPORT = {"report_id": "r1", "findings": "Lungs are clear."}
ORU = (
    b"MSH|^~\\&|RIS|A|||20260102||ORU^R01|1|P|2.5\r"
    b"OBR|1||acc-1|71046||||||||||||||||||||||%s\r"
    b"OBX|1|TX|59776-5||Lungs are clear.||||||%s\r"
)
IMPRESSION = b"OBX|2|TX|19005-8||Normal chest.||||||F\r"
TEXT = b"INDICATION: Cough.\n\nFINDINGS: Lungs are clear.\n\nIMPRESSION: Normal chest.\n"
BUNDLE = b'{"resourceType": "Bundle", "type": "collection", "entry": [{"resource": %s}]}'


def only(text: bytes, name: str = "incoming/ward/a.txt") -> Record:
    form = forms.detect(text)
    assert form is not None
    (found,) = forms.frame([text], form)
    return forms.read(form, found, "object", 1000, name)


class TestDetecting:
    @pytest.mark.parametrize(
        ("text", "form"),
        [
            (ORU % (b"P", b"P"), "hl7"),
            (b"\n\n" + ORU % (b"P", b"P"), "hl7"),
            (b"\x0b" + ORU % (b"P", b"P") + b"\x1c\r", "hl7"),
            (hl7_batch(REPORT, REPORT), "hl7-batch"),
            (fhir_report(REPORT), "fhir"),
            (fhir_report(REPORT) + b"\n" + fhir_report(REPORT), "fhir"),
            (BUNDLE % fhir_report(REPORT), "fhir-bundle"),
            (TEXT, "text"),
            (TEXT.replace(b"\n", b"\r\n"), "text"),
            (b"Note {\n{not JSON}\n" + TEXT, "text"),
        ],
    )
    def test_tells_formats_by_their_content(self, text: bytes, form: Form) -> None:
        assert forms.detect(text) == form

    @pytest.mark.parametrize(
        "text",
        [
            json_lines(REPORT),
            b"# exported 2026-01-02\n" + json_lines(REPORT),
            b"[%s]" % json_lines(REPORT),
            json_lines(REPORT | {"resourceType": "ours"}),
        ],
    )
    def test_leaves_json_to_its_own_rules(self, text: bytes) -> None:
        assert forms.detect(text) not in {"hl7", "hl7-batch", "fhir", "fhir-bundle", "text"}

    def test_of_white_space_is_nothing(self) -> None:
        assert forms.detect(b" \r\n") is None

    @pytest.mark.parametrize(
        "text",
        [
            b"\x89PNG\r\n\x1a\n",
            b"id,findings\n1,Lungs are clear.\n",
            b"<html><body>A page</body></html>",
            b"MSH is the name of a ward.\n",
            b"The lungs are clear.\n",
        ],
    )
    def test_refuses_everything_else(self, text: bytes) -> None:
        with pytest.raises(FileRejectedError, match="it is not JSON, HL7 v2, FHIR or a report"):
            forms.detect(text)


class TestReading:
    def test_gives_the_same_report_from_every_format(self) -> None:
        texts = (ORU % (b"P", b"P"), fhir_report(REPORT), json_lines(REPORT), TEXT)

        assert {only(text).findings for text in texts} == {"Lungs are clear."}

    def test_names_a_plain_text_after_its_file(self) -> None:
        assert only(TEXT, "incoming/ward/chest 1.v2.txt.gz").report_id == "chest 1.v2"

    def test_of_fhir_among_json_reads_it_as_fhir(self) -> None:
        text = json_lines(REPORT) + fhir_report(REPORT) + b"\n"
        form = forms.detect(text)
        assert form is not None

        records = [
            forms.read(form, found, "object", 1000, "a") for found in forms.frame([text], form)
        ]

        assert [record.report_id for record in records] == ["r1", "r1"]

    def test_of_a_text_that_is_too_long_says_so(self) -> None:
        (found,) = forms.frame([TEXT, b"x" * (1 << 20)], "text")

        assert found == Frame(0, 0, None)

    @pytest.mark.parametrize("status", [b"F", b"C"])
    def test_flags_a_signed_report_that_must_not_be_answered(self, status: bytes) -> None:
        record = only(ORU % (status, status) + IMPRESSION)

        assert record.impression == "Normal chest."
        assert ANSWER_WITHHELD in record.flags

    @pytest.mark.parametrize(
        "text", [ORU % (b"F", b"F"), ORU % (b"P", b"P") + IMPRESSION.replace(b"|F", b"|P")]
    )
    def test_does_not_flag_what_may_be_answered(self, text: bytes) -> None:
        assert ANSWER_WITHHELD not in only(text).flags


@pytest.mark.parametrize(
    ("name", "report_id"),
    [
        ("incoming/ward/a.txt", "a"),
        ("incoming/ward/a", "a"),
        ("incoming/ward/2.16.840.txt.GZ", "2.16.840"),
        ("incoming/ward/.txt", ".txt"),
    ],
)
def test_report_id(name: str, report_id: str) -> None:
    assert forms.report_id_of(name) == report_id
