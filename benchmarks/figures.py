"""Figures: what was measured in several runs, of which the median counts."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Sequence

import msgspec


class Figure(msgspec.Struct, frozen=True):
    """One figure; `runs` are the values of the single runs, in their order."""

    runs: tuple[float, ...]

    @classmethod
    def of(cls, *runs: float) -> Figure:
        """A figure of one or more runs."""
        return cls(tuple(float(run) for run in runs))

    @property
    def median(self) -> float:
        """The value that counts."""
        return statistics.median(self.runs)

    @property
    def spread(self) -> float:
        """The distance from the smallest run to the largest, as a part of the median."""
        width = max(self.runs) - min(self.runs)
        return width / abs(self.median) if self.median else math.inf * width if width else 0.0

    def times(self, factor: float) -> Figure:
        """Every run multiplied, for another unit."""
        return Figure(tuple(run * factor for run in self.runs))

    def rate(self, count: float) -> Figure:
        """`count` per second, if the runs are seconds."""
        return Figure(tuple(count / run for run in self.runs))

    def to(self, other: Figure) -> Figure:
        """The ratio to another figure, run by run: the runs of both were measured in turn."""
        return Figure(tuple(a / b for a, b in zip(self.runs, other.runs, strict=True)))


Figures = dict[str, Figure]


def in_turn(repeats: int, *works: Callable[[int], float]) -> list[Figure]:
    """Run several measurements in turn, `repeats` times; each gets the number of the repeat.

    What slows the machine down for a while then slows all of them, and hardly their ratios.
    """
    runs: list[list[float]] = [[] for _ in works]
    for repeat in range(repeats):
        for values, work in zip(runs, works, strict=True):
            values.append(work(repeat))
    return [Figure(tuple(values)) for values in runs]


def seconds(work: Callable[[], object]) -> float:
    """The seconds that something takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that is at least as large as `percent` % of all values."""
    ordered = sorted(values)
    return ordered[max(math.ceil(len(ordered) * percent / 100), 1) - 1]
