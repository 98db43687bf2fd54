from __future__ import annotations

import json

import pytest

from chalicelib.intake.free_text.recognition import is_report

REPORT = "INDICATION: Cough.\n\nFINDINGS: The lungs are clear.\n\nIMPRESSION: Normal.\n"


@pytest.mark.parametrize(
    "data",
    [
        REPORT.encode(),
        REPORT.encode("utf-8-sig"),
        REPORT.replace("\n", "\r\n").encode(),
        b"BEFUND: Gr\xf6\xdfe normal.\nBEURTEILUNG: Unauff\xe4llig.\n",
        b"FINDINGS: Clear.\n",
        b"FINDINGS:\n\nIMPRESSION: Normal.\n",
        b"IMPRESSION: Normal.\n",
        b"FINDINGS AND IMPRESSION: Normal.\n",
        b"<p>FINDINGS: Clear.</p><p>IMPRESSION: Normal.</p>",
        b"findings: clear\nimpression: normal\n",
        ("FINDINGS: " + "Clear. " * 20_000 + "\nIMPRESSION: Normal.").encode(),
    ],
)
def test_reports_are_recognised(data: bytes) -> None:
    assert is_report(data)


@pytest.mark.parametrize("cut", range(4))
def test_a_character_at_the_end_may_be_incomplete(cut: int) -> None:
    data = ("FINDINGS: Größe normal.\nIMPRESSION: \U0001f600").encode()

    assert is_report(data[: len(data) - cut])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n \n",
        b"The lungs are clear.\n",
        b"LUNGS: Clear.\nHEART: Normal.\n",
        json.dumps({"findings": REPORT}).encode(),
        json.dumps({"findings": REPORT}, indent=1).encode(),
        json.dumps([{"findings": REPORT}]).encode(),
        b"{]",
        b"MSH|^~\\&|A|B\rOBX|1|TX|||FINDINGS: Clear.",
        b"FHS|^~\\&|A\rMSH|",
        b'<?xml version="1.0"?><a>FINDINGS: x</a>',
        b"<DiagnosticReport><text>\nFINDINGS: x\n</text></DiagnosticReport>",
        b"id,findings,impression\n1,FINDINGS: Clear.,Normal.\n2,a,b\n",
        b'id,text\n1,"FINDINGS: Clear. IMPRESSION: Normal."\n2,"Other. FINDINGS: Clear."\n',
        b"Findings;Impression\nClear;Normal\n",
        b"id\tfindings\n1\tFINDINGS: Clear.\n",
        b"2026-01-02T03:04:05Z INFO start\n2026-01-02T03:04:06Z INFO done\nFINDINGS: x\n",
        b"INFO a\nERROR b\nFINDINGS: x\n",
        b"import re\n\nclass Report:\n    findings: str\n    impression: str\n",
        b"struct report {\n  char *findings;\n};\n// FINDINGS: x\n",
        b"%PDF-1.7\nFINDINGS: x",
        b"{\\rtf1 FINDINGS: x}",
        b"\x89PNG\r\n\x1a\nFINDINGS: x",
        b"FINDINGS: x\0",
        REPORT.encode("utf-16-le"),
        b"FINDINGS: \x81",
    ],
)
def test_other_data_is_not(data: bytes) -> None:
    assert not is_report(data)


def test_a_long_object_is_not_read_whole() -> None:
    assert not is_report(b"word " * 200_000 + REPORT.encode())
