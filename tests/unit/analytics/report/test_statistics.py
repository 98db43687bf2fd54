"""Intervals against exact distributions, published examples and simulated data."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from analytics.report import statistics
from analytics.report.statistics import Estimate, Floats, Ratios, described, estimates, wilson

# Student's 97.5 % quantiles, from a printed table.
STUDENT = {10: 2.262157, 20: 2.093024, 30: 2.045230, 1000: 1.962341}


def interval(values: Floats, label: str = "dev1") -> tuple[float, float]:
    (one,) = estimates(statistics.means(values[:, None]), label)
    assert one is not None
    assert one.low is not None
    assert one.high is not None
    return one.low, one.high


def below(z: float) -> float:
    return math.erfc(-z / math.sqrt(2)) / 2


def binomial_quantile(n: int, share: float, level: float) -> float:
    """The share of ones in a resample, below which a part `level` of all resamples lies."""
    whole = 0.0
    for k in range(n + 1):
        whole += math.comb(n, k) * share**k * (1 - share) ** (n - k)
        if whole >= level:
            return k / n
    return 1.0


@pytest.mark.parametrize(("n", "ones"), [(10, 5), (20, 6), (30, 3)])
def test_an_interval_of_zeros_and_ones_is_that_of_the_exact_bootstrap(n: int, ones: int) -> None:
    values = np.array([1.0] * ones + [0.0] * (n - ones))
    tail = below(-STUDENT[n] * math.sqrt(n / (n - 1)))

    low, high = interval(values)

    # 2,000 resamples may end one step of 1/n beside the exact quantile.
    assert abs(low - binomial_quantile(n, ones / n, tail)) <= 1.01 / n
    assert abs(high - binomial_quantile(n, ones / n, 1 - tail)) <= 1.01 / n
    assert low < ones / n < high


@pytest.mark.parametrize("n", STUDENT)
def test_few_reports_get_students_interval(n: int) -> None:
    wanted = below(-STUDENT[n] * math.sqrt(n / (n - 1)))

    assert statistics._tail(n) == pytest.approx(wanted, rel=0.002)


@pytest.mark.parametrize("n", [10, 30, 200])
def test_ninety_five_of_a_hundred_intervals_contain_the_mean(n: int) -> None:
    samples = np.random.default_rng(7).beta(2, 3, (n, 600))  # skewed, mean 0.4

    found = estimates(statistics.means(samples), "simulated")

    inside = [one.low <= 0.4 <= one.high for one in found if one and one.low and one.high]
    assert len(inside) == 600
    assert 0.93 <= sum(inside) / 600 <= 0.975


def test_micro_f1_is_a_ratio_of_sums_and_its_interval_covers_too() -> None:
    draw = np.random.default_rng(11)
    shape = 60, 400
    common = draw.binomial(3, 0.6, shape)
    facts = common + 3

    found = estimates(
        Ratios((2.0 * common).astype(np.float64), facts.astype(np.float64)), "simulated"
    )

    assert found[0] is not None
    assert found[0].value == pytest.approx(2 * common[:, 0].sum() / facts[:, 0].sum())
    inside = [one.low <= 3.6 / 4.8 <= one.high for one in found if one and one.low and one.high]
    assert 0.92 <= sum(inside) / 400 <= 0.98


def test_the_interval_of_paired_differences_is_narrower_than_that_of_separate_means() -> None:
    draw = np.random.default_rng(3)
    report = draw.beta(2, 3, 60)
    ours, theirs = report + draw.normal(0.05, 0.03, 60), report + draw.normal(0, 0.03, 60)

    paired, one, other = (interval(values) for values in (ours - theirs, ours, theirs))

    separate = math.hypot(one[1] - one[0], other[1] - other[0])
    assert paired[1] - paired[0] < separate / 4
    assert paired[0] > 0


def test_a_label_gives_the_same_draws_and_another_one_others() -> None:
    values = np.random.default_rng(5).random(40)

    assert interval(values) == interval(values)
    assert interval(values, "dev1") != interval(values, "dev2")


def test_reports_without_a_value_count_for_nothing() -> None:
    values = np.array([[0.25, math.nan], [0.75, math.nan], [math.nan, math.nan]])

    assert estimates(statistics.means(values), "dev1") == [Estimate(0.5, None, None, 2), None]


def test_there_is_an_interval_from_ten_reports_on() -> None:
    few = np.full((30, 1), math.nan)
    few[:9, 0] = 0.5
    few[0, 0] = 0.4
    many = few.copy()
    many[9, 0] = 0.6

    (without,), (within,) = (estimates(statistics.means(values), "dev1") for values in (few, many))

    assert without is not None
    assert (without.n, without.low, without.high) == (9, None, None)
    assert within is not None
    assert within.n == 10
    assert within.value == pytest.approx(0.5)
    assert within.low is not None
    assert 0.4 < within.low < 0.5


@pytest.mark.parametrize("most", [10, 10_000])
def test_reports_that_all_say_the_same_have_no_interval(
    monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(statistics, "MOST", most)

    (found,) = estimates(statistics.means(np.full((60, 1), 0.1)), "dev1")

    assert found is not None
    assert found.value == pytest.approx(0.1)
    assert (found.low, found.high, found.n) == (None, None, 60)


def test_no_report_has_no_interval() -> None:
    assert estimates(statistics.means(np.empty((0, 2))), "dev1") == [None, None]


def test_with_very_many_reports_the_standard_error_gives_the_same_interval(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    draw = np.random.default_rng(9)
    facts = draw.integers(1, 6, (4000, 1)).astype(float)
    ratios = Ratios(facts * draw.beta(2, 3, (4000, 1)), facts)
    resampled = estimates(ratios, "dev1")[0]

    monkeypatch.setattr(statistics, "MOST", 3999)
    direct = estimates(ratios, "dev1")[0]

    assert resampled is not None
    assert direct is not None
    assert direct.value == resampled.value
    assert direct.low != resampled.low
    assert direct.low == pytest.approx(resampled.low, abs=0.0008)
    assert direct.high == pytest.approx(resampled.high, abs=0.0008)


@pytest.mark.parametrize(
    ("some", "of", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (29, 29, 0.8830, 1),
    ],
)
def test_wilsons_interval_is_the_published_one(some: int, of: int, low: float, high: float) -> None:
    # The examples of Newcombe (1998), method 3.
    found = wilson(some, of)

    assert found is not None
    assert (found.value, found.n) == (some / of, of)
    assert found.low == pytest.approx(low, abs=5e-5)
    assert found.high == pytest.approx(high, abs=5e-5)


def test_a_share_of_nothing_is_none() -> None:
    assert wilson(0, 0) is None


@pytest.mark.parametrize(
    ("half", "decimals"),
    [(0.3, 2), (0.03, 2), (0.011, 2), (0.01, 2), (0.008, 3), (0.0005, 4), (0.00001, 4)],
)
def test_a_value_has_the_digits_that_its_interval_supports(half: float, decimals: int) -> None:
    assert Estimate(0.5, 0.5 - half, 0.5 + half, 100).decimals == decimals


def test_a_value_without_an_interval_has_two_digits() -> None:
    assert Estimate(0.5, None, None, 3).decimals == 2


def test_describe_is_that_of_pandas() -> None:
    values = np.random.default_rng(2).beta(2, 8, 57)
    values[5], values[6], values[7] = math.nan, 0.95, 0.7

    found = described(values)

    wanted = pd.Series(values).describe()
    assert found is not None
    assert [found.n, *found[1:8]] == pytest.approx(wanted.tolist())
    fence = wanted["75%"] + 1.5 * (wanted["75%"] - wanted["25%"])
    assert found.outliers == [0.7, 0.95]
    assert found.high_whisker == max(value for value in values if value <= fence)
    assert found.low_whisker == found.low


def test_one_value_has_no_standard_deviation_and_none_no_description() -> None:
    one = described(np.array([0.5]))

    assert one is not None
    assert one.std is None
    assert described(np.array([math.nan])) is None
