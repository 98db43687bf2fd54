"""Numbers as they are shown."""

from __future__ import annotations

import pytest

from analytics.report import formats
from analytics.report.statistics import Estimate

WIDE = Estimate(0.4567, 0.42, 0.4812, 100)
NARROW = Estimate(0.4567, 0.4530, 0.4604, 9000)
ALONE = Estimate(0.4567, None, None, 3)


@pytest.mark.parametrize(
    ("one", "value", "interval", "signed", "signed_interval", "percent", "percent_interval"),
    [
        (WIDE, "0.46", "[0.42, 0.48]", "+0.46", "[+0.42, +0.48]", "46 %", "[42, 48]"),
        (NARROW, "0.457", "[0.453, 0.460]", "+0.457", "[+0.453, +0.460]", "45.7 %", "[45.3, 46.0]"),
        (ALONE, "0.46", "", "+0.46", "", "46 %", ""),
    ],
)
def test_value_and_interval_have_the_same_digits(
    one: Estimate,
    value: str,
    interval: str,
    signed: str,
    signed_interval: str,
    percent: str,
    percent_interval: str,
) -> None:
    assert formats.value(one) == value
    assert formats.interval(one) == interval
    assert formats.signed(one) == signed
    assert formats.signed_interval(one) == signed_interval
    assert formats.percent(one) == percent
    assert formats.percent_interval(one) == percent_interval


def test_zero_has_no_sign() -> None:
    one = Estimate(-0.001, -0.1, 0.004, 20)

    assert formats.signed(one) == "0.00"
    assert formats.signed_interval(one) == "[-0.10, 0.00]"


@pytest.mark.parametrize(
    ("p", "said"),
    [
        (0.0001, "p < 0.001"),
        (0.001, "p 0.001"),
        (0.0314, "p 0.031"),
        (0.25, "p 0.25"),
        (1, "p 1.00"),
    ],
)
def test_p_has_two_digits_that_say_something(p: float, said: str) -> None:
    assert formats.p(p) == said


def test_names_are_those_that_people_use() -> None:
    assert formats.metric("rougeLsum") == "ROUGE-Lsum"
    assert formats.metric("bleu") == "bleu"
    assert formats.flag("wrong_side") == "wrong side"
    assert formats.flag("critical") == "critical disagreement"
    assert formats.plain(None) == "-"
