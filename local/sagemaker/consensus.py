"""Chooses the draft with which most of the other candidates agree.

Minimum Bayes risk decoding (Kumar and Byrne, "Minimum Bayes-Risk Decoding for Statistical Machine
Translation", 2004): the beams, weighted by probability, and the impressions of the most similar
stored reports, weighted by similarity, have half of the votes each. The draft with the highest
expected word overlap is returned.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from local.sagemaker.memory import words

NEIGHBOURS = 10
NEIGHBOURS_SHARE = 0.5
# How fast a vote decreases with the score: a beam's mean log probability, a neighbour's cosine.
BEAM_SHARPNESS = 4.0
LIKENESS_SHARPNESS = 15.0

Scored = Sequence[tuple[str, float]]


def choose(beams: Scored, neighbours: Scored) -> str:
    """The text with the highest expected word F1 among all candidates; on a tie, the first beam."""
    share = NEIGHBOURS_SHARE if neighbours else 0.0
    votes = [
        *((text, (1 - share) * vote) for text, vote in _votes(beams, BEAM_SHARPNESS)),
        *((text, share * vote) for text, vote in _votes(neighbours, LIKENESS_SHARPNESS)),
    ]
    pooled: dict[str, float] = {}
    for text, vote in votes:
        pooled[text] = pooled.get(text, 0.0) + vote
    counted = {text: Counter(words(text)) for text in pooled}

    def expected(text: str) -> float:
        return sum(vote * _f1(counted[text], counted[other]) for other, vote in pooled.items())

    return max(pooled, key=expected)


def _votes(scored: Scored, sharpness: float) -> list[tuple[str, float]]:
    if not scored:
        return []
    best = max(score for _, score in scored)
    weights = [math.exp(sharpness * (score - best)) for _, score in scored]
    total = sum(weights)
    return [(text, weight / total) for (text, _), weight in zip(scored, weights, strict=True)]


def _f1(one: Counter[str], two: Counter[str]) -> float:
    shared = (one & two).total()
    return 2 * shared / (one.total() + two.total()) if shared else 0.0
