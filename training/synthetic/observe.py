"""Words one finding and its phrase for the impression, with the same slots."""

from __future__ import annotations

import random

from training.synthetic.changes import OPENINGS, TAILS
from training.synthetic.report import Entity, Observation
from training.synthetic.wording import capital, fill, lower_first, sentence

USUAL_PHRASE = 0.9
COMPARED_SHARE = 0.7
REWORDED = 0.3
SAME_SIDE = 0.7
ADVICE = ", recommend"
_ADVERBS = {"mild": "mildly", "moderate": "moderately", "severe": "severely"}


def observe(rng: random.Random, entity: Entity, side: str, *, prior: bool) -> Observation:
    """One entity on one film.

    Args:
        rng: the random state.
        entity: what is seen.
        side: the side of most one-sided findings.
        prior: whether there is an earlier film to compare with.
    """
    slots = {name: rng.choice(values) for name, values in entity.slots.items()}
    if "side" in slots and rng.random() < SAME_SIDE:
        slots["side"] = side
    if slots.get("severity") in _ADVERBS:
        slots["adverb"] = _ADVERBS[slots["severity"]]
    core = fill(_reword(rng, rng.choice(entity.findings)), slots)
    phrase = _phrase(rng, entity, slots)
    change = None
    if prior and entity.changes and rng.random() < COMPARED_SHARE:
        change = rng.choice(entity.changes)
        tail, word = rng.choice(TAILS[change])
        core += tail
        if phrase and change == "stable":
            # An unchanged finding was investigated before.
            phrase = phrase.partition(ADVICE)[0]
        phrase = phrase and f"{word} {lower_first(phrase)}"
    return Observation(entity, sentence(core), capital(phrase), slots, change)


def _phrase(rng: random.Random, entity: Entity, slots: dict[str, str]) -> str:
    if not entity.impressions:
        return ""
    usual = rng.random() < USUAL_PHRASE
    return fill(entity.impressions[0] if usual else rng.choice(entity.impressions), slots)


def _reword(rng: random.Random, core: str) -> str:
    """Sometimes replaces the opening "There is" with another one."""
    for plain, others in OPENINGS.items():
        if core.startswith(plain) and rng.random() < REWORDED:
            return rng.choice(others) + core.removeprefix(plain)
    return core
