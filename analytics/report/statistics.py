"""Estimates and 95 % intervals of the page: bootstrap, Wilson; box plots (ADR 31).

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
LEVEL = 0.95
FEWEST = 10  # reports, for an interval
MOST = 10_000  # reports that are resampled; from more, the interval follows from the standard error
_NOTHING = 1e-9  # width of an interval between equal ends, whose last bits may differ
_Z = 1.959963984540054  # the normal distribution's 97.5 % quantile
CHUNK = 4_000_000  # cells of a matrix of resamples


class Estimate(NamedTuple):
    """A value with its 95 % interval.

    Without one, there are too few reports, or all say the same, from which resamples cannot tell
    how far others would differ.

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
        return min(max(math.ceil(-math.log10(half)), 2), 4)


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

    The interval is the bootstrap's percentiles: reports are drawn with replacement, all their
    scores together. With few reports these would be too narrow; they are expanded as the normal
    distribution's interval is to Student's (Hesterberg 2015, section 5.3.2). A label, such as the
    dataset's name, always gives the same draws.
    """
    n, k = ratios.above.shape
    counts = (ratios.below != 0).sum(axis=0)
    low, high = _by_standard_error(ratios) if n > MOST else _by_resampling(ratios, counts, label)
    found: list[Estimate | None] = []
    for place in range(k):
        below = float(ratios.below[:, place].sum())
        if below == 0:
            found.append(None)
            continue
        value, count = float(ratios.above[:, place].sum()) / below, int(counts[place])
        enough = count >= FEWEST and high[place] - low[place] > _NOTHING
        found.append(
            Estimate(
                value,
                float(low[place]) if enough else None,
                float(high[place]) if enough else None,
                count,
            )
        )
    return found


def _by_resampling(ratios: Ratios, counts: NDArray[np.int64], label: str) -> tuple[Floats, Floats]:
    if not len(ratios.above):
        nothing = np.full(ratios.above.shape[1], np.nan)
        return nothing, nothing
    drawn = np.vstack(
        [
            divided(times @ ratios.above, times @ ratios.below)
            for times in _resamples(len(ratios.above), label)
        ]
    )
    # A resample may lack every report of a small stratum (NaN); those that have one count.
    drawn.sort(axis=0)
    there = np.count_nonzero(~np.isnan(drawn), axis=0)
    tails = np.array([_tail(int(count)) for count in counts])
    return _quantiles(drawn, there, tails), _quantiles(drawn, there, 1 - tails)


def _tail(n: int) -> float:
    """The share of resamples below an interval of n reports: 2.5 % for many, less for few."""
    if n < FEWEST:
        return (1 - LEVEL) / 2
    # Student's quantile from the normal one (Abramowitz and Stegun 26.7.5), right to 0.001.
    free = n - 1
    t = (
        _Z
        + (_Z**3 + _Z) / (4 * free)
        + (5 * _Z**5 + 16 * _Z**3 + 3 * _Z) / (96 * free**2)
        + (3 * _Z**7 + 19 * _Z**5 + 17 * _Z**3 - 15 * _Z) / (384 * free**3)
    )
    return math.erfc(t * math.sqrt(n / free) / math.sqrt(2)) / 2


def _quantiles(columns: Floats, there: NDArray[np.int64], levels: Floats) -> Floats:
    """A quantile of each sorted column's first `there` values, with linear interpolation."""
    place = levels * np.maximum(there - 1, 0)
    before = np.floor(place).astype(np.int64)
    after = np.minimum(before + 1, np.maximum(there - 1, 0))
    every = np.arange(columns.shape[1])
    low, high = columns[before, every], columns[after, every]
    found: Floats = low + (place - before) * (high - low)
    return found


def _by_standard_error(ratios: Ratios) -> tuple[Floats, Floats]:
    n = (ratios.below != 0).sum(axis=0)
    below = ratios.below.sum(axis=0)
    value = divided(ratios.above.sum(axis=0), below)
    residuals = ratios.above - np.nan_to_num(value) * ratios.below
    spread = np.sqrt((residuals**2).sum(axis=0) * divided(n, n - 1.0))
    half = _Z * divided(spread, below)
    return value - half, value + half


def divided(above: Any, below: Any) -> Floats:  # noqa: ANN401  # arrays of several types
    """The quotients, element by element; NaN where the divisor is 0."""
    nothing = np.full(np.shape(above), np.nan)
    found: Floats = np.divide(above, below, out=nothing, where=np.asarray(below) != 0)
    return found


def draws(label: str) -> np.random.Generator:
    """Random numbers, for a label always the same ones."""
    return np.random.default_rng([SEED, zlib.crc32(label.encode("utf-8", "surrogatepass"))])


def _resamples(n: int, label: str) -> Iterator[Floats]:
    """How many times each of n reports is in each resample: RESAMPLES rows, some at a time."""
    generator = draws(label)
    left = RESAMPLES if n else 0
    while left:
        rows = min(left, max(CHUNK // n, 1))
        drawn = generator.integers(0, n, (rows, n)) + n * np.arange(rows)[:, None]
        yield np.bincount(drawn.ravel(), minlength=rows * n).reshape(rows, n).astype(np.float64)
        left -= rows


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
    """pandas' describe(), and a box plot's whiskers (last score within 1.5 IQR) and outliers."""

    n: int
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
        n=len(values),
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
