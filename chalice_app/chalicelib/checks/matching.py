"""Finds the phrases of the lexicon in one sentence."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import NamedTuple, cast

from chalicelib.checks.compiled import Lexicon, Meaning, Pattern, stems
from chalicelib.checks.lexicon.table import Weight
from chalicelib.checks.words import Word

# How many words may stand between the parts of a pattern.
GAP = 6
# Normal statements list: "the heart, mediastinum and pulmonary vasculature are normal".
NORMAL_GAP = 12
NORMAL_GAP_BACKWARDS = 4
# Of a sentence that names a finding, it says how that one changed.
UNCHANGED = "stable exam"
_BREAKS = frozenset({"but", "with", "without", "no", "however", "although", "except", "above"})
# A phrase that has such a word has it for itself: "mediastinum: prominent epicardial fat pad".
_OWN = frozenset({"prominent", "enlarged", "increased", "dilated", "widened", "large"})
_COPULAS = frozenset({"is", "are", "was", "were", "appears", "appear", "remains", "remain"})


class Match(NamedTuple):
    """A phrase in a sentence: its words, first to last, and what it names."""

    indexes: tuple[int, ...]
    meaning: Meaning

    @property
    def start(self) -> int:
        """The index of its first word."""
        return self.indexes[0]

    @property
    def end(self) -> int:
        """The index after its last word."""
        return self.indexes[-1] + 1


def matches(words: Sequence[Word], lexicon: Lexicon) -> list[Match]:
    """The findings that a sentence mentions, by place; of overlapping ones the most specific."""
    keys = stems(words)
    adjacent = _adjacent(keys, lexicon)
    # A word that names a finding by itself does not also stand between the parts of another one.
    taken = {
        index: match
        for match in adjacent
        if not match.meaning.opposite and match.meaning.finding.weight > Weight.DEVICE
        for index in match.indexes
    }
    found = [*adjacent, *_near(words, keys, taken, lexicon)]
    found.sort(key=lambda match: (-len(match.indexes), match.end - match.start, match.start))
    used: set[int] = set()
    kept: list[Match] = []
    if any(match.meaning.finding.name != UNCHANGED for match in found):
        found = [match for match in found if match.meaning.finding.name != UNCHANGED]
    for match in found:
        if used.issuperset(match.indexes) and not _shares_words(match, kept):
            continue
        used.update(match.indexes)
        kept.append(match)
    return sorted(kept, key=lambda match: (match.start, match.end))


def _shares_words(match: Match, kept: Sequence[Match]) -> bool:
    """Whether it says another thing with the same words: "cardiomediastinal silhouette normal"."""
    return any(
        one.indexes == match.indexes and one.meaning.finding.name != match.meaning.finding.name
        for one in kept
    )


def _adjacent(keys: Sequence[str], lexicon: Lexicon) -> list[Match]:
    found = []
    for start in range(len(keys)):
        end, meanings = lexicon.phrases.longest(keys, start)
        found += [Match(tuple(range(start, end)), cast("Meaning", meaning)) for meaning in meanings]
    return found


def _near(
    words: Sequence[Word], keys: Sequence[str], taken: Mapping[int, Match], lexicon: Lexicon
) -> list[Match]:
    places: dict[tuple[str, ...], list[int]] = {}
    for start in range(len(keys)):
        for end in range(start + 1, min(start + 4, len(keys)) + 1):
            part = tuple(keys[start:end])
            if lexicon.parts.longest(part, 0)[0] == len(part):
                places.setdefault(part, []).append(start)
    found = []
    for part, starts in places.items():
        for pattern in lexicon.patterns.get(part, ()):
            if all(other in places for other in pattern.parts):
                for start in starts:
                    indexes = _together(pattern, start, places)
                    if indexes and _is_one_clause(words, indexes, taken, pattern):
                        found.append(Match(indexes, pattern.meaning))
    return found


def _together(
    pattern: Pattern, start: int, places: dict[tuple[str, ...], list[int]]
) -> tuple[int, ...]:
    indexes = set(range(start, start + len(pattern.parts[0])))
    for part in pattern.parts[1:]:
        starts = places[part]
        at = bisect_left(starts, start)
        nearest = min(starts[max(0, at - 1) : at + 1], key=lambda place: abs(place - start))
        own = range(nearest, nearest + len(part))
        if indexes.intersection(own):
            return ()
        indexes.update(own)
    return tuple(sorted(indexes))


def _is_one_clause(
    words: Sequence[Word], indexes: tuple[int, ...], taken: Mapping[int, Match], pattern: Pattern
) -> bool:
    inside = [index for index in range(indexes[0], indexes[-1] + 1) if index not in set(indexes)]
    normal = pattern.meaning.finding.weight == Weight.NORMAL
    backwards = normal and indexes[0] != _first_of(pattern, words, indexes)
    allowed = GAP if not normal else NORMAL_GAP_BACKWARDS if backwards else NORMAL_GAP
    if len(inside) > allowed:
        return False
    if any(words[index].text in _OWN and index in taken for index in indexes):
        return False
    between = [taken[index] for index in inside if index in taken]
    # "pericardial or pleural effusion": the one between shares a word.
    own = pattern.meaning.finding.group
    if any(
        not set(indexes).intersection(match.indexes) and match.meaning.finding.group != own
        for match in between
    ):
        return False
    if any(words[index].text in _BREAKS for index in inside):
        return False
    if normal and not backwards:
        return sum(words[index].text in _COPULAS for index in inside) <= 1
    commas = any("," in words[index].before for index in range(indexes[0] + 1, indexes[-1] + 1))
    return not commas


def _first_of(pattern: Pattern, words: Sequence[Word], indexes: tuple[int, ...]) -> int:
    first = pattern.parts[0][0]
    return next(index for index in indexes if words[index].stem == first)
