"""The paired permutation test against cases that can be counted by hand."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from analytics.report import permutation
from analytics.report.permutation import p_values


def by_counting(differences: list[float]) -> float:
    """The share of all exchanges within pairs that are at least as extreme."""
    whole = abs(sum(differences))
    extreme = [
        abs(sum(sign * one for sign, one in zip(signs, differences, strict=True))) >= whole - 1e-12
        for signs in itertools.product((1, -1), repeat=len(differences))
    ]
    return sum(extreme) / len(extreme)


@pytest.mark.parametrize(
    ("differences", "p"),
    [
        ([1.0], 1.0),  # two signs, both as extreme
        ([1.0, 1.0, 1.0], 2 / 8),
        ([1.0, 1.0, -1.0], 1.0),  # all sums are 1 or 3 in size
        ([3.0, 1.0], 2 / 4),
        ([0.1] * 12, 2 / 4096),
        ([0.0] * 5, 1.0),
    ],
)
def test_few_pairs_are_counted_exactly(differences: list[float], p: float) -> None:
    assert by_counting(differences) == p
    assert p_values(np.array(differences)[:, None], "dev1") == [pytest.approx(p)]


def test_more_pairs_are_drawn_and_agree_with_counting() -> None:
    differences = np.random.default_rng(4).normal(0.03, 0.08, 15)

    (found,) = p_values(differences[:, None], "dev1")

    # Three standard errors of 9,999 draws.
    wanted = by_counting(differences.tolist())
    assert found == pytest.approx(wanted, abs=3 * math.sqrt(wanted / 9999))
    assert p_values(differences[:, None], "dev1") == [found]


def test_without_a_difference_one_in_twenty_is_below_five_per_cent() -> None:
    differences = np.random.default_rng(6).normal(0, 0.1, (40, 1000))

    found = np.array(p_values(differences, "simulated"), dtype=float)

    assert 0.03 <= (found < 0.05).mean() <= 0.07


def test_p_is_never_zero() -> None:
    assert p_values(np.full((40, 1), 0.5), "dev1") == [1 / 10_000]


def test_pairs_without_a_difference_of_scores_are_left_out() -> None:
    differences = np.full((30, 2), math.nan)
    differences[:3, 0] = 1.0

    assert p_values(differences, "dev1") == [pytest.approx(2 / 8), None]


def test_very_many_pairs_follow_the_normal_distribution(monkeypatch: pytest.MonkeyPatch) -> None:
    differences = np.random.default_rng(8).normal(0.002, 0.05, (2000, 1))
    (drawn,) = p_values(differences, "dev1")

    monkeypatch.setattr(permutation, "MOST", 1999)

    assert p_values(differences, "dev1") == [pytest.approx(drawn, abs=0.01)]
    assert p_values(differences, "dev1") != [drawn]
