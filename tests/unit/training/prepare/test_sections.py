from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.prepare.report import LeftOut, Pair, Reason
from training.prepare.sections import read_report, section_of

MIMIC_LIKE = """                                 FINAL REPORT
 EXAMINATION:  CHEST (PA AND LAT)

 INDICATION:  ___ year old with cough  // pneumonia?

 COMPARISON:  ___

 FINDINGS:

 The lungs are clear.  Heart size
 is normal at 10:30.

 IMPRESSION:

 No acute cardiopulmonary
 process.
"""


def test_report_in_sections_gives_both_texts_unwrapped() -> None:
    assert read_report("s1", MIMIC_LIKE) == Pair(
        "s1",
        "The lungs are clear. Heart size is normal at 10:30.",
        "No acute cardiopulmonary process.",
    )


@pytest.mark.parametrize("heading", ["FINDINGS", "Findings", "  findings ", "FINDING", "REPORT"])
@pytest.mark.parametrize("closing", ["IMPRESSION", "Impression", "CONCLUSION", "FINAL IMPRESSION"])
def test_headings_are_known_in_any_case_and_on_the_text_s_own_line(
    heading: str, closing: str
) -> None:
    text = f"{heading}: Clear lungs.\n{closing}: Normal chest.\n"

    assert read_report("a", text) == Pair("a", "Clear lungs.", "Normal chest.")


def test_view_in_capitals_opens_the_findings() -> None:
    text = "HISTORY: Cough.\n\nPA AND LATERAL VIEWS OF THE CHEST: Clear.\n\nIMPRESSION: Normal."

    assert read_report("a", text) == Pair("a", "Clear.", "Normal.")


def test_organ_headings_stay_within_the_findings() -> None:
    text = "FINDINGS:\nLUNGS: Clear.\nHeart: Normal.\nBONES: Intact.\nIMPRESSION: Normal."

    found = read_report("a", text)

    assert found == Pair("a", "LUNGS: Clear. Heart: Normal. BONES: Intact.", "Normal.")


@pytest.mark.parametrize("closing", ["RECOMMENDATION", "NOTIFICATION", "Dictated by"])
def test_what_follows_the_impression_is_not_part_of_it(closing: str) -> None:
    text = f"FINDINGS: Nodule.\nIMPRESSION: Nodule.\n{closing}: Call Dr. ___ at once."

    assert read_report("a", text) == Pair("a", "Nodule.", "Nodule.")


def test_last_of_two_sections_counts_unless_it_is_blank() -> None:
    text = "FINDINGS: Old.\nIMPRESSION: First.\nADDENDUM: x\nIMPRESSION: Second.\nFINDINGS:\n"

    assert read_report("a", text) == Pair("a", "Old.", "Second.")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no findings"),
        ("IMPRESSION: Normal.", "no findings"),
        ("FINDINGS: Clear.", "no impression"),
        ("FINDINGS: Clear.\nIMPRESSION:\n", "no impression"),
        ("FINDINGS AND IMPRESSION: Clear.", "findings and impression in one"),
        ("IMPRESSION/FINDINGS: Clear.", "findings and impression in one"),
    ],
)
def test_report_without_both_is_left_out_with_its_reason(text: str, reason: Reason) -> None:
    assert read_report("a", text) == LeftOut("a", reason)


@given(st.text())
def test_any_text_ends_as_a_pair_or_a_reason(text: str) -> None:
    found = read_report("a", text)

    assert isinstance(found, LeftOut) or (found.findings.strip() and found.impression.strip())


@pytest.mark.parametrize("line", ["Heart size", "There is a view of the chest", "LUNGS"])
def test_ordinary_text_opens_nothing(line: str) -> None:
    assert section_of(line) is None
