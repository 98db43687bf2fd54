from __future__ import annotations

import msgspec
import pytest

from chalicelib.errors import RecordRejectedError
from chalicelib.intake.frames import Frame
from chalicelib.intake.free_text.blocks import Unsure
from chalicelib.intake.free_text.reading import read
from chalicelib.intake.record import MAX_METADATA_BYTES, Record

CANARY = "canary"


def of(text: str | bytes, limit: int = 20_000, report_id: str | None = "r1") -> Record:
    data = text if isinstance(text, bytes) else text.encode()
    return read(Frame(0, 0, data), "object", limit, report_id=report_id)


def test_a_report_becomes_one_record() -> None:
    text = (
        "INDICATION: Cough.\n\nTECHNIQUE: PA.\n\nZZ GRADING: 4.\n\nFINDINGS: Clear\nlungs.\n\n"
        "IMPRESSION: Normal.\n\nRECOMMENDATION(S): None.\n"
    )

    assert of(text) == Record(
        index=0,
        report_id="r1",
        findings="Clear lungs.",
        impression="Normal.",
        metadata={
            "sections": {
                "indication": "Cough.",
                "technique": "PA.",
                "zz grading": "4.",
                "recommendation": "None.",
            }
        },
        context={"indication": "Cough.", "technique": "PA."},
    )


def test_findings_alone_are_a_record_without_metadata() -> None:
    found = of("FINDINGS: Clear lungs.")

    assert (found.findings, found.impression, found.metadata) == ("Clear lungs.", None, None)


def test_windows_1252_is_read() -> None:
    assert of("BEFUND: Größe normal.".encode("cp1252")).findings == "Größe normal."


def test_report_without_an_id_is_named_after_its_object() -> None:
    assert of("FINDINGS: x", report_id=None).report_id == "object-0"


@pytest.mark.parametrize("report_id", ["", " ", "x" * 257])
def test_an_id_that_cannot_be_used_is_refused(report_id: str) -> None:
    with pytest.raises(RecordRejectedError, match="report_id: must have 1 to 256"):
        of("FINDINGS: x", report_id=report_id)


def test_longest_sections_are_left_out_first() -> None:
    short = "Cough. " * 100
    long = "ä" * MAX_METADATA_BYTES
    text = f"HISTORY: {long}\nINDICATION: {short}\nTECHNIQUE: PA.\nFINDINGS: x\n"

    found = of(text)

    assert found.metadata == {"sections": {"indication": short.strip(), "technique": "PA."}}
    assert found.flags == ("metadata_dropped",)
    assert len(msgspec.json.encode(found.metadata)) <= MAX_METADATA_BYTES


@pytest.mark.parametrize("length", range(4040, 4100, 3))
def test_metadata_is_never_dropped_whole(length: int) -> None:
    found = of(f"TECHNIQUE: PA.\nHISTORY: {'x' * length}\nFINDINGS: x\n")

    assert found.metadata is not None
    assert found.metadata["sections"]["technique"] == "PA."


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (f"{CANARY}.", "text: has no heading of findings; put FINDINGS: and IMPRESSION: on lines"),
        (f"IMPRESSION: {CANARY}.", "text: has an impression, but no heading of findings; put"),
        (f"FINDINGS:\n\nIMPRESSION: {CANARY}.", "FINDINGS: is blank; write the findings below"),
        (f"FINDINGS: ___\nIMPRESSION: {CANARY}.", "FINDINGS: is blank"),
        (f"FINDINGS/IMPRESSION: {CANARY}.", "text: findings and impression are under one heading"),
        (f"FINDINGS: {CANARY}.\nFINDINGS: b\n", "text: it has several findings that differ; put"),
        (f"FINDINGS: {CANARY * 9}\n", "FINDINGS: is longer than 50 characters; shorten it"),
        (f"FINDINGS: a\nIMPRESSION: {CANARY * 9}\n", "IMPRESSION: is longer than 50 characters"),
        (f"FINDINGS: {CANARY}\0", "text: byte 16 is the control character 0x00"),
        (f"FINDINGS: {CANARY}".encode() + b"\x90", "text: byte 16 is 0x90, neither UTF-8 nor"),
    ],
)
def test_a_report_that_cannot_be_read_fails_by_name(text: str | bytes, problem: str) -> None:
    with pytest.raises(RecordRejectedError, match=f"^record 0: {problem}") as caught:
        of(text, limit=50)

    assert caught.value.report_id == "r1"
    assert CANARY not in str(caught.value)


UNSURE: dict[Unsure, str] = {
    "findings and impression in one": "FINDINGS AND IMPRESSION: a",
    "several findings": "FINDINGS: a\nFINDINGS: b",
    "several impressions": "FINDINGS: a\nIMPRESSION: b\nIMPRESSION: c",
    "unclear addendum": "FINDINGS: a\nIMPRESSION: b\nADDENDUM:\nFINDINGS: c",
    "doubtful heading": "FINDINGS: see IMPRESSION: below. Clear.\nIMPRESSION: b",
    "unknown heading": "FINDINGS: a\n\nIMPRESSION: b\nQWERTZ: c",
    "several studies": "FINDINGS: a\n\nIMPRESSION: b\n\nPORTABLE CHEST: c",
    "text below a line": "FINDINGS: a\nIMPRESSION: b\n----------\nc",
    "no description": "CHEST VIEWS: Two.\n\nIMPRESSION: b",
    "only a diagnosis": "FINDINGS: Clear.\nDIAGNOSIS: b",
}


@pytest.mark.parametrize("text", UNSURE.values(), ids=UNSURE.keys())
def test_every_reason_to_be_unsure_is_said_in_words(text: str) -> None:
    with pytest.raises(RecordRejectedError, match="; put FINDINGS: and IMPRESSION: on lines of"):
        of(text)


def test_a_text_that_is_too_long_is_refused() -> None:
    with pytest.raises(RecordRejectedError, match="text: is longer than 1048576 bytes"):
        read(Frame(3, 0, None), "object", 100, report_id="r1")
