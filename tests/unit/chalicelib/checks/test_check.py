from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.checks import flags
from chalicelib.checks.check import check, compare
from chalicelib.checks.flags import Options
from chalicelib.checks.reading import read
from chalicelib.settings import DRAFT_CHECKS
from common.paths import ROOT
from tests.counting import calls


def names(findings: str, draft: str) -> list[str]:
    return [flag.name for flag in check(findings, draft)]


def test_the_example_of_the_issue_is_flagged_in_full() -> None:
    findings = "Moderate LEFT pleural effusion. No pneumothorax."
    draft = "Large RIGHT pneumothorax, 9.9 cm. No effusion."

    found = check(findings, draft)

    def marked(flag: flags.Flag) -> tuple[str, list[str], list[str]]:
        ours = [draft[start:end] for start, end in flag.draft_spans]
        theirs = [findings[start:end] for start, end in flag.findings_spans]
        return flag.name, theirs, ours

    assert [marked(flag) for flag in found] == [
        ("wrong_side", ["LEFT"], ["RIGHT"]),
        ("contradicted", ["pneumothorax"], ["pneumothorax"]),
        ("contradicted", ["pleural effusion"], ["effusion"]),
        ("critical_finding", [], ["pneumothorax"]),
        ("number_not_in_findings", [], ["9.9"]),
    ]
    assert found[1].sentence == "The draft has pneumothorax, the findings deny it."
    assert found[2].sentence == "The draft denies pleural effusion, the findings have it."


NINE = [
    ("Right lower lobe consolidation.", "Left lower lobe pneumonia.", ["wrong_side"]),
    (
        "Small right effusion. Heart size is normal.",
        "Small right effusion. Cardiomegaly.",
        ["contradicted"],
    ),
    (
        "Large right pneumothorax.",
        "No acute cardiopulmonary abnormality.",
        ["normal_draft_abnormal_findings", "critical_finding", "omitted"],
    ),
    (
        "Moderate left effusion. Pneumonia in the right lower lobe.",
        "Right lower lobe pneumonia.",
        ["omitted"],
    ),
    ("The lungs are clear. Heart size is normal.", "Rib fracture.", ["unsupported"]),
    (
        "A 4 mm nodule in the left upper lobe.",
        "14 mm left upper lobe nodule.",
        ["critical_finding", "number_not_in_findings"],
    ),
    ("Stable left effusion.", "New left effusion.", ["change_not_in_findings"]),
    (
        "Left effusion.",
        "Left effusion. Small left effusion is seen. Small left effusion is seen.",
        ["repeated_or_cut", "longer_than_findings"],
    ),
    ("Left effusion.", "Left effusion of the", ["repeated_or_cut"]),
]


@pytest.mark.parametrize(("findings", "draft", "expected"), NINE)
def test_nine_more(findings: str, draft: str, expected: list[str]) -> None:
    assert names(findings, draft) == expected


