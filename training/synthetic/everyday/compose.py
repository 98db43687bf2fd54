"""Composes an everyday report: free wording, many harmless findings, one normal sentence."""

from __future__ import annotations

import random
from collections.abc import Sequence

from training.synthetic.everyday.harmless import HARMLESS
from training.synthetic.everyday.normals import GRAMMARS, REST_IS_CLEAR, TECHNIQUE
from training.synthetic.everyday.told import ACUTE, CHRONIC
from training.synthetic.grammar import free_statement
from training.synthetic.houses import HEART_FIRST, LUNGS_FIRST
from training.synthetic.observe import observe
from training.synthetic.pick import fits
from training.synthetic.report import Entity, Observation, Region, Report
from training.synthetic.wording import sentence

NORMAL_LINE = "No acute cardiopulmonary abnormality."
# How often a film has acute, else long-standing findings, and how often harmless ones beside.
ACUTE_SHARE, CHRONIC_SHARE = 0.18, 0.2
SECOND = 0.3
HARMLESS_CHANCES = (0.6, 0.35, 0.2)
PRIOR = 0.3
# How often a region has one more normal sentence; each has up to two tries.
CHANCES: dict[Region, tuple[float, float]] = {
    "heart": (0.85, 0.2),
    "mediastinum": (0.4, 0.1),
    "lungs": (0.8, 0.35),
    "pleura": (0.85, 0.35),
    "bones": (0.4, 0.1),
    "abdomen": (0.08, 0.0),
}
REST = 0.35
TECHNIQUE_SHARE = 0.2
BRIEF_SHARE, BRIEF = 0.15, 0.45
MASKED, MASK_RATE = 0.5, 0.08
NO_FULL_STOP = 0.03
LOOSE_ORDER = 0.25
_KEPT = frozenset(
    (
        *("no", "not", "without", "negative", "left", "right", "clear", "free", "normal"),
        *("old", "remote", "healed", "chronic", "stable", "calcified", "prior", "granuloma"),
    )
)


def compose(rng: random.Random, report_id: str) -> Report:
    """One everyday report; equal random states give equal reports."""
    chosen, scenario = _entities(rng)
    prior = rng.random() < PRIOR
    side = rng.choice(("left", "right"))
    observations = [observe(rng, entity, side, prior=prior) for entity in chosen]
    findings = " ".join(_sentences(rng, observations))
    if rng.random() < MASKED:
        findings = _masked(rng, findings, observations)
    if rng.random() < NO_FULL_STOP:
        findings = findings.removesuffix(".")
    return Report(report_id, findings, _impression(observations), scenario)


def _entities(rng: random.Random) -> tuple[list[Entity], str]:
    drawn = rng.random()
    chosen: list[Entity] = []
    scenario = "normal"
    if drawn < ACUTE_SHARE:
        _add(rng, ACUTE, chosen)
        if rng.random() < SECOND:
            _add(rng, (*ACUTE, *CHRONIC), chosen)
        scenario = "everyday acute"
    elif drawn < ACUTE_SHARE + CHRONIC_SHARE:
        _add(rng, CHRONIC, chosen)
        if rng.random() < SECOND:
            _add(rng, CHRONIC, chosen)
        scenario = "everyday chronic"
    for chance in HARMLESS_CHANCES:
        if rng.random() < chance:
            _add(rng, HARMLESS, chosen)
    return chosen, scenario


def _add(rng: random.Random, table: Sequence[Entity], chosen: list[Entity]) -> None:
    entity = rng.choice(table)
    if fits(entity, chosen):
        chosen.append(entity)


def _sentences(rng: random.Random, observations: Sequence[Observation]) -> list[str]:
    """All sentences: in each region the abnormal ones first, or all in loose order."""
    present = frozenset().union(*(o.entity.topics for o in observations))
    length = BRIEF if rng.random() < BRIEF_SHARE else 1.0
    body: list[str] = []
    for region in rng.choice((HEART_FIRST, HEART_FIRST, LUNGS_FIRST)):
        here = [o.sentence for o in observations if o.entity.region == region]
        if region == "lungs" and here and rng.random() < REST:
            here.append(sentence(rng.choice(REST_IS_CLEAR)))
        for chance in CHANCES.get(region, ()):
            if rng.random() < chance * length:
                statement = free_statement(rng, region, GRAMMARS)
                if statement is not None and not statement.denies & present:
                    here.append(sentence(statement.text))
        if rng.random() < LOOSE_ORDER:
            rng.shuffle(here)
        body += here
    if rng.random() < LOOSE_ORDER:
        rng.shuffle(body)
    if rng.random() < TECHNIQUE_SHARE:
        body.insert(0, sentence(rng.choice(TECHNIQUE)))
    return body or [sentence("Normal chest")]


def _masked(rng: random.Random, findings: str, observations: Sequence[Observation]) -> str:
    """Some words masked, as in de-identified collections; none that the impression needs."""
    told = " ".join(f"{o.sentence} {o.phrase}" for o in observations if o.phrase)
    kept = _KEPT | {_bare(word) for word in told.split()}
    return " ".join(
        "____" + ("." if word.endswith(".") else "")
        if _bare(word) not in kept and rng.random() < MASK_RATE
        else word
        for word in findings.split(" ")
    )


def _bare(word: str) -> str:
    return word.lower().strip(".,")


def _impression(observations: Sequence[Observation]) -> str:
    """The normal line, unless something acute is told; then what is told, acute first."""
    told = sorted((o for o in observations if o.phrase), key=lambda o: o.entity.priority)
    lines = [sentence(o.phrase) for o in told]
    acute = any(o.entity.weight == "acute" for o in told)
    return " ".join(lines if acute else [NORMAL_LINE, *lines])
