"""Which findings of a sentence are denied, doubted or only asked about.

A cue before a finding reaches forward to the end of its scope: "no effusion, consolidation or
pneumothorax, but a nodule". A cue after a finding reaches back: "effusion is not seen". After
NegEx (Chapman et al., 2001) and its idea of pseudo-negations; the words are our own.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple, cast

from chalicelib.checks.compiled import cue_words, texts
from chalicelib.checks.facts import Status
from chalicelib.checks.lexicon.table import Weight
from chalicelib.checks.lexicon.table import words as listed_words
from chalicelib.checks.matching import Match
from chalicelib.checks.words import Sentence, Word

MAX_DOUBT_WORDS = 12
MAX_OR_WORDS = 4
_COPULAS = frozenset({"is", "are", "was", "were", "has", "have"})
_OR = frozenset({"or", "nor"})
# What begins a clause of its own after a comma or "and".
_STARTERS = listed_words(
    "there the a an this these it stable unchanged persistent improved worsening worse new interval"
    " again left right bilateral both mildly with lungs heart cardiac mediastinal normal improving"
    " increased decreased resolving old multiple tiny trace small mild moderate large severe"
    " minimal residual probable possible likely subtle status"
)
_DENIALS = frozenset({"not"})
_DOUBTS = frozenset({"borderline", "possibly", "probably", "likely"})
_RESULTS = frozenset({"resolved", "removed", "absent", "negative"})


class Cue(NamedTuple):
    """A cue: its words, and what it does."""

    start: int
    end: int
    kinds: frozenset[str]


def statuses(sentence: Sentence, matches: Sequence[Match]) -> list[Status | None]:
    """The status of each match, None for what is only asked about ("evaluate for …")."""
    words = sentence.words
    found = _cues(words, matches)
    stops = {cue.start for cue in found if "stops" in cue.kinds}
    denied: set[int] = set()
    doubted: set[int] = set()
    asked: set[int] = set()
    for cue in found:
        if "asks" in cue.kinds:
            asked |= _within(matches, cue.end, len(words))
        if "negates" in cue.kinds:
            denied |= _within(matches, cue.end, _end_of_denial(words, cue.end, stops, found))
        if "negated" in cue.kinds:
            denied |= _denied_before(words, matches, cue, stops)
        if _of_change(words, cue):
            continue
        if "doubts" in cue.kinds:
            doubted |= _within(matches, cue.end, _end_of_doubt(words, cue.end, stops))
        if "doubted" in cue.kinds or ("doubts" in cue.kinds and cue.end == len(words)):
            start = _clause_start(words, cue.start, stops)
            doubted |= {
                index for index, match in enumerate(matches) if start <= match.start < cue.start
            }
    denied |= {index for index, match in enumerate(matches) if _inside(words, match, _DENIALS)}
    doubted |= {index for index, match in enumerate(matches) if _inside(words, match, _DOUBTS)}
    doubted |= _alternatives(words, matches, denied)
    return [
        None
        if index in asked
        else _status(match, index in denied, sentence.asked or index in doubted)
        for index, match in enumerate(matches)
    ]


def _status(match: Match, denied: bool, doubted: bool) -> Status:  # noqa: FBT001  # two answers about one match
    if denied != match.meaning.opposite:
        return "absent"
    return "uncertain" if doubted else "present"


def _cues(words: Sequence[Word], matches: Sequence[Match]) -> list[Cue]:
    # "Clear of" denies, and "clear" is a word of a normal statement.
    covered = {
        index
        for match in matches
        if match.meaning.finding.weight != Weight.NORMAL or match.meaning.opposite
        for index in match.indexes
    }
    keys = texts(words)
    found = []
    at = 0
    while at < len(keys):
        end, kinds = (at, []) if at in covered else cue_words().scopes.longest(keys, at)
        if end > at:
            found.append(Cue(at, end, frozenset(cast("list[str]", kinds))))
        at = max(end, at + 1)
    return found


def _within(matches: Sequence[Match], start: int, end: int) -> set[int]:
    return {index for index, match in enumerate(matches) if start <= match.start < end}


def _end_of_denial(words: Sequence[Word], start: int, stops: set[int], found: Sequence[Cue]) -> int:
    doubts = {cue.start for cue in found if "doubts" in cue.kinds}
    verb = False
    for index in range(start, len(words)):
        word = words[index]
        if index in stops or (index > start and ":" in word.before):
            return index
        following = index + 1 < len(words) and (
            words[index + 1].text in _STARTERS or index + 1 in doubts
        )
        if word.text == "and" and (verb or following):
            return index
        if "," in word.before and index > start:
            starts = word.text in _STARTERS or index in doubts
            if verb or (starts and not _goes_on(words, index, stops)):
                return index
        verb = verb or word.text in _COPULAS
    return len(words)


def _goes_on(words: Sequence[Word], start: int, stops: set[int]) -> bool:
    """Whether the list that a comma continues comes to its "or": "no mass, large effusion or …"."""
    for index in range(start, len(words)):
        if index in stops or words[index].text in _COPULAS:
            return False
        if words[index].text in _OR:
            return True
    return False


def _end_of_doubt(words: Sequence[Word], start: int, stops: set[int]) -> int:
    for index in range(start, min(len(words), start + MAX_DOUBT_WORDS)):
        comma = index > start and any(mark in words[index].before for mark in ",:")
        if index in stops or (comma and words[index].text not in _OR):
            return index
    return min(len(words), start + MAX_DOUBT_WORDS)


def _clause_start(words: Sequence[Word], end: int, stops: set[int]) -> int:
    """Where the clause begins whose predicate begins at `end`."""
    joined = False
    for index in range(end - 1, -1, -1):
        word = words[index]
        if index in stops and word.text not in ("which", "still", "since"):
            return index + 1
        if "," in word.before and word.text not in ("which", "and", "or") and not joined:
            return index if words[index].text != "which" else 0
        joined = joined or word.text in ("and", "or", "nor", "which")
    return 0


def _denied_before(
    words: Sequence[Word], matches: Sequence[Match], cue: Cue, stops: set[int]
) -> set[int]:
    text = words[cue.end - 1].text
    if text == "no" and cue.end < len(words):
        return set()
    start = _clause_start(words, cue.start, stops)
    before = {
        index
        for index, match in enumerate(matches)
        if start <= match.start < cue.start and not _is_of_its_tip(words, match, cue)
    }
    if before or text not in _RESULTS:
        return before
    return {index for index, match in enumerate(matches) if cue.end <= match.start <= cue.end + 2}


def _inside(words: Sequence[Word], match: Match, cues: frozenset[str]) -> bool:
    """Whether a cue stands between its words: "the mediastinum is not widened"."""
    own = set(match.indexes)
    return any(
        words[index].text in cues for index in range(match.start, match.end) if index not in own
    )


def _is_of_its_tip(words: Sequence[Word], match: Match, cue: Cue) -> bool:
    """Whether a device is there, and only its end is not seen: "tube, its tip not identified"."""
    device = match.meaning.finding.weight == Weight.DEVICE
    return device and any(
        word.text in ("tip", "tips", "end", "port", "distal")
        for word in words[match.end : cue.start]
    )


def _of_change(words: Sequence[Word], cue: Cue) -> bool:
    """Whether it is the change that is doubted: "likely unchanged"."""
    return cue_words().changes.longest(texts(words[cue.end : cue.end + 4]), 0)[0] > 0


def _alternatives(words: Sequence[Word], matches: Sequence[Match], denied: set[int]) -> set[int]:
    """Findings of which a text says that it is one or the other: "atelectasis or infiltrate"."""
    found: set[int] = set()
    for index, (one, other) in enumerate(pairwise(matches)):
        if {index, index + 1} & denied or other.start - one.end > MAX_OR_WORDS:
            continue
        if min(one.meaning.finding.weight, other.meaning.finding.weight) <= Weight.DEVICE:
            continue
        if _OR.intersection(word.text for word in words[one.end : other.start]):
            found |= {index, index + 1}
    return found
