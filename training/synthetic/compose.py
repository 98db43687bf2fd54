"""Composes one report: what is seen, how the house style words it, what follows from it."""

from __future__ import annotations

import random
from collections.abc import Sequence

from training.synthetic import normals
from training.synthetic.distractors import DISTRACTORS
from training.synthetic.houses import House
from training.synthetic.impression import write_impression
from training.synthetic.observe import observe
from training.synthetic.pick import pick_entities, pick_house, pick_scenario
from training.synthetic.report import Observation, Region, Report, Statement
from training.synthetic.scenarios import NORMAL
from training.synthetic.statements import normal_statements
from training.synthetic.wording import fill, lay_out, mask, sentence, spell

MASKED = 0.06
NO_CHANGE = 0.3
DISTRACTED = 0.15
REST_CLEAR = 0.4
OTHER_LUNG = 0.5
NAMES_PRIOR = 0.5
NAMES_NO_PRIOR = 0.06


def compose(rng: random.Random, report_id: str) -> Report:
    """One synthetic report; equal random states give equal reports."""
    house = pick_house(rng)
    scenario = pick_scenario(rng)
    prior = rng.random() < scenario.prior
    side = rng.choice(("left", "right"))
    observations = [observe(rng, e, side, prior=prior) for e in pick_entities(rng, scenario)]
    present = frozenset().union(*(o.entity.topics for o in observations))
    statements = normal_statements(rng, house, present)

    body = _body(rng, house, observations, statements)
    if prior and scenario is NORMAL and rng.random() < NO_CHANGE:
        body.append((body[-1][0], sentence(rng.choice(normals.UNCHANGED))))
    findings = lay_out(_head(rng, house, prior=prior), body, rng.choice(house.forms))
    denied = frozenset().union(*(s.denies for s in statements))
    impression = write_impression(house, observations, denied)

    findings = spell(findings, british=house.british)
    impression = spell(impression, british=house.british)
    if rng.random() < MASKED:
        findings = mask(rng, findings)
    if house.upper_case:
        findings, impression = findings.upper(), impression.upper()
    return Report(report_id, findings, impression, scenario.name)


def _body(
    rng: random.Random,
    house: House,
    observations: Sequence[Observation],
    statements: Sequence[Statement],
) -> list[tuple[Region, str]]:
    """All sentences in the house's order; in each region, abnormal before normal ones."""
    body: list[tuple[Region, str]] = []
    for region in house.order:
        seen = [o for o in observations if o.entity.region == region]
        body += [(region, o.sentence) for o in seen]
        if region == "lungs":
            body += [(region, sentence(text)) for text in _rest_of_lungs(rng, seen)]
        body += [(region, sentence(s.text)) for s in statements if s.region == region]
    if body and rng.random() < DISTRACTED:
        spot = rng.randrange(len(body))
        body.insert(spot, (body[spot][0], sentence(rng.choice(DISTRACTORS))))
    return body


def _rest_of_lungs(rng: random.Random, seen: Sequence[Observation]) -> list[str]:
    """Sometimes, with a focal finding, that the rest of the lungs or the other lung is clear."""
    focal = [o for o in seen if "clear lungs" in o.entity.contradicts]
    if not focal or rng.random() >= REST_CLEAR or not all(o.slots for o in focal):
        return []
    words = {word for o in seen for value in o.slots.values() for word in value.split()}
    sides = words & {"left", "right"}
    if words & {"lingula", "lingular"}:
        sides |= {"left"}
    if not sides or words & {"bibasilar", "biapical"}:
        return []
    if len(sides) == 1 and rng.random() < OTHER_LUNG:
        other = "right" if "left" in sides else "left"
        return [fill(rng.choice(normals.OTHER_LUNG), {"side": other})]
    return [rng.choice(normals.REMAINDER)]


def _head(rng: random.Random, house: House, *, prior: bool) -> list[str]:
    """The sentences before the findings proper: views and comparison."""
    head = []
    if rng.random() < house.views:
        head.append(sentence(rng.choice(normals.VIEWS)))
    if prior and rng.random() < NAMES_PRIOR:
        head.append(sentence(rng.choice(normals.COMPARED)))
    elif not prior and rng.random() < NAMES_NO_PRIOR:
        head.append(sentence(rng.choice(normals.ALONE)))
    return head
