"""Chooses normal sentences that nothing on the film contradicts."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from training.synthetic import normals
from training.synthetic.grammar import MORE_DENIAL_FORMS, MORE_DENIED, free_statement
from training.synthetic.houses import House
from training.synthetic.report import Region, Statement
from training.synthetic.wording import fill, listing

# How often a house uses its own wording, and how often free wording is used otherwise.
HABIT = 0.65
FREE = 0.5

# How often a full report has a normal sentence on a region; a second table is used less often.
CHANCES: Mapping[Region, float] = {
    "heart": 0.9,
    "mediastinum": 0.35,
    "lungs": 0.8,
    "pleura": 0.1,
    "bones": 0.5,
    "abdomen": 0.12,
}
SECOND_TABLE = 0.3
BRIEF_SHARE = 0.08
BRIEF, TERSE, FULL = 0.3, 0.75, 1.0

DENIED = 0.85
DENIED_BESIDE_ONE = 0.6
EDEMA_DENIED = 0.15
NODULE_DENIED = 0.08
SHORT_DENIAL = 0.15


def normal_statements(rng: random.Random, house: House, present: frozenset[str]) -> list[Statement]:
    """Normal sentences of one report, at least one.

    Args:
        rng: the random state.
        house: the house style.
        present: topics that no sentence may deny.
    """
    picked: list[Statement] = []
    length = _length(rng, house)
    for region, chance in CHANCES.items():
        for place, table in enumerate(normals.NORMALS[region]):
            likely = chance * length * (SECOND_TABLE if place else 1)
            if rng.random() < likely:
                statement = _statement(rng, house, region, table)
                picked += [statement] if not statement.denies & present else []
    denial = _denial(rng, house, present, len(picked))
    return [*picked, denial] if denial else picked


def _length(rng: random.Random, house: House) -> float:
    if rng.random() < BRIEF_SHARE:
        return BRIEF
    return TERSE if house.terse else FULL


def _statement(
    rng: random.Random, house: House, region: Region, table: Sequence[Statement]
) -> Statement:
    if rng.random() < HABIT:
        return table[house.habit % len(table)]
    if rng.random() < FREE:
        return free_statement(rng, region) or rng.choice(table)
    return rng.choice(table)


def _denial(
    rng: random.Random, house: House, present: frozenset[str], beside: int
) -> Statement | None:
    """A sentence of the form "No X, Y, or Z." about findings that are absent.

    A report without any other normal sentence always has one.
    """
    chance = {0: 1.0, 1: DENIED_BESIDE_ONE}.get(beside, DENIED)
    if rng.random() >= chance:
        return None
    topics = [t for t in ("consolidation", "effusion", "pneumothorax") if t not in present]
    if rng.random() < EDEMA_DENIED and not present & {"edema", "vessels"}:
        topics.append("edema")
    if rng.random() < NODULE_DENIED and "nodule" not in present:
        topics.append("nodule")
    if house.terse or rng.random() < SHORT_DENIAL:
        topics = topics[:2]
    if not topics:
        return None
    text = _habitual_denial(house, topics) if rng.random() < HABIT else _free_denial(rng, topics)
    return Statement("pleura", text, frozenset(topics))


def _habitual_denial(house: House, topics: Sequence[str]) -> str:
    names = [normals.DENIALS[topic] for topic in topics]
    words = [choices[house.habit % len(choices)] for choices in names]
    form = normals.DENIAL_FORMS[house.habit % len(normals.DENIAL_FORMS)]
    return fill(form, {"list": listing(words, oxford=not house.british)})


def _free_denial(rng: random.Random, topics: Sequence[str]) -> str:
    words = [rng.choice((*normals.DENIALS[topic], *MORE_DENIED[topic])) for topic in topics]
    rng.shuffle(words)
    form = rng.choice((*normals.DENIAL_FORMS, *MORE_DENIAL_FORMS))
    return fill(form, {"list": listing(words, oxford=rng.random() < FREE)})
