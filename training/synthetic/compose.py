"""Composes one report: what is seen, how the house words it, what follows from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from training.synthetic import normals
from training.synthetic.changes import OPENINGS, TAILS
from training.synthetic.distractors import DISTRACTORS
from training.synthetic.grammar import (
    DENIAL_CLOSINGS,
    DENIAL_OPENINGS,
    MORE_DENIED,
    free_statement,
)
from training.synthetic.houses import HOUSES
from training.synthetic.impression import write_impression
from training.synthetic.normals import SPACES
from training.synthetic.report import Observation, Report, Statement
from training.synthetic.scenarios import INCIDENTALS, NORMAL, SCENARIOS
from training.synthetic.wording import (
    capital,
    fill,
    lay_out,
    listing,
    lower_first,
    mask,
    sentence,
    spell,
)

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from training.synthetic.houses import House
    from training.synthetic.report import Entity, Region
    from training.synthetic.scenarios import Scenario

ABNORMAL_SHARE = 0.5
USUAL_PHRASE = 0.9
HABIT = 0.65
FREE = 0.5
BRIEF_SHARE, BRIEF = 0.08, 0.3
DENIED = 0.85
MASKED = 0.06
NO_CHANGE = 0.3
DISTRACTED = 0.15
REWORDED = 0.3


def compose(rng: random.Random, report_id: str) -> Report:
    """One invented report; equal random states give equal reports."""
    house = _pick_house(rng)
    scenario = _pick_scenario(rng)
    prior = rng.random() < scenario.prior
    entities = _pick_entities(rng, scenario)
    observations = [_observe(rng, entity, prior=prior) for entity in entities]
    statements = _normal_statements(rng, house, observations)
    body = _body(rng, house, observations, statements)
    if prior and scenario is NORMAL and rng.random() < NO_CHANGE:
        body.append(("lungs", sentence(rng.choice(normals.UNCHANGED))))
    if rng.random() < DISTRACTED:
        spot = rng.randrange(len(body) + 1)
        body.insert(spot, ("bones", sentence(rng.choice(DISTRACTORS))))
    head = _head(rng, house, prior=prior)
    findings = lay_out(head, body, rng.choice(house.forms))
    denied = frozenset().union(*(s.denies for s in statements))
    impression = write_impression(house, observations, denied)
    findings = spell(findings, british=house.british)
    impression = spell(impression, british=house.british)
    if rng.random() < MASKED:
        findings = mask(rng, findings)
    if house.upper_case:
        findings, impression = findings.upper(), impression.upper()
    return Report(report_id, findings, impression, scenario.name)


def _pick_house(rng: random.Random) -> House:
    return rng.choice([house for house in HOUSES for _ in range(house.share)])


def _pick_scenario(rng: random.Random) -> Scenario:
    if rng.random() >= ABNORMAL_SHARE:
        return NORMAL
    return rng.choice([s for s in SCENARIOS for _ in range(s.share)])


def _pick_entities(rng: random.Random, scenario: Scenario) -> list[Entity]:
    """Entities of the scenario that agree with one another, then incidental ones."""
    chosen: list[Entity] = []
    pool = list(scenario.pool)
    while pool and len(chosen) < scenario.least:
        rng.shuffle(pool)
        for entity, chance in pool:
            if rng.random() < chance and _fits(entity, chosen) and len(chosen) < scenario.most:
                chosen.append(entity)
    incidental = 0.35 if rng.random() < HABIT else 0.7
    for entity in (rng.choice(INCIDENTALS), rng.choice(INCIDENTALS)):
        if rng.random() < incidental and _fits(entity, chosen):
            chosen.append(entity)
    return chosen


def _fits(entity: Entity, chosen: Sequence[Entity]) -> bool:
    """Whether the entity can stand beside the chosen ones: one of a kind, but many devices."""
    return all(
        entity is not other
        and not (entity.topic == other.topic and entity.topic not in ("device", "malposition"))
        and not _same_device(entity, other)
        and not (entity.topic in other.contradicts or other.topic in entity.contradicts)
        for other in chosen
    )


def _same_device(entity: Entity, other: Entity) -> bool:
    """Whether both are the same sort of tube or line, well placed and not."""
    return entity.region == other.region == "devices" and bool(
        set(entity.name.split()) & set(other.name.split()) - {"tube", "low", "high", "deep"}
        or {"endotracheal", "intubation"} <= set(entity.name.split()) | set(other.name.split())
    )


def _observe(rng: random.Random, entity: Entity, *, prior: bool) -> Observation:
    """Choose the slots and words of one entity."""
    slots = {name: rng.choice(values) for name, values in entity.slots.items()}
    severity = slots.get("severity")
    slots["adverb"] = {"mild": "mildly", "moderate": "moderately"}.get(severity or "", "severely")
    core = fill(_reword(rng, rng.choice(entity.findings)), slots)
    phrase = ""
    if entity.impressions:
        usual = rng.random() < USUAL_PHRASE
        phrase = fill(entity.impressions[0] if usual else rng.choice(entity.impressions), slots)
    change = None
    if prior and entity.changes and rng.random() < 0.7:  # noqa: PLR2004 - most are compared
        change = rng.choice(entity.changes)
        tail, word = rng.choice(TAILS[change])
        core += tail
        phrase = f"{word} {lower_first(phrase)}"
    slots.pop("adverb")
    return Observation(entity, sentence(core), capital(phrase), slots, change)


def _reword(rng: random.Random, core: str) -> str:
    """At times, another opening for "There is"."""
    for plain, others in OPENINGS.items():
        if core.startswith(plain) and rng.random() < REWORDED:
            return rng.choice(others) + core.removeprefix(plain)
    return core


def _normal_statements(
    rng: random.Random, house: House, observations: Sequence[Observation]
) -> list[Statement]:
    """Normal sentences that nothing on the film contradicts."""
    present = frozenset().union(*(o.entity.topics for o in observations))
    chances: dict[Region, float] = {
        "heart": 0.9,
        "mediastinum": 0.35,
        "lungs": 0.8,
        "bones": 0.5,
        "abdomen": 0.12,
    }
    picked: list[Statement] = []
    length = BRIEF if rng.random() < BRIEF_SHARE else (0.75 if house.terse else 1.0)
    for region, chance in chances.items():
        for place, table in enumerate(normals.NORMALS[region]):
            likely = chance if place == 0 else chance * 0.3
            if rng.random() >= likely * length:
                continue
            statement = _habitual(rng, house, table)
            if rng.random() >= HABIT and rng.random() < FREE:
                statement = free_statement(rng, region) or statement
            if not statement.denies & present:
                picked.append(statement)
    if rng.random() < 0.08 and not present & SPACES:  # noqa: PLR2004 - said apart at times
        picked += [s for s in (free_statement(rng, "pleura"),) if s]
    denial = _denial(rng, house, present, picked)
    if denial is not None:
        picked.append(denial)
    return picked


def _habitual(rng: random.Random, house: House, table: Sequence[Statement]) -> Statement:
    if rng.random() < HABIT:
        return table[house.habit % len(table)]
    return rng.choice(table)


def _denial(
    rng: random.Random, house: House, present: frozenset[str], picked: Sequence[Statement]
) -> Statement | None:
    """A sentence of the form "No X, Y, or Z." about what is truly absent."""
    if picked and rng.random() >= DENIED * (1 if len(picked) > 1 else 0.7):
        return None
    topics = [t for t in ("consolidation", "effusion", "pneumothorax") if t not in present]
    if rng.random() < 0.15 and not present & {"edema", "vessels"}:  # noqa: PLR2004
        topics.append("edema")
    if rng.random() < 0.08 and "nodule" not in present:  # noqa: PLR2004
        topics.append("nodule")
    if house.terse or rng.random() < 0.15:  # noqa: PLR2004 - the short form
        topics = topics[:2]
    if not topics:
        return None
    habitual = rng.random() < HABIT
    words = []
    for topic in topics:
        names = normals.DENIALS[topic]
        if habitual:
            words.append(names[house.habit % len(names)])
        else:
            words.append(rng.choice((*names, *MORE_DENIED[topic])))
    if not habitual:
        rng.shuffle(words)
    forms = normals.DENIAL_FORMS
    form = forms[house.habit % len(forms)] if habitual else rng.choice(forms)
    if not habitual and rng.random() < FREE:
        form = f"{rng.choice(DENIAL_OPENINGS)} {{list}} {rng.choice(DENIAL_CLOSINGS)}"
    text = fill(form, {"list": listing(words, oxford=not house.british)})
    return Statement("pleura", text, frozenset(topics))


def _body(
    rng: random.Random,
    house: House,
    observations: Sequence[Observation],
    statements: Sequence[Statement],
) -> list[tuple[Region, str]]:
    """All sentences in the order of the house, findings before normal ones in a region."""
    body: list[tuple[Region, str]] = []
    for region in house.order:
        seen = [o for o in observations if o.entity.region == region]
        body += [(region, o.sentence) for o in seen]
        if region == "lungs" and any("clear lungs" in o.entity.contradicts for o in seen):
            body += [("lungs", sentence(text)) for text in _rest_of_lungs(rng, seen)]
        body += [(region, sentence(s.text)) for s in statements if s.region == region]
    return body


def _rest_of_lungs(rng: random.Random, seen: Sequence[Observation]) -> list[str]:
    """At times, that the rest of the lungs, or the other lung, is clear."""
    if rng.random() >= 0.4:  # noqa: PLR2004 - most reports leave it out
        return []
    words = {w for o in seen for v in o.slots.values() for w in v.split()}
    diffuse = any(o.entity.topic in ("edema", "interstitial") for o in seen)
    if diffuse or {"both", "bibasilar", "biapical"} & words or not words:
        return []
    sides = words & {"left", "right"} | ({"left"} if words & {"lingula", "lingular"} else set())
    if len(sides) == 1 and rng.random() < 0.5:  # noqa: PLR2004 - either way of saying it
        other = "right" if "left" in sides else "left"
        return [fill(rng.choice(normals.OTHER_LUNG), {"side": other})]
    return [rng.choice(normals.REMAINDER)]


def _head(rng: random.Random, house: House, *, prior: bool) -> list[str]:
    """The sentences before the findings proper: views and comparison."""
    head = []
    if rng.random() < house.views:
        head.append(sentence(rng.choice(normals.VIEWS)))
    if prior and rng.random() < 0.5:  # noqa: PLR2004 - half name the earlier film
        head.append(sentence(rng.choice(normals.COMPARED)))
    elif not prior and rng.random() < 0.06:  # noqa: PLR2004 - few say there is none
        head.append(sentence(rng.choice(normals.ALONE)))
    return head
