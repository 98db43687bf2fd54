from __future__ import annotations

import pytest

from chalicelib.checks.people import age_or_sex_mismatch, known_sex
from chalicelib.checks.reading import read


def sentences(findings: str, draft: str, age: float | None, sex: str | None) -> list[str]:
    found = age_or_sex_mismatch(read(findings), read(draft), age, sex, 1.0)
    return [flag.sentence for flag in found]


@pytest.mark.parametrize(
    ("findings", "draft", "age", "sex", "flagged"),
    [
        ("Normal.", "65-year-old man.", 65, "M", False),
        ("Normal.", "65 yo.", 64, None, False),
        ("Normal.", "65 y/o.", 40, None, True),
        ("Normal.", "65-year-old.", None, None, False),
        ("Normal.", "3 month old.", 50, None, True),
        ("Normal infant chest.", "Normal.", 70, None, True),
        ("Normal.", "Gravid uterus.", None, "male", True),
        ("Normal.", "Enlarged prostate.", None, "F", True),
        ("A man.", "A woman.", None, None, True),
        ("A man.", "A man.", None, None, False),
        ("A man.", "A woman.", None, "unknown", True),
        ("40-year-old.", "70-year-old.", None, None, True),
        ("Normal.", "A woman.", None, "O", False),
        ("Normal.", "HER2-positive. Bundle of His.", None, "F", False),
        ("Normal.", "HER2-positive.", None, "M", False),
    ],
)
def test_age_and_sex_agree_with_the_metadata_or_the_other_text(
    findings: str,
    draft: str,
    age: float | None,
    sex: str | None,
    flagged: bool,  # noqa: FBT001  # the expected outcome
) -> None:
    assert bool(sentences(findings, draft, age, sex)) is flagged


def test_codes_of_sexes() -> None:
    assert [known_sex(code) for code in ("F", " male ", "O", "", None)] == [
        "female",
        "male",
        None,
        None,
        None,
    ]


def test_the_sentence_says_which_it_should_be() -> None:
    assert sentences("Normal.", "A woman.", 40, "M") == [
        "The patient is male, the text speaks of the other sex."
    ]
