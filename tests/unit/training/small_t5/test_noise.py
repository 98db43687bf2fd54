from __future__ import annotations

import re

from training.small_t5.noise import scribble
from training.synthetic.stream import reports

KEPT = re.compile(r"\b(left|right|no|without|small|moderate|new|unchanged|\d+)\b", re.IGNORECASE)


def test_scribbling_is_the_same_every_time() -> None:
    some = list(reports(50, "noise"))

    first = [scribble(r, "seed") for r in some]
    second = [scribble(r, "seed") for r in some]

    assert first == second
    assert first != some


def test_what_the_impression_rests_on_stays() -> None:
    for r in reports(500, "noise"):
        spoiled = scribble(r, "seed")

        assert spoiled.impression == r.impression
        assert KEPT.findall(spoiled.findings.lower()) == KEPT.findall(r.findings.lower())


def test_many_reports_stay_as_they_are() -> None:
    some = list(reports(500, "noise"))

    same = sum(scribble(r, "seed") == r for r in some)

    assert 0.5 < same / len(some) < 0.9
