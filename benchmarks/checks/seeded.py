"""Errors put into radiologists' impressions, and how many of them the checks find.

Each error is made from a pair of findings and impression by a rule that looks at words, not at our
facts, as far as it can; which pairs are eligible is said at each rule. An error counts as found if
the spoiled draft gets a flag, of those that its kind is expected to raise, that the radiologist's
own impression did not get for the same finding.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from chalicelib.checks import flags, relations
from chalicelib.checks.check import check
from chalicelib.checks.facts import Fact
from chalicelib.checks.flags import Flag
from chalicelib.checks.labeller import label
from chalicelib.checks.lexicon.table import Weight
from chalicelib.checks.words import Sentence, split

HEALTHY = "No acute cardiopulmonary abnormality."
_CONTENT = frozenset(
    {flags.WRONG_SIDE, flags.CONTRADICTED, flags.NORMAL_DRAFT, flags.OMITTED, flags.UNSUPPORTED}
)
EXPECTED: dict[str, frozenset[str]] = {
    "side flipped": frozenset({flags.WRONG_SIDE, flags.CONTRADICTED}),
    "negation dropped": _CONTENT,
    # "No worsening effusion" denies a change.
    "negation added": _CONTENT | {flags.CHANGE_NOT_IN_FINDINGS},
    "another patient's impression": _CONTENT | {flags.NUMBER_NOT_IN_FINDINGS},
    "number changed": frozenset({flags.NUMBER_NOT_IN_FINDINGS}),
    "main finding removed": frozenset({flags.OMITTED, flags.NORMAL_DRAFT}),
}
_SIDES = {"left": "right", "right": "left", "Left": "Right", "Right": "Left"}
_SIDE = re.compile(r"\b[Ll]eft\b|\b[Rr]ight\b")
_NEGATION = re.compile(r"\b(?:[Nn]o evidence of|[Nn]o|[Ww]ithout)\s+")
_NOT_POSITIVE = re.compile(
    r"\b(?:no|not|without|normal|clear|negative|unremarkable|resolved|free|absent|unchanged|stable|recommend|consider|unclear|compared)\b",
    re.IGNORECASE,
)
_MEASURED = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)(?=\s?-?(?:mm|cm)\b)")


class Pair(NamedTuple):
    """The findings of a report and the radiologist's own impression."""

    findings: str
    impression: str


class Detection(NamedTuple):
    """Of how many errors of a kind how many were found."""

    errors: int
    found: int

    @property
    def share(self) -> float:
        """The share that was found; 0 without errors."""
        return self.found / self.errors if self.errors else 0.0


def spoiled(pairs: Sequence[Pair], seed: int = 1) -> Iterator[tuple[str, Pair, str]]:
    """Errors of all kinds: the kind, the pair, and the spoiled impression."""
    draw = random.Random(seed)  # noqa: S311  # reproducible, no secret
    makers: dict[str, Callable[[Pair], str | None]] = {
        "side flipped": flip_side,
        "negation dropped": drop_negation,
        "negation added": add_negation,
        "number changed": lambda pair: change_number(pair, draw),
        "main finding removed": remove_main_finding,
        "another patient's impression": lambda pair: another(pair, pairs, draw),
    }
    for kind, make in makers.items():
        for pair in pairs:
            draft = make(pair)
            if draft is not None:
                yield kind, pair, draft


def flip_side(pair: Pair) -> str | None:
    """Left for right; eligible if the impression names one side and the findings name it too."""
    sides = {found.lower() for found in _SIDE.findall(pair.impression)}
    if len(sides) != 1 or sides.pop() not in pair.findings.lower():
        return None
    return _SIDE.sub(lambda found: _SIDES[found.group()], pair.impression)


def drop_negation(pair: Pair) -> str | None:
    """Without its first "no" or "without"; eligible if it has one, other than of a change."""
    found = _NEGATION.search(pair.impression)
    if found is None or re.match(
        r"(?:\w+ ){0,2}?(?:change|prior|comparison|previous)", pair.impression[found.end() :]
    ):
        return None
    rest = pair.impression[found.end() :]
    return pair.impression[: found.start()] + rest[:1].upper() + rest[1:]


