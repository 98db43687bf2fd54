from __future__ import annotations

import pytest

from chalicelib.output.baselines import lead_sentence, stratum


@pytest.mark.parametrize(
    "reference",
    [
        "No acute cardiopulmonary abnormality.",
        "  normal chest",
        "1. No acute disease.",
        "NEGATIVE for pneumonia",
        "(unremarkable)",
        "No active disease in the chest as seen today",
    ],
)
def test_short_references_that_open_so_are_normal(reference: str) -> None:
    assert stratum(reference) == "normal"


@pytest.mark.parametrize(
    "reference",
    [
        "Small left effusion.",
        "Normality of the heart",
        "No acute disease but a nodule of the left lung apex",
        "No pneumothorax",
        "",
        "Otherwise normal",
    ],
)
def test_the_rest_is_abnormal(reference: str) -> None:
    assert stratum(reference) == "abnormal"


@pytest.mark.parametrize(
    ("findings", "lead"),
    [
        ("Heart is normal. Lungs are clear.", "Heart is normal."),
        ("  A nodule of 1.5 cm?\nNo effusion.", "A nodule of 1.5 cm?"),
        ("no full stop", "no full stop"),
        ("One.  ", "One."),
    ],
)
def test_lead_is_the_first_sentence(findings: str, lead: str) -> None:
    assert lead_sentence(findings) == (lead, False)


@pytest.mark.parametrize(("characters", "cut"), [(4000, False), (4001, True)])
def test_a_lead_that_is_too_long_for_a_draft_is_cut(characters: int, cut: bool) -> None:  # noqa: FBT001  # a case
    assert lead_sentence("x" * characters) == ("x" * 4000, cut)
