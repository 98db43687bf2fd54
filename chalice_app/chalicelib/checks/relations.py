"""What a fact of one text says about a fact of the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from chalicelib.checks.compiled import lexicon
from chalicelib.checks.facts import Fact, Side
from chalicelib.checks.lexicon.table import Finding, Weight

NORMAL_CHEST = "normal chest"
NO_ACUTE = "no acute abnormality"
UNCHANGED = "stable exam"
_LARGE = frozenset({"large", "massive", "marked", "severe", "extensive"})


def finding(fact: Fact) -> Finding:
    """The lexicon's entry of a fact."""
    return lexicon().findings[fact.finding]


def weight(fact: Fact) -> Weight:
    """How much it matters that a draft mentions it."""
    return finding(fact).weight


def is_there(fact: Fact) -> bool:
    """Whether a text says that it is or may be there."""
    return fact.status != "absent"


def is_normal(fact: Fact) -> bool:
    """Whether it is a normal statement."""
    return weight(fact) == Weight.NORMAL


@cache
def supporters(name: str) -> frozenset[str]:
    """The findings from which a radiologist may infer one, itself and its synonyms among them."""
    one = lexicon().findings[name]
    sources = {name, one.group, *one.inferred_from} - {""}
    return frozenset(
        other.name
        for other in lexicon().findings.values()
        if other.name in sources or other.group in sources
    )


@cache
def related(name: str) -> frozenset[str]:
    """The findings that support one, or that it supports."""
    return supporters(name) | {other for other in lexicon().findings if name in supporters(other)}


@cache
def denied_by(name: str) -> frozenset[str]:
    """The findings that a normal statement excludes."""
    denies = lexicon().findings[name].denies
    return frozenset(
        other.name
        for other in lexicon().findings.values()
        if other.name in denies or (other.group and other.group in denies)
    )


def of(facts: Iterable[Fact], names: Iterable[str]) -> list[Fact]:
    """Those facts that are about one of these findings."""
    wanted = set(names)
    return [fact for fact in facts if fact.finding in wanted]


def may_be_same_side(one: Side, other: Side) -> bool:
    """Whether two sides overlap; one that is not said overlaps with every side."""
    return one == other or "none" in (one, other) or "both" in (one, other)


def sides(facts: Sequence[Fact]) -> set[Side]:
    """The sides that facts name; two of them for "both"."""
    found: set[Side] = set()
    for fact in facts:
        if fact.side == "both":
            found |= {"left", "right"}
        elif fact.side != "none":
            found.add(fact.side)
    return found


def denies(absent: Fact, fact: Fact) -> bool:
    """Whether the absence that one fact states excludes the other.

    "No large effusion" does not exclude a small one, nor "no new consolidation" an old one.
    """
    if absent.status != "absent" or not may_be_same_side(absent.side, fact.side):
        return False
    if absent.change == "new" and fact.change != "new":
        return False
    return absent.size not in _LARGE or fact.size in _LARGE
