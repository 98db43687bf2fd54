"""Intervals and tests of the page: bootstrap, sign-flip test, Wilson, box plots (ADR 31).

Every statistic is a ratio of two sums over reports: a mean is the sum of scores by the number of
scores, micro F1 twice the common facts by all facts, a difference of paired means the sum of the
pairs' differences by their number. So one set of resampled reports serves all of a dataset.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SEED = 31
RESAMPLES = 2000
FLIPS = 9999
LEVEL = 0.95
FEWEST = 10  # reports, for an interval
MOST = 10_000  # reports that are resampled; from more, the interval follows from the standard error
_EXACT = 12  # pairs, up to which all 2**n signs are tried
_Z = 1.959963984540054  # the normal distribution's 97.5 % quantile
_CHUNK = 4_000_000  # cells of a matrix of resamples
_EQUAL = 1e-9  # sums this near are equal: the order of addition changes the last bits


class Estimate(NamedTuple):
    """A value with its 95 % interval; without one, there are too few reports.

    Attributes:
        value: of the reports as they are.
        low: lower end.
        high: upper end.
        n: reports (or pairs, or drafts) that it comes from.
    """

    value: float
    low: float | None
    high: float | None
    n: int

    @property
    def decimals(self) -> int:
        """Decimals that the interval supports: up to the first digit of its half-width, 2 to 4."""
        if self.low is None or self.high is None:
            return 2
        half = (self.high - self.low) / 2
        return 4 if half <= 0 else min(max(math.ceil(-math.log10(half)), 2), 4)


@dataclass(frozen=True, slots=True)
class Ratios:
    """Sums to be divided: n reports x k statistics. Where the denominator is 0, a report is out."""

    above: Floats
    below: Floats


def means(values: Floats) -> Ratios:
    """Means of columns (n x k); a NaN is a report without a value."""
    there = ~np.isnan(values)
    return Ratios(np.where(there, values, 0.0), there.astype(np.float64))


def estimates(ratios: Ratios, label: str) -> list[Estimate | None]:
    """Each statistic with its interval; None where no report has it.

    The interval is the bootstrap's percentiles (Efron 1979): reports are drawn with replacement,
    all their scores together. A label, such as the dataset's name, always gives the same draws.
    """
    n, k = ratios.above.shape
    counts = (ratios.below != 0).sum(axis=0)
    low, high = (_by_standard_error if n > MOST else _by_resampling)(ratios, label)
    found: list[Estimate | None] = []
    for place in range(k):
        below = float(ratios.below[:, place].sum())
        if below == 0:
            found.append(None)
            continue
        value, count = float(ratios.above[:, place].sum()) / below, int(counts[place])
        enough = count >= FEWEST
        found.append(
            Estimate(
                value,
                float(low[place]) if enough else None,
                float(high[place]) if enough else None,
                count,
            )
        )
    return found


def _by_resampling(ratios: Ratios, label: str) -> tuple[Floats, Floats]:
    k = ratios.above.shape[1]
    drawn = np.vstack(
        [
            _divided(times @ ratios.above, times @ ratios.below)
            for times in _resamples(len(ratios.above), label)
        ]
        or [np.full((1, k), np.nan)]
    )
    # A resample may lack every report of a small stratum; those that have one count.
    drawn[:, np.isnan(drawn).all(axis=0)] = 0.0
    ends = np.nanquantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    return ends[0], ends[1]


def _by_standard_error(ratios: Ratios, _: str) -> tuple[Floats, Floats]:
    n = (ratios.below != 0).sum(axis=0)
    below = ratios.below.sum(axis=0)
    value = _divided(ratios.above.sum(axis=0), below)
    residuals = ratios.above - np.nan_to_num(value) * ratios.below
    spread = np.sqrt((residuals**2).sum(axis=0) * _divided(n, n - 1.0))
    half = _Z * _divided(spread, below)
    return value - half, value + half


def _divided(above: Any, below: Any) -> Floats:  # noqa: ANN401  # arrays of several types
    """Element by element; NaN where the divisor is 0."""
    nothing = np.full(np.shape(above), np.nan)
    return np.divide(above, below, out=nothing, where=np.asarray(below) != 0)


def _draws(label: str) -> np.random.Generator:
    return np.random.default_rng([SEED, zlib.crc32(label.encode("utf-8", "surrogatepass"))])


def _resamples(n: int, label: str) -> Iterator[Floats]:
    """How many times each of n reports is in each resample: RESAMPLES rows, some at a time."""
    generator = _draws(label)
    left = RESAMPLES if n else 0
    while left:
        rows = min(left, max(_CHUNK // n, 1))
        drawn = generator.integers(0, n, (rows, n)) + n * np.arange(rows)[:, None]
        yield np.bincount(drawn.ravel(), minlength=rows * n).reshape(rows, n).astype(np.float64)
        left -= rows


def p_values(differences: Floats, label: str) -> list[float | None]:
    """Two-sided p of "both are equally good", for columns of paired differences (n x k, or NaN).

    Paired permutation test: within a pair, which of the two scores is whose is exchanged, so a
    difference changes its sign. Exact up to 12 pairs; otherwise with 9,999 random exchanges, and
    p = (1 + those at least as extreme) / 10,000 (Phipson and Smyth 2010); None without a pair.
    """
    there = ~np.isnan(differences)
    counts = there.sum(axis=0)
    signed = np.where(there, differences, 0.0)
    sums = np.abs(signed.sum(axis=0))
    margin = _EQUAL * (1 + sums)
    if len(signed) > MOST:
        spread = np.sqrt((signed**2).sum(axis=0))
        z = np.nan_to_num(_divided(sums, spread))
        found = np.array([math.erfc(one / math.sqrt(2)) for one in z])
    else:
        extreme = np.zeros(signed.shape[1])
        for signs in _signs(len(signed), label):
            extreme += (np.abs(signs @ signed) >= sums - margin).sum(axis=0)
        found = (1 + extreme) / (FLIPS + 1)
    return [
        None if not count else _exact(column[here]) if count <= _EXACT else float(p)
        for count, column, here, p in zip(counts, signed.T, there.T, found, strict=True)
    ]


def _signs(n: int, label: str) -> Iterator[Floats]:
    generator = _draws(f"signs of {label}")
    left = FLIPS if n else 0
    while left:
        rows = min(left, max(_CHUNK // n, 1))
        yield generator.integers(0, 2, (rows, n), dtype=np.int8).astype(np.float64) * 2 - 1
        left -= rows


def _exact(differences: Floats) -> float:
    n = len(differences)
    bits = (np.arange(2**n)[:, None] >> np.arange(n)) & 1
    sums = np.abs((bits * 2.0 - 1) @ differences)
    whole = abs(float(differences.sum()))
    return float((sums >= whole - _EQUAL * (1 + whole)).mean())


def wilson(some: int, of: int) -> Estimate | None:
    """A share with Wilson's score interval (1927), which holds for few and rare; None of none."""
    if not of:
        return None
    share, square = some / of, _Z**2
    centre = (share + square / (2 * of)) / (1 + square / of)
    half = _Z / (1 + square / of) * math.sqrt(share * (1 - share) / of + square / (4 * of * of))
    # At the ends, rounding would leave 1e-17.
    low = 0.0 if some == 0 else centre - half
    return Estimate(share, low, 1.0 if some == of else centre + half, of)


class Described(NamedTuple):
    """pandas' describe(), and a box plot's whiskers (the last score within 1.5 IQR) and outliers."""

    count: int
    mean: float
    std: float | None
    low: float
    p25: float
    p50: float
    p75: float
    high: float
    low_whisker: float
    high_whisker: float
    outliers: list[float]


def described(values: Floats) -> Described | None:
    """Describe the values that are no NaN; None if there is none."""
    values = np.sort(values[~np.isnan(values)])
    if not len(values):
        return None
    p25, p50, p75 = (float(one) for one in np.quantile(values, [0.25, 0.5, 0.75]))
    reach = 1.5 * (p75 - p25)
    inside = (values >= p25 - reach) & (values <= p75 + reach)
    return Described(
        count=len(values),
        mean=float(values.mean()),
        std=float(values.std(ddof=1)) if len(values) > 1 else None,
        low=float(values[0]),
        p25=p25,
        p50=p50,
        p75=p75,
        high=float(values[-1]),
        low_whisker=float(values[inside][0]),
        high_whisker=float(values[inside][-1]),
        outliers=[float(one) for one in values[~inside]],
    )
