from __future__ import annotations

import pytest

from training.errors import CollectionError
from training.prepare.patients import Patients, normalized, pattern_of


@pytest.mark.parametrize(
    ("path", "patient"),
    [
        ("files/p10/p10000032/s50414267.txt", "10000032"),
        ("mimic/p10000032/s1.txt", "10000032"),
        ("train/patient00007/study1/report.txt", "7"),
        ("files/p10/s50414267.txt", None),
        ("p10000032", None),
        ("files/p10000032.txt", None),
    ],
)
def test_patient_is_found_in_the_path(path: str, patient: str | None) -> None:
    assert Patients().of(path) == patient


@pytest.mark.parametrize(
    ("value", "patient"),
    [
        (10000032, "10000032"),
        (10000032.0, "10000032"),
        ("p10000032", "10000032"),
        ("10000032.0", "10000032"),
        ("0007", "7"),
        ("000", "0"),
        ("Ward-A", "ward-a"),
        ("____", None),
        ("nan", None),
        (float("nan"), None),
        ("", None),
        (True, None),
        (["7"], None),
    ],
)
def test_patient_of_a_column_has_one_spelling(value: object, patient: str | None) -> None:
    assert normalized(value) == patient


def test_column_that_is_empty_is_not_replaced_by_a_guess() -> None:
    assert Patients().of("a/p10000032/b.txt", "nan") is None


def test_pattern_goes_before_the_column() -> None:
    assert Patients(pattern_of(r"case\d+")).of("x-case12", "other") == "case12"
    assert Patients(pattern_of(r"case(\d+)")).of("x-case12", "other") == "12"
    assert Patients(pattern_of(r"case(\d+)")).of("x", "other") is None


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [("(", "is not a regular expression"), ("(a)(b)", "put the patient's id alone into one")],
)
def test_pattern_that_cannot_be_used_is_named(pattern: str, problem: str) -> None:
    with pytest.raises(CollectionError, match="--patient-pattern") as caught:
        pattern_of(pattern)

    assert problem in str(caught.value)
