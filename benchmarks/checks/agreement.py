"""Counts of agreement, and precision, recall and F1 from them."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple


class Counts(NamedTuple):
    """How many of two sets' members are in both, only in ours, only in theirs."""

    both: int = 0
    ours: int = 0
    theirs: int = 0

    @classmethod
    def of(cls, ours: Collection[object], theirs: Collection[object]) -> Counts:
        """Of two sets."""
        common = len(set(ours) & set(theirs))
        return cls(common, len(set(ours)) - common, len(set(theirs)) - common)

    def __add__(self, other: object) -> Counts:
        """Both counts together."""
        if not isinstance(other, Counts):
            return NotImplemented
        return Counts(self.both + other.both, self.ours + other.ours, self.theirs + other.theirs)

    @property
    def precision(self) -> float:
        """The share of ours that is in theirs; 0 without any."""
        return self.both / (self.both + self.ours) if self.both else 0.0

    @property
    def recall(self) -> float:
        """The share of theirs that is in ours; 0 without any."""
        return self.both / (self.both + self.theirs) if self.both else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of the two."""
        return 2 * self.both / (2 * self.both + self.ours + self.theirs) if self.both else 0.0
