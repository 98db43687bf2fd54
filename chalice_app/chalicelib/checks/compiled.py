"""The lexicon, ready to be looked up: compiled once, on first use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from chalicelib.checks.lexicon import bones, cues, devices, lungs, mediastinum, normals, other
from chalicelib.checks.lexicon.table import Finding
from chalicelib.checks.words import Word, spelled, stem

END = ""  # no word is empty: below it lies what a phrase means


class Meaning(NamedTuple):
    """What a phrase names.

    Attributes:
        finding: the finding.
        opposite: it names the opposite of the finding.
    """

    finding: Finding
    opposite: bool


class Pattern(NamedTuple):
    """Phrases that stand near each other."""

    parts: tuple[tuple[str, ...], ...]
    meaning: Meaning


class Trie:
    """Phrases by their words, for the longest one at a place."""

    def __init__(self) -> None:
        self._root: dict[str, object] = {}

    def add(self, words: Sequence[str], value: object) -> None:
        """Add a phrase; raises ValueError if it has no word, as it would match everywhere."""
        if not words or not all(words):
            message = "a phrase of the lexicon has no word: it would match everywhere"
            raise ValueError(message)
        node = self._root
        for word in words:
            node = node.setdefault(word, {})  # type: ignore[assignment]  # below a word lies a node
        values = node.setdefault(END, [])
        values.append(value)  # type: ignore[attr-defined]  # below END lies a list

    def longest(self, words: Sequence[str], at: int) -> tuple[int, list[object]]:
        """Where the longest phrase that begins at `at` ends, and its values; `at` if none does."""
        node = self._root
        found: tuple[int, list[object]] = (at, [])
        for index in range(at, len(words)):
            below = node.get(words[index])
            if below is None:
                break
            node = below  # type: ignore[assignment]  # below a word lies a node
            if END in node:
                found = (index + 1, node[END])  # type: ignore[assignment]  # below END lies a list
        return found


class Lexicon(NamedTuple):
    """Everything that is looked up.

    Attributes:
        findings: by name.
        phrases: of adjacent words, to meanings.
        parts: of patterns, to themselves.
        patterns: by their first part.
    """

    findings: Mapping[str, Finding]
    phrases: Trie
    parts: Trie
    patterns: Mapping[tuple[str, ...], Sequence[Pattern]]


class Cues(NamedTuple):
    """The cue words, in tries: `scopes` to kinds, `places` to sides, `changes` to changes."""

    scopes: Trie
    changes: Trie
    places: Trie


FINDINGS: tuple[Finding, ...] = (
    *lungs.FINDINGS,
    *mediastinum.FINDINGS,
    *bones.FINDINGS,
    *devices.FINDINGS,
    *other.FINDINGS,
    *normals.FINDINGS,
)


@cache
def lexicon() -> Lexicon:
    """The project's own lexicon."""
    return compile_lexicon(FINDINGS)


def compile_lexicon(findings: Iterable[Finding]) -> Lexicon:
    """Compile findings; raises ValueError for a phrase without words."""
    by_name: dict[str, Finding] = {}
    phrases, parts = Trie(), Trie()
    patterns: dict[tuple[str, ...], list[Pattern]] = {}
    known: set[tuple[str, ...]] = set()
    for finding in findings:
        by_name[finding.name] = finding
        for listed, opposite in ((finding.phrases, False), (finding.opposite, True)):
            meaning = Meaning(finding, opposite)
            for phrase in _listed(listed):
                split = tuple(_words(part) for part in phrase.split("~"))
                if len(split) == 1:
                    for variant in _variants(split[0]):
                        phrases.add(variant, meaning)
                    continue
                for variants in _combined([_variants(part) for part in split]):
                    patterns.setdefault(variants[0], []).append(Pattern(variants, meaning))
                    for part in variants:
                        if part not in known:
                            known.add(part)
                            parts.add(part, part)
    return Lexicon(by_name, phrases, parts, patterns)


@cache
def cue_words() -> Cues:
    """The project's own cue words."""
    scopes, changes, places = Trie(), Trie(), Trie()
    for kind, listed in (
        ("negates", cues.NEGATION_BEFORE),
        ("negated", cues.NEGATION_AFTER),
        ("none", cues.NO_NEGATION),
        ("doubts", cues.UNCERTAIN_BEFORE),
        ("doubted", cues.UNCERTAIN_AFTER),
        ("asks", cues.HYPOTHETICAL),
        ("stops", cues.STOP),
    ):
        for phrase in _listed(listed):
            scopes.add(_exact(phrase), kind)
    for change, listed in (
        ("new", cues.NEW),
        ("worse", cues.WORSE),
        ("stable", cues.STABLE),
        ("better", cues.BETTER),
    ):
        for phrase in _listed(listed):
            changes.add(_exact(phrase), change)
    for side, listed in (("left", cues.LEFT), ("right", cues.RIGHT), ("both", cues.BOTH)):
        for phrase in _listed(listed):
            places.add(_exact(phrase), side)
    return Cues(scopes, changes, places)


def stems(words: Sequence[Word]) -> list[str]:
    """The stems of words."""
    return [word.stem for word in words]


def texts(words: Sequence[Word]) -> list[str]:
    """The words as written, in lower case."""
    return [word.text for word in words]


def _listed(phrases: str) -> list[str]:
    return [phrase.strip() for phrase in phrases.split(";")] if phrases else []


def _exact(phrase: str) -> list[str]:
    return [spelled(word) for word in phrase.split()]


def _words(part: str) -> list[tuple[str, ...]]:
    return [tuple(stem(spelled(one)) for one in word.split("/")) for word in part.split()]


def _variants(words: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = [()]
    for alternatives in words:
        found = [(*one, word) for one in found for word in alternatives]
    return found


def _combined(
    parts: Sequence[Sequence[tuple[str, ...]]],
) -> list[tuple[tuple[str, ...], ...]]:
    found: list[tuple[tuple[str, ...], ...]] = [()]
    for alternatives in parts:
        found = [(*one, part) for one in found for part in alternatives]
    return found
