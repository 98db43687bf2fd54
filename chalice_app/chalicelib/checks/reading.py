"""A text with everything that the checks need of it, read once."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from chalicelib.checks import relations
from chalicelib.checks.compiled import cue_words, texts
from chalicelib.checks.facts import Fact
from chalicelib.checks.labeller import label
from chalicelib.checks.lexicon.table import Weight
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

    @property
    def compares(self) -> bool:
        """Whether it says of anything how it changed."""
        changes = cue_words().changes
        return any(
            changes.longest(keys, at)[0] > at
            for keys in (texts(sentence.words) for sentence in self.sentences)
            for at in range(len(keys))
        )

    def old(self) -> list[Fact]:
        """The facts that their own sentence explains by something that matters less.

        "Linear opacity consistent with scarring" states an opacity that nobody has to mention.
        """
        ends = [sentence.words[-1].end for sentence in self.sentences]
        found = []
        for one, other in pairwise(self.facts):
            together = bisect_left(ends, one.span[1]) == bisect_left(ends, other.span[1])
            explains = relations.is_there(other) and relations.weight(other) == Weight.INCIDENTAL
            if together and explains and one.finding in relations.supporters(other.finding):
                found.append(one)
        return found


def read(text: str) -> Reading:
    """Read a text."""
    return Reading(text, tuple(split(text)), label(text))


def spans(facts: Sequence[Fact]) -> tuple[tuple[int, int], ...]:
    """Where facts stand, each place once, in order."""
    return tuple(sorted({fact.span for fact in facts}))


def spans_with_sides(facts: Sequence[Fact]) -> tuple[tuple[int, int], ...]:
    """Where facts stand and where their sides do, in order; a side within a fact is no place."""
    found = spans(facts)
    starts = [start for start, _ in found]
    # Up to where the facts reach that begin at or before each.
    reach = list(accumulate((end for _, end in found), max))
    apart = set()
    for side in {side for fact in facts for side in fact.side_spans}:
        before = bisect_left(starts, side[1])
        if before == 0 or reach[before - 1] <= side[0]:
            apart.add(side)
    return tuple(sorted({*found, *apart}))
