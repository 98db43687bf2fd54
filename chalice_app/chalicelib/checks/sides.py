"""On which side a text says that its findings are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, cast

from chalicelib.checks.compiled import cue_words, texts
from chalicelib.checks.facts import Side, Status
from chalicelib.checks.lexicon import cues
from chalicelib.checks.lexicon.table import Weight
from chalicelib.checks.lexicon.table import words as listed_words
from chalicelib.checks.matching import Match
from chalicelib.checks.words import Sentence, Word

_STRUCTURES = frozenset(cues.STRUCTURES.replace(";", " ").split())
_SIDES = frozenset({"left", "right", "both"})
_STOPS = listed_words(
    "but however although though except after following while whereas with without no since than"
)
# After a comma, these still say where the finding before it is: "effusions, larger on the left".
_STILL = frozenset(
    {"larger", "greater", "more", "worse", "on", "in", "at", "predominantly", "mainly"}
)
_JOINS = frozenset({"and", "or", "versus", "vs", "nor"})
_TRANSFER_WORDS = 7


class Placed(NamedTuple):
    """A side, and the words of the sentence that say it: one of each kind, none for a heading."""

    side: Side
    words: tuple[int, ...] = ()


_NOWHERE = Placed("none")


def sides(
    sentence: Sentence, matches: Sequence[Match], given: Sequence[Status | None]
) -> list[Placed]:
    """The side of each match, "none" where none is said or the finding has none."""
    words = sentence.words
    places = _places(words)
    named = _section_side(sentence.section)
    found: list[Placed] = []
    for index, match in enumerate(matches):
        if not match.meaning.finding.sided:
            found.append(_NOWHERE)
            continue
        placed = (
            _placed((at for at in range(match.start, match.end) if at in places), places)
            or _before(words, matches, index, places)
            or _after(words, matches, index, places)
        )
        found.append(placed or _NOWHERE)
    _shared(words, matches, given, found)
    _only_one(matches, places, found)
    for index, match in enumerate(matches):
        if found[index].side == "none" and match.meaning.finding.sided and named:
            found[index] = Placed(named)
        if match.meaning.finding.weight == Weight.NORMAL and found[index].side == "both":
            found[index] = _NOWHERE
    return found


def side_words(words: Sequence[Word]) -> dict[int, Side]:
    """The side that each word names."""
    keys = texts(words)
    found: dict[int, Side] = {}
    at = 0
    while at < len(keys):
        end, named = cue_words().places.longest(keys, at)
        if end > at:
            found[at] = cast("Side", named[0])
        at = max(end, at + 1)
    return found


def _places(words: Sequence[Word]) -> dict[int, Side]:
    """The sides on which something lies: not that of a structure, as in "right atrium"."""
    keys = texts(words)
    return {
        at: side
        for at, side in side_words(words).items()
        if not _STRUCTURES.intersection(keys[at + 1 : at + 2])
        and keys[at + 1 : at + 3] != ["pulmonary", "artery"]
    }


def _section_side(section: str) -> Side | None:
    words = section.split()
    sides: tuple[Side, ...] = ("left", "right")
    named = [side for side in sides if side in words]
    return None if not named else "both" if len(named) > 1 else named[0]


def _placed(found: Iterable[int], places: dict[int, Side]) -> Placed | None:
    """One side of several words, of which the first of each kind counts: two kinds are both."""
    first: dict[Side, int] = {}
    for at in found:
        first.setdefault(places[at], at)
    if not first:
        return None
    return Placed("both" if len(first) > 1 else next(iter(first)), tuple(first.values()))


def _before(
    words: Sequence[Word], matches: Sequence[Match], index: int, places: dict[int, Side]
) -> Placed | None:
    """The nearest side before a match, within its noun phrase."""
    start = matches[index].start
    floor = max((match.end for match in matches[:index] if match.end <= start), default=0)
    found: list[int] = []
    for at in range(start - 1, floor - 1, -1):
        if words[at].text in _STOPS and not found:
            break
        if at in places:
            found.append(at)
            joined = at >= floor + 2 and words[at - 1].text in ("and", "or", "than")
            # "in the left upper and right lower lobes": both belong to it.
            if not joined and not _joined_before(words, at, floor):
                break
        if "," in words[at].before and not _adjective_list(words, at):
            break
        if ":" in words[at].before and found:
            break
    return _placed(found, places)


def _joined_before(words: Sequence[Word], at: int, floor: int) -> bool:
    return any(words[one].text in ("and", "or") for one in range(max(floor, at - 3), at))


def _adjective_list(words: Sequence[Word], at: int) -> bool:
    return at > 0 and len(words[at - 1].text) > 1


def _after(
    words: Sequence[Word], matches: Sequence[Match], index: int, places: dict[int, Side]
) -> Placed | None:
    """The side that follows a match, up to the next one or the end of its phrase."""
    match = matches[index]
    following = [one.start for one in matches[index + 1 :] if one.start >= match.end]
    end = following[0] if following else len(words)
    if following:
        joins = [
            at
            for at in range(match.end, end)
            if words[at].text in _JOINS or "," in words[at].before
        ]
        end = joins[-1] if joins else end
    device = match.meaning.finding.weight == Weight.DEVICE
    found: list[int] = []
    for at in range(match.end, end):
        word = words[at]
        if "," in word.before and not (at in places or word.text in _STILL):
            break
        if word.text in _STOPS and not (word.text == "than" and found):
            break
        if at in places:
            found.append(at)
        if device and at - match.end > _TRANSFER_WORDS:
            break
    return _placed(found, places)


def _shared(
    words: Sequence[Word],
    matches: Sequence[Match],
    given: Sequence[Status | None],
    found: list[Placed],
) -> None:
    """Findings joined with one that has a side share it: "left effusion and atelectasis"."""
    for index in range(1, len(matches)):
        one, other = matches[index - 1], matches[index]
        if (
            found[index].side != "none"
            or found[index - 1].side == "none"
            or not _may_share(other, given[index])
        ):
            continue
        between = words[one.end : other.start]
        device = one.meaning.finding.weight == Weight.DEVICE
        fresh = any("," in word.before and word.text == "with" for word in between)
        stopped = any(word.text in _STOPS - {"with"} for word in between)
        if len(between) <= _TRANSFER_WORDS and not device and not fresh and not stopped:
            found[index] = found[index - 1]
    for index in range(len(matches) - 2, -1, -1):
        one, other = matches[index], matches[index + 1]
        if found[index].side != "none" or not one.meaning.finding.sided:
            continue
        texts_between = [word.text for word in words[one.end : other.start]]
        joined = bool(texts_between) and all(text in _JOINS for text in texts_between)
        alike = (given[index] == "absent") == (given[index + 1] == "absent")
        if joined and alike and _side_follows(words, other):
            found[index] = found[index + 1]


def _only_one(matches: Sequence[Match], places: dict[int, Side], found: list[Placed]) -> None:
    """The side of a sentence's only finding with a side: "at the left base, with atelectasis"."""
    sided = [index for index, match in enumerate(matches) if match.meaning.finding.sided]
    if len(sided) != 1 or found[sided[0]].side != "none":
        return
    if len(set(places.values())) == 1:
        found[sided[0]] = _placed(places, places) or _NOWHERE


def _may_share(match: Match, status: Status | None) -> bool:
    finding = match.meaning.finding
    return finding.sided and status in ("present", "uncertain") and finding.weight > Weight.DEVICE


def _side_follows(words: Sequence[Word], match: Match) -> bool:
    return any(word.text in _SIDES for word in words[match.end : match.end + 4])
