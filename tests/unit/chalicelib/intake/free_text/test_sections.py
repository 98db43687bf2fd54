"""Reports of many layouts, all invented: the exact texts, or the reason why there are none."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.intake.free_text.sections import Sections, read_sections
from common.paths import ROOT
from tests.growth import assert_linear

REPORTS = [
    json.loads(line)
    for line in (Path(__file__).parent / "reports.jsonl").read_text(encoding="utf-8").splitlines()
]
# More reports of this form, which are not in the repository: name a file of them to try it.
MORE = os.environ.get("SECTION_CASES", "")
FINDINGS, IMPRESSION = "Both lungs are well aerated.", "Normal chest."
LONG = 1 << 17


def outcome(sections: Sections) -> str | tuple[str, str]:
    if sections.unsure is not None:
        assert sections.findings is sections.impression is None
        return sections.unsure
    if not sections.findings:
        return "no findings"
    return (sections.findings, sections.impression) if sections.impression else "no impression"


@pytest.mark.parametrize("case", REPORTS, ids=[one["name"] for one in REPORTS])
def test_report_gives_its_own_texts_or_the_reason(case: dict[str, Any]) -> None:
    expected = case.get("left_out") or (case["findings"], case["impression"])

    assert outcome(read_sections(case["text"])) == expected


@pytest.mark.skipif(not MORE, reason="SECTION_CASES names no file")
def test_no_other_report_gives_a_wrong_pair() -> None:
    cases = [json.loads(line) for line in Path(MORE).read_text(encoding="utf-8").splitlines()]
    left_out = 0

    for case in cases:
        found = outcome(read_sections(case["text"]))
        left_out += isinstance(found, str) and not case.get("left_out")
        if not isinstance(found, str):
            assert found == (case.get("findings"), case.get("impression")), case["name"]

    assert left_out <= len(cases) // 10


def test_other_sections_are_kept_under_one_name_for_each() -> None:
    text = (
        "REASON FOR EXAM: Cough.\n\nCLINICAL INFORMATION: Smoker.\n\nCOMPARISON FILM: ___\n\n"
        "TECHNIQUE: PA.\n\nZZ GRADING: 4.\n\nFINDINGS: a\n\nIMPRESSION: b\n\n"
        "RECOMMENDATION(S): CT.\n\nFOLLOW-UP: In May.\n\nADDENDUM: None.\n"
    )

    assert read_sections(text) == Sections(
        "a",
        "b",
        {
            "indication": "Cough.",
            "history": "Smoker.",
            "technique": "PA.",
            "zz grading": "4.",
            "recommendation": "CT. In May.",
            "addendum": "None.",
        },
        None,
        findings_heading=True,
    )


def test_blank_findings_are_told_from_none() -> None:
    assert read_sections("FINDINGS:\n\nIMPRESSION: x").findings_heading
    assert not read_sections("IMPRESSION: x").findings_heading


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert outcome(read_sections(text))


@given(
    st.lists(
        st.sampled_from(
            [
                *("FINDINGS:", "IMPRESSION:", "Findings", "impression", "ADDENDUM", "WET READ:"),
                *("CHEST, PA VIEW:", "LUNGS:", "ZZZZ:", "COMPARISON:", "SUMMARY:", "DIAGNOSIS:"),
                *("PFI REPORT", "FINAL REPORT", "____________", "\n", "\n\n", " ", ". "),
                *(
                    "The lungs are clear",
                    "overall",
                    "Signed by:",
                    "<br>",
                    "FINDINGS AND IMPRESSION",
                ),
            ]
        ),
        max_size=30,
    ).map(" ".join)
)
def test_any_order_of_headings_gives_texts_of_the_report(text: str) -> None:
    found = read_sections(text)

    words = text.replace("<br>", "\n").split()
    for kept in (found.findings, found.impression, *found.others.values()):
        assert set((kept or "").split()) <= set(words)


HARD = {
    "colons": ":" * LONG,
    "short headings": "A: " * (LONG // 3),
    "findings": "FINDINGS: a\n" * (LONG // 12),
    "unknown headings": "FINDINGS: a\n" + "ABCD EFG: a\n" * (LONG // 12),
    "masked headings": "FINDINGS:\n" + "XXXX:\n" * (LONG // 6),
    "parts": "ADDENDUM\nFINDINGS: a\n" * (LONG // 21),
    "one line": "FINDINGS: " + "a. IMPRESSION: b " * (LONG // 17),
    "misspelt": "FINDINSG IMPRESSIOM COMPARSION: X. " * (LONG // 35),
    "capitals": "ABCDEFGH IJKLMNOP QRSTUV: " * (LONG // 26),
    "masks": "_" * LONG,
    "markers": "* " * (LONG // 2),
    "dashes": " -" * (LONG // 2),
    "hashes": "#" * LONG,
    "lines": "\n" * LONG,
    "spaces": " " * LONG,
    "tags": "<b " * (LONG // 3),
    "open tags": "<p " + "a " * (LONG // 2),
    "document": "<html>" + "<p>" * (LONG // 3),
    "studies": "CHEST VIEWS: a\n\n" * (LONG // 16),
    "letters": "A B C D " * (LONG // 8),
    "word": "A" * LONG,
}


@pytest.mark.parametrize("text", HARD.values(), ids=HARD.keys())
def test_time_grows_with_the_length_only(text: str) -> None:
    assert_linear(lambda size: read_sections(text[:size]), len(text))


def test_only_the_standard_library_is_imported() -> None:
    script = (
        "import sys; before = set(sys.modules); import chalicelib.intake.free_text.sections as s\n"
        "new = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "print(sorted(new - set(sys.stdlib_module_names) - {'chalicelib'}))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT / "chalice_app",
        env={"PYTHONPATH": str(ROOT / "chalice_app")},
        capture_output=True,
        text=True,
        check=True,
    )

    assert ran.stdout.strip() == "[]"