def documented() -> list[tuple[str, str, list[str]]]:
    """The rows of the tables of docs/draft-checks.md that show findings, a draft and its flags."""
    rows = []
    shown = False
    for line in (ROOT / "docs" / "draft-checks.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        shown = line.startswith("|") and (shown or cells == ["findings", "draft", "flags"])
        if shown and cells[0] not in ("findings", "---"):
            rows.append((cells[0], cells[1], [name for name in cells[2].split(", ") if name]))
    return rows


@pytest.mark.parametrize(("findings", "draft", "expected"), documented())
def test_the_documentation_shows_what_happens(
    findings: str, draft: str, expected: list[str]
) -> None:
    assert names(findings, draft) == expected


def test_the_documentation_names_every_flag_and_shows_twenty_drafts() -> None:
    text = (ROOT / "docs" / "draft-checks.md").read_text(encoding="utf-8")

    assert [name for name in DRAFT_CHECKS if f"| `{name}` |" not in text] == []
    assert len(documented()) == 20


@pytest.mark.parametrize(
    ("findings", "draft"),
    [
        ("The lungs are clear. Heart size is normal.", "No acute cardiopulmonary abnormality."),
        ("Small left pleural effusion.", "Small left pleural effusion."),
        ("Right lower lobe consolidation.", "Right lower lobe pneumonia."),
        ("The lungs are hyperinflated.", "COPD."),
        ("No large effusion. The lungs are clear.", "Normal chest."),
        ("Mild scoliosis. Calcified granuloma. The lungs are clear.", "No acute disease."),
        ("Linear opacity at the left base, consistent with scarring.", "No acute disease."),
        ("1.2 cm mediastinal cyst. Left effusion.", "Left effusion. 12 mm cyst."),
        ("Effusion at both bases.", "Left effusion."),
    ],
)
def test_what_a_radiologist_would_write_is_not_flagged(findings: str, draft: str) -> None:
    assert names(findings, draft) == []


@pytest.mark.parametrize(
    ("findings", "draft", "reason"),
    [
        (
            "Kein Erguss links. Herz normal.",
            "Large effusion.",
            "the findings text is not in English",
        ),
        ("Left effusion.", "Kein Erguss rechts.", "the draft is not in English"),
        ("Left effusion.", "...!", "the draft has no words"),
        ("____", "Left effusion.", "the findings text has no words"),
    ],
)
def test_what_cannot_be_read_gets_no_other_flag(findings: str, draft: str, reason: str) -> None:
    (flag,) = check(findings, draft)

    assert (flag.name, flag.sentence) == ("not_checked", f"Not checked, because {reason}.")


def test_a_draft_that_names_nothing_leaves_everything_out() -> None:
    found = check("Left effusion.", "Clinical follow-up is advised.")

    assert [flag.name for flag in found] == ["omitted", "not_checked"]


def test_findings_in_which_nothing_is_known_are_not_compared() -> None:
    found = check("AP view of the foot.", "Large effusion.")

    assert [flag.name for flag in found] == ["not_checked"]


def test_only_the_chosen_checks_run() -> None:
    options = Options(checks=frozenset({"contradicted"}))

    found = check("No effusion.", "Effusion, 9 cm. Effusion, 9 cm.", options=options)

    assert {flag.name for flag in found} == {"contradicted"}


def test_age_and_sex_are_checked_against_the_metadata() -> None:
    found = check("Left effusion.", "Left effusion in this woman.", age=40, sex="M")

    assert [flag.name for flag in found] == ["age_or_sex_mismatch"]


@pytest.mark.parametrize(
    "unit",
    [
        "Left effusion. ",
        "left effusion 4 mm ",
        "no right effusion, left nodule ",
        "1.2 ",
        "65-year-old man ",
        "the same words ",
        "T12 ",
        "(",
    ],
)
def test_time_is_linear_in_the_length_of_both_texts(unit: str) -> None:
    check("Left effusion.", "Right effusion.")  # the lexicon is compiled on first use

    # The first text already exceeds what is compared fact by fact.
    once, twice = (calls(partial(check, unit * n, unit * n)) for n in (600, 1200))

    assert twice <= 2.2 * once + 1000


def test_too_many_facts_are_not_compared() -> None:
    flag = check("Left effusion. " * 600, "Right effusion.")[-1]

    assert flag.name == "not_checked"
    assert "more than 500 findings" in flag.sentence


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_texts_give_flags_whose_spans_lie_in_them(findings: str, draft: str) -> None:
    for flag in check(findings, draft):
        assert flag.name in flags.NAMES
        for start, end in flag.findings_spans:
            assert 0 <= start < end <= len(findings)
        for start, end in flag.draft_spans:
            assert 0 <= start < end <= len(draft)


def test_texts_that_were_read_before_are_compared_in_the_same_way() -> None:
    findings = "Moderate LEFT pleural effusion. No pneumothorax."
    draft = "Large RIGHT pneumothorax, 9.9 cm. No effusion."

    assert set(compare(read(findings), read(draft))) == set(check(findings, draft))
