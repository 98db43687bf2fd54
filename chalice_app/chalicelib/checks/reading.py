"""A text with everything that the checks need of it, read once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from chalicelib.checks.facts import Fact
from chalicelib.checks.labeller import label
from chalicelib.checks.words import Sentence, split


class Reading(NamedTuple):
    """A text, its sentences and its facts."""

    text: str
    sentences: tuple[Sentence, ...]
    facts: Sequence[Fact]

    @property
    def words(self) -> int:
        """How many words it has."""
        return sum(len(sentence.words) for sentence in self.sentences)

    @property
    def whole(self) -> tuple[int, int]:
        """The span of all of it."""
        return (0, len(self.text))


def read(text: str) -> Reading:
    """Read a text."""
    return Reading(text, tuple(split(text)), label(text))


def spans(facts: Sequence[Fact]) -> tuple[tuple[int, int], ...]:
    """Where facts stand, each place once, in order."""
    return tuple(sorted({fact.span for fact in facts}))
