"""The invented sentences that were labelled by hand, and how well the labeller agrees with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.checks.agreement import Counts
from chalicelib.checks.facts import Fact
from chalicelib.checks.labeller import label

FILE = Path(__file__).with_name("sentences.txt")
# Written after the rules had been tuned on the first.
SECOND = Path(__file__).with_name("sentences-second.txt")
_STATUS = {"+": "present", "-": "absent", "?": "uncertain"}
_SIDE = {"L": "left", "R": "right", "B": "both", ".": "none"}
_FACT = re.compile(r"(?P<finding>.+?) (?P<status>[-+?])(?P<side>[LRB.])(?P<rest>.*)")
_CHANGES = ("new", "worse", "stable", "better")

Labels = tuple[str, str, str, str | None, str | None]


class Sentence(NamedTuple):
    """A text, and its facts without their spans, sorted."""

    text: str
    facts: list[Labels]


def sentences(file: Path = FILE) -> Iterator[Sentence]:
    """The labelled sentences; raises ValueError naming the line that is not one."""
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("#"):
            continue
        text, separator, listed = line.partition(" |")
        if not separator:
            message = f"{file.name}:{number}: write the facts behind ` |`"
            raise ValueError(message)
        facts = [_fact(one.strip(), number) for one in listed.split(";") if one.strip()]
        yield Sentence(text, sorted(facts, key=repr))


def _fact(text: str, number: int) -> Labels:
    found = _FACT.fullmatch(text)
    if found is None:
        message = f"sentences.txt:{number}: a fact is written `finding +L change size`"
        raise ValueError(message)
    rest = found["rest"].split()
    change = rest.pop(0) if rest and rest[0] in _CHANGES else None
    return (
        found["finding"],
        _STATUS[found["status"]],
        _SIDE[found["side"]],
        " ".join(rest) or None,
        change,
    )


def agreement(file: Path = FILE) -> dict[str, Counts]:
    """How well the labeller agrees: on findings with each of their attributes, and on all of it."""
    parts = {
        "findings": (0,),
        "with status": (0, 1),
        "with side": (0, 2),
        "with size": (0, 3),
        "with change": (0, 4),
        "all of it": (0, 1, 2, 3, 4),
    }
    counts = dict.fromkeys(parts, Counts())
    for sentence in sentences(file):
        ours = told(sentence.text)
        for name, places in parts.items():
            counts[name] += Counts.of(_only(ours, places), _only(sentence.facts, places))
    return counts


def _only(facts: Iterable[Labels], places: Iterable[int]) -> set[tuple[str | None, ...]]:
    return {tuple(fact[place] for place in places) for fact in facts}


def told(text: str) -> list[Labels]:
    """What the labeller says of a text, in the form of the labels; sorted."""
    return sorted((_labels(fact) for fact in label(text)), key=repr)


def _labels(fact: Fact) -> Labels:
    return (fact.finding, fact.status, fact.side, fact.size, fact.change)