def add_negation(pair: Pair) -> str | None:
    """With "No" before its first positive sentence; eligible if the sentence names a finding."""
    for sentence in split(pair.impression):
        start = sentence.words[0].start
        end = sentence.words[-1].end
        text = pair.impression[start:end]
        if _NOT_POSITIVE.search(text) or not _weighty(label(text)) or len(sentence.words) > 12:  # noqa: PLR2004  # one statement
            continue
        changed = f"No {text[:1].lower()}{text[1:]}"
        return pair.impression[:start] + changed + pair.impression[end:]
    return None


def change_number(pair: Pair, draw: random.Random) -> str | None:
    """With another measurement; eligible if it has one that the findings have too."""
    found = _MEASURED.search(pair.impression)
    if found is None or found[1] not in pair.findings:
        return None
    value = float(found[1])
    other = value + draw.choice((1, 2, 3, 5, 7)) * (1 if value >= 1 else 0.3)
    return f"{pair.impression[: found.start()]}{other:g}{pair.impression[found.end() :]}"


def remove_main_finding(pair: Pair) -> str | None:
    """Without the sentences on its most serious finding; eligible if the findings have that too."""
    there = {fact.finding for fact in label(pair.findings) if fact.status == "present"}
    stated = [
        fact
        for fact in _weighty(label(pair.impression))
        if fact.status == "present" and fact.finding in there
    ]
    if not stated:
        return None
    main = max(stated, key=relations.weight)
    kept = [
        pair.impression[sentence.words[0].start : sentence.words[-1].end]
        for sentence in split(pair.impression)
        if not _mentions(pair.impression, sentence, main)
    ]
    return ". ".join(kept) + "." if kept else HEALTHY


def _mentions(text: str, sentence: Sentence, main: Fact) -> bool:
    piece = text[sentence.words[0].start : sentence.words[-1].end]
    names = relations.related(main.finding)
    return piece.isdigit() or any(fact.finding in names for fact in label(piece))


def another(pair: Pair, pairs: Sequence[Pair], draw: random.Random) -> str | None:
    """Another report's impression; eligible if the two differ in a finding that matters."""
    other = draw.choice(pairs).impression
    return other if _stated(other) != _stated(pair.impression) else None


def _stated(text: str) -> set[str]:
    return {fact.finding for fact in _weighty(label(text)) if relations.is_there(fact)}


def _weighty(facts: Iterable[Fact]) -> list[Fact]:
    return [fact for fact in facts if relations.weight(fact) >= Weight.CHRONIC]


def detections(pairs: Sequence[Pair], seed: int = 1) -> dict[str, Detection]:
    """How many errors of each kind are found."""
    found = dict.fromkeys(EXPECTED, Detection(0, 0))
    for kind, pair, draft in spoiled(pairs, seed):
        hit = is_found(kind, pair, draft)
        found[kind] = Detection(found[kind].errors + 1, found[kind].found + hit)
    return found


def is_found(kind: str, pair: Pair, draft: str) -> bool:
    """Whether a spoiled draft gets a flag for its error that the own impression does not get."""
    own = _named(check(pair.findings, pair.impression))
    new = _named(check(pair.findings, draft)) - own
    return any(name in EXPECTED[kind] for name, _ in new)


def _named(found: Iterable[Flag]) -> set[tuple[str, str | None]]:
    return {(flag.name, flag.finding or flag.sentence) for flag in found}


def alarms(pairs: Sequence[Pair]) -> dict[str, int]:
    """How many of the radiologists' own impressions get each flag, and either of the first two."""
    counts = dict.fromkeys(("wrong_side or contradicted", *flags.NAMES), 0)
    for pair in pairs:
        names = {flag.name for flag in check(pair.findings, pair.impression)}
        for name in names:
            counts[name] += 1
        counts["wrong_side or contradicted"] += bool(names & {flags.WRONG_SIDE, flags.CONTRADICTED})
    return counts
