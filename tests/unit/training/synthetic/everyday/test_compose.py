"""Everyday reports: what they say fits together, judged by the checks of the system itself."""

from __future__ import annotations

import random
import re
from collections import Counter

import pytest

from chalicelib.checks.check import check
from training.synthetic.everyday.compose import NORMAL_LINE, compose
from training.synthetic.report import Report
from training.synthetic.stream import everyday_report

COUNT = 1200


@pytest.fixture(scope="module")
def many() -> list[Report]:
    return [everyday_report("test", number) for number in range(COUNT)]


def test_impressions_agree_with_their_findings(many: list[Report]) -> None:
    flags = Counter(f.name for r in many for f in check(r.findings, r.impression))

    assert flags["wrong_side"] == 0
    assert flags["contradicted"] == 0
    assert flags["number_not_in_findings"] == 0
    assert flags["unsupported"] == 0


def test_most_films_are_normal_and_have_one_normal_sentence(many: list[Report]) -> None:
    normal = [r for r in many if r.normal]

    assert 0.5 < len(normal) / COUNT < 0.7
    assert {r.impression for r in normal} == {NORMAL_LINE}


def test_what_is_acute_comes_first_and_replaces_the_normal_sentence(many: list[Report]) -> None:
    for r in many:
        assert r.impression.startswith(NORMAL_LINE) is (r.scenario != "everyday acute"), r


def test_harmless_findings_stand_in_many_normal_reports(many: list[Report]) -> None:
    told = re.compile(
        r"degenerative|granuloma|clips|tortuous|tip|old|low lung|wires", re.IGNORECASE
    )

    normal = [r for r in many if r.normal]

    assert sum(bool(told.search(r.findings)) for r in normal) / len(normal) > 0.2


def test_masks_leave_what_the_impression_needs(many: list[Report]) -> None:
    masked = [r for r in many if "____" in r.findings]

    assert 0.3 < len(masked) / COUNT < 0.6
    assert not any("____" in r.impression for r in many)
    for r in masked:
        for side in ("left", "right"):
            if side in r.impression.lower():
                assert side in r.findings.lower(), r


def test_no_slot_is_left_open(many: list[Report]) -> None:
    for r in many:
        assert r.findings.strip()
        assert not re.search(r"[{}]|  | \.|\.\.", r.findings + r.impression), r


def test_wording_varies(many: list[Report]) -> None:
    assert len({r.findings for r in many}) > 0.97 * COUNT


def test_equal_states_give_equal_reports() -> None:
    one, two = (compose(random.Random("same"), "x") for _ in range(2))

    assert one == two
