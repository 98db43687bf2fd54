from __future__ import annotations

import pytest

from chalicelib.checks.check import check


def told(findings: str, draft: str) -> set[tuple[str, str | None]]:
    return {(flag.name, flag.finding) for flag in check(findings, draft)}


@pytest.mark.parametrize(
    ("findings", "draft", "flagged"),
    [
        ("Left effusion.", "Right effusion.", True),
        ("Left effusion.", "Bilateral effusions.", True),
        ("Bilateral effusions.", "Right effusion.", False),
        ("Left effusion. Right effusion.", "Bilateral effusions.", False),
        ("Effusion.", "Right effusion.", False),
        ("Left opacity.", "Right pneumonia.", True),
        ("Left opacity and right consolidation.", "Right consolidation.", False),
    ],
)
def test_a_side_must_be_one_of_the_findings(findings: str, draft: str, flagged: bool) -> None:  # noqa: FBT001  # the expected outcome
    assert ("wrong_side" in {name for name, _ in told(findings, draft)}) is flagged


@pytest.mark.parametrize(
    ("findings", "draft", "there", "here"),
    [
        (
            "Pleural effusion, moderate, on the left.",
            "There is an effusion on the right.",
            ["Pleural effusion", "left"],
            ["effusion", "right"],
        ),
        (
            "Left effusion. Effusion at the left base.",
            "Effusions, larger on the right than on the left.",
            ["Left", "effusion", "Effusion", "left"],
            ["Effusions", "right", "left"],
        ),
    ],
)
def test_a_wrong_side_marks_finding_and_side_in_both_texts(
    findings: str, draft: str, there: list[str], here: list[str]
) -> None:
    [flag] = [one for one in check(findings, draft) if one.name == "wrong_side"]

    assert [findings[start:end] for start, end in flag.findings_spans] == there
    assert [draft[start:end] for start, end in flag.draft_spans] == here


def test_a_side_of_something_unknown_is_compared_by_its_word() -> None:
    assert told("Left effusion. Right foot normal.", "Left effusion. Right foot normal.") == set()
    assert ("wrong_side", None) in told("The right wrist is swollen.", "Left wrist swollen.")


@pytest.mark.parametrize(
    ("findings", "draft", "finding"),
    [
        ("No effusion.", "Small effusion.", "pleural effusion"),
        ("Small effusion.", "No effusion.", "pleural effusion"),
        ("No right effusion. Left effusion.", "No left effusion.", "pleural effusion"),
        ("Heart size is normal.", "Cardiomegaly.", "cardiomegaly"),
        ("The heart is enlarged.", "Heart size is normal.", "normal heart size"),
        ("Consolidation at the left base.", "No pneumonia.", "pneumonia"),
        ("The lungs are clear.", "Left consolidation.", "consolidation"),
        ("The lungs are clear.", "Acute disease.", "no acute abnormality"),
    ],
)
def test_present_against_absent_is_contradicted(findings: str, draft: str, finding: str) -> None:
    assert ("contradicted", finding) in told(findings, draft)


@pytest.mark.parametrize(
    ("findings", "draft"),
    [
        ("No large effusion.", "Small effusion."),
        ("No new consolidation.", "Old consolidation."),
        ("No right effusion.", "Left effusion."),
        ("No effusion on the right. Effusion on the left.", "Left effusion."),
        ("Heart size is normal.", "Possible cardiomegaly."),
        ("Possible effusion.", "No effusion."),
        ("Clear lungs except for left consolidation.", "Clear lungs. Left consolidation."),
        ("The right lung is clear.", "Left consolidation."),
    ],
)
def test_what_leaves_room_is_not_contradicted(findings: str, draft: str) -> None:
    assert "contradicted" not in {name for name, _ in told(findings, draft)}


def test_a_diagnosis_that_follows_from_the_findings_is_supported() -> None:
    assert (
        told("Increased interstitial markings. Cardiomegaly.", "Pulmonary edema. Cardiomegaly.")
        == set()
    )
    assert ("unsupported", "pulmonary edema") in told("Scoliosis.", "Scoliosis. Pulmonary edema.")


def test_a_finding_is_left_out_once_and_only_if_it_matters() -> None:
    found = told("Left effusion. The effusion is large. Scoliosis. Sternotomy wires.", "Scoliosis.")

    assert found == {("omitted", "pleural effusion")}
    assert told("Left opacity.", "Left pneumonia.") == set()


@pytest.mark.parametrize(
    ("findings", "draft", "flagged"),
    [
        ("Left effusion.", "No acute disease.", True),
        ("Left effusion.", "The lungs are clear.", True),
        ("Stable left effusion.", "No acute disease.", False),
        ("Cardiomegaly.", "No acute disease.", False),
        ("Cardiomegaly.", "Normal chest.", True),
        ("Left effusion.", "No pneumothorax. Small effusion.", False),
        ("Left effusion.", "Acute disease.", False),
    ],
)
def test_a_normal_draft_of_abnormal_findings(findings: str, draft: str, flagged: bool) -> None:  # noqa: FBT001  # the expected outcome
    named = {name for name, _ in told(findings, draft)}

    assert ("normal_draft_abnormal_findings" in named) is flagged


@pytest.mark.parametrize(
    ("findings", "draft", "flagged"),
    [
        ("Stable left effusion.", "New left effusion.", True),
        ("Left effusion.", "New left effusion.", True),
        ("New left effusion.", "New left effusion.", False),
        ("Left effusion. Heart unchanged.", "Stable left effusion.", False),
        ("Stable left effusion.", "Left effusion.", False),
    ],
)
def test_a_change_must_be_one_of_the_findings(findings: str, draft: str, flagged: bool) -> None:  # noqa: FBT001  # the expected outcome
    named = {name for name, _ in told(findings, draft)}

    assert ("change_not_in_findings" in named) is flagged
