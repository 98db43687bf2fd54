"""Picks the contents of one film: the house, the scenario and consistent entities."""

from __future__ import annotations

import random
from collections.abc import Sequence

from training.synthetic.houses import HOUSES, House
from training.synthetic.report import Entity
from training.synthetic.scenarios import INCIDENTALS, NORMAL, SCENARIOS, Scenario

ABNORMAL_SHARE = 0.5
INCIDENTAL_TRIES = 2
INCIDENTAL_CHANCE = 0.4

_HOUSES = tuple(house for house in HOUSES for _ in range(house.share))
_SCENARIOS = tuple(scenario for scenario in SCENARIOS for _ in range(scenario.share))


def pick_house(rng: random.Random) -> House:
    """A house, drawn according to the shares."""
    return rng.choice(_HOUSES)


def pick_scenario(rng: random.Random) -> Scenario:
    """The normal film half of the time, otherwise a scenario drawn according to the shares."""
    if rng.random() >= ABNORMAL_SHARE:
        return NORMAL
    return rng.choice(_SCENARIOS)


def pick_entities(rng: random.Random, scenario: Scenario) -> list[Entity]:
    """At least one entity of the scenario, and sometimes incidental ones."""
    chosen: list[Entity] = []
    pool = list(scenario.pool)
    while pool and not chosen:
        rng.shuffle(pool)
        for entity, chance in pool:
            if rng.random() < chance and len(chosen) < scenario.most and fits(entity, chosen):
                chosen.append(entity)
    for _ in range(INCIDENTAL_TRIES):
        entity = rng.choice(INCIDENTALS)
        if rng.random() < INCIDENTAL_CHANCE and fits(entity, chosen):
            chosen.append(entity)
    return chosen


def fits(entity: Entity, chosen: Sequence[Entity]) -> bool:
    """Whether the entity is consistent with the chosen ones."""
    return all(
        entity.kind != other.kind
        and entity.topic not in other.contradicts
        and other.topic not in entity.contradicts
        for other in chosen
    )
