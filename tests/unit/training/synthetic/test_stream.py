from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from itertools import islice

import pytest

from training.synthetic.report import Report
from training.synthetic.stream import (
    everyday_report,
    everyday_reports,
    normalised,
    report,
    reports,
    training_reports,
)

# The same on Python 3.11, 3.12 and 3.13; changes only when tables or composition change, and then
# the examples and the model have to be made anew.
GOLDEN = "00395750339c345a58b0de12cde43bd583627aaa02767267910e284abd86b5a4"
EVERYDAY_GOLDEN = "6ca68d266523ad1d61bece0e8f84d02c0c99156db3a5db1bc627b28d498624c9"


@pytest.mark.parametrize(
    ("made", "golden"),
    [
        (reports(500, "golden"), GOLDEN),
        (everyday_reports(500, "golden", frozenset()), EVERYDAY_GOLDEN),
    ],
    ids=["house", "everyday"],
)
def test_a_seed_names_the_same_reports_on_every_python(made: Iterator[Report], golden: str) -> None:
    lines = [json.dumps([r.report_id, r.findings, r.impression, r.scenario]) for r in made]

    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()

    assert digest == golden


def test_a_report_does_not_depend_on_the_ones_before_it() -> None:
    in_order = list(reports(5, "order"))

    alone = report("order", 4)

    assert alone == in_order[4]


def test_another_seed_gives_other_reports() -> None:
    first = {r.findings for r in reports(50, "one")}

    second = {r.findings for r in reports(50, "two")}

    assert len(first & second) < 5


def test_case_layout_and_punctuation_do_not_hide_a_repeat() -> None:
    prose = "Heart size normal. Lungs clear."

    listed = "1. HEART SIZE NORMAL\n2. LUNGS: CLEAR"

    assert normalised(prose) == "heart size normal lungs clear"
    assert normalised("HEART size  normal;\nlungs CLEAR") == normalised(prose)
    assert normalised(listed) != ""


def test_training_reports_leave_out_what_is_held_out() -> None:
    plain = list(reports(20, "stream"))
    held = {normalised(plain[0].findings), normalised(plain[7].findings)}

    kept = list(training_reports(18, "stream", held))

    assert kept == [r for r in plain if normalised(r.findings) not in held]


def test_training_reports_go_on_until_the_count_is_reached() -> None:
    first = list(islice(reports(30, "stream"), 10))
    held = {normalised(r.findings) for r in first}

    kept = list(training_reports(25, "stream", held))

    assert len(kept) == 25


def test_everyday_reports_leave_out_what_is_held_out_too() -> None:
    held = {normalised(everyday_report("stream", 0).findings)}

    kept = list(everyday_reports(5, "stream", held))

    assert kept == [everyday_report("stream", number) for number in range(1, 6)]
