from __future__ import annotations

import pytest

from chalicelib.checks.reading import read
from chalicelib.checks.wording import (
    longer_than_findings,
    number_not_in_findings,
    repeated_or_cut,
)


def missing(findings: str, draft: str) -> list[str]:
    found = number_not_in_findings(read(findings), read(draft))
    return [draft[start:end] for flag in found for start, end in flag.draft_spans]


@pytest.mark.parametrize(
    ("findings", "draft", "expected"),
    [
        ("A 12 mm nodule.", "1.2 cm nodule.", []),
        ("A 12 mm nodule.", "1.3 cm nodule.", ["1.3"]),
        ("A 3 x 4 cm mass.", "30 x 41 mm mass.", ["41"]),
        ("Effusion.", "1. Effusion. 2. Edema.", []),
        ("Effusion.", "1) Effusion 2) Edema", []),
        ("Nodule.", "Nodule, follow-up in 6 to 8 weeks.", []),
        ("Fracture of the sixth rib.", "Fracture of the 6 rib.", []),
        ("Fracture of the sixth rib.", "Fracture of the seventh rib.", ["seventh"]),
        ("Compression of T12.", "T11 compression.", ["T11"]),
        ("Two views. A two cm mass.", "2 cm mass.", []),
        ("Film of 12.03.2021.", "Film of 13.03.2021.", []),
    ],
)
def test_numbers_come_from_the_findings(findings: str, draft: str, expected: list[str]) -> None:
    assert missing(findings, draft) == expected


def test_a_very_long_number_is_not_quoted_in_full() -> None:
    (flag,) = number_not_in_findings(read("Mass."), read(f"Mass of {'9' * 400} cm."))

    assert len(flag.sentence) < 100


@pytest.mark.parametrize(
    ("draft", "flagged"),
    [
        ("No acute disease. No acute disease.", True),
        ("No effusion no effusion no effusion no effusion no effusion no effusion", True),
        ("the the the the the the the", True),
        ("Left effusion and", True),
        ("Left effusion,", True),
        ("Left effusion (small", True),
        ("Left effusion. Stable. Right effusion. Stable.", False),
        ("Left effusion", False),
        ("Left effusion (small).", False),
        ("No effusion. No mass. No edema. No nodule. No fracture. No hernia.", False),
    ],
)
def test_repetition_and_a_missing_end_are_seen(draft: str, flagged: bool) -> None:  # noqa: FBT001  # the expected outcome
    assert bool(list(repeated_or_cut(read(draft)))) is flagged


def test_a_draft_may_be_as_long_as_the_findings_or_short() -> None:
    twelve, thirteen = "word " * 12, "word " * 13

    assert not list(longer_than_findings(read(twelve), read(twelve), 1.0))
    assert list(longer_than_findings(read(twelve), read(thirteen), 1.0))
    assert not list(longer_than_findings(read(twelve), read(thirteen), 1.5))
    assert not list(longer_than_findings(read("word"), read("word word"), 1.0))
