from __future__ import annotations

import random

import pytest

from benchmarks.checks import seeded
from benchmarks.checks.measure import invented, negations
from benchmarks.checks.seeded import Pair


@pytest.mark.parametrize(
    ("findings", "impression", "expected"),
    [
        ("Left effusion.", "Small left effusion.", "Small right effusion."),
        ("Left effusion.", "Right effusion.", None),
        ("Left and right effusion.", "Left and right effusion.", None),
        ("Left effusion.", "Effusion.", None),
    ],
)
def test_a_side_is_flipped(findings: str, impression: str, expected: str | None) -> None:
    assert seeded.flip_side(Pair(findings, impression)) == expected


@pytest.mark.parametrize(
    ("impression", "expected"),
    [
        ("No acute disease.", "Acute disease."),
        ("Edema. No evidence of mass.", "Edema. Mass."),
        ("Edema without effusion.", "Edema Effusion."),
        ("No significant change.", None),
        ("Edema.", None),
    ],
)
def test_a_negation_is_dropped(impression: str, expected: str | None) -> None:
    assert seeded.drop_negation(Pair("", impression)) == expected


@pytest.mark.parametrize(
    ("impression", "expected"),
    [
        ("Normal heart. Left effusion.", "Normal heart. No left effusion."),
        ("No effusion.", None),
        ("Scoliosis.", None),
    ],
)
def test_a_negation_is_added(impression: str, expected: str | None) -> None:
    assert seeded.add_negation(Pair("", impression)) == expected


def test_a_number_is_changed_to_one_that_is_not_there() -> None:
    draft = seeded.change_number(Pair("A 9 mm nodule.", "9 mm nodule."), random.Random(1))

    assert draft is not None
    assert draft.endswith(" mm nodule.")
    assert not draft.startswith("9 ")
    assert seeded.change_number(Pair("A nodule.", "9 mm nodule."), random.Random(1)) is None


@pytest.mark.parametrize(
    ("findings", "impression", "expected"),
    [
        ("Left effusion. Mild scoliosis.", "Left effusion. Scoliosis.", "Scoliosis."),
        ("Left effusion.", "Left effusion.", seeded.HEALTHY),
        ("Scoliosis.", "Left effusion.", None),
    ],
)
def test_the_main_finding_is_removed(findings: str, impression: str, expected: str | None) -> None:
    assert seeded.remove_main_finding(Pair(findings, impression)) == expected


def test_another_impression_must_say_something_else() -> None:
    pair, same = Pair("", "Left effusion."), Pair("", "An effusion on the left.")

    assert seeded.another(pair, [same], random.Random(1)) is None
    assert seeded.another(pair, [Pair("", "Edema.")], random.Random(1)) == "Edema."


def test_errors_in_invented_reports_are_found_and_hardly_anything_else() -> None:
    pairs = invented()[::4]

    found = seeded.detections(pairs)
    alarms = seeded.alarms(pairs)

    assert found["side flipped"].share >= 0.95
    assert negations(found).share >= 0.93
    assert found["another patient's impression"].share >= 0.85
    assert found["main finding removed"].share >= 0.90
    assert found["number changed"].share >= 0.95
    assert min(one.errors for one in found.values()) > 10
    assert alarms["wrong_side or contradicted"] <= 0.03 * len(pairs)


def test_a_flag_that_the_own_impression_gets_too_finds_no_error() -> None:
    kind = "negation dropped"

    assert not seeded.is_found(kind, Pair("No effusion.", "Effusion."), "Large effusion.")
    assert seeded.is_found(kind, Pair("No effusion.", "No effusion."), "Large effusion.")
