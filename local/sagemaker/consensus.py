"""Chooses the draft with which most of the other candidates agree.

Minimum Bayes risk decoding (Kumar and Byrne, "Minimum Bayes-Risk Decoding for Statistical Machine
Translation", 2004): the beams, weighted by probability, and the impressions of the most similar
stored reports, weighted by similarity, vote. The draft with the highest expected word overlap is
returned. A doubt about a draft, such as a side that the findings do not name, costs it votes and is
deducted from its expected overlap.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence

from local.sagemaker.memory import words

# Chosen by cross-validation on training reports (docs/benchmarks.md, "Draft quality").
NEIGHBOURS = 10
NEIGHBOURS_SHARE = 0.7
# How fast a vote decreases with the score: a beam's mean log probability, a neighbour's cosine.
BEAM_SHARPNESS = 4.0
LIKENESS_SHARPNESS = 10.0
# What one doubt costs: votes, as if the score were lower, and expected overlap.
DOUBT_SHARPNESS = 1.5
DOUBT_COST = 0.15

# What a doubt costs a beam where nothing else votes: of its mean log probability.
DOUBT_PENALTY = 0.5

Scored = Sequence[tuple[str, float]]


def choose(beams: Scored, neighbours: Scored, doubt: Callable[[str], float] = lambda _: 0.0) -> str:
    """The text with the highest expected word F1 among all candidates; on a tie, the first beam.

    Args:
        beams: the model's own texts and their mean log probabilities.
        neighbours: the impressions of similar reports and their cosines.
        doubt: how far a text is at odds with its findings, from 0.
    """
    share = NEIGHBOURS_SHARE if neighbours else 0.0
    doubts = {text: doubt(text) for text, _ in (*beams, *neighbours)}
    pooled: dict[str, float] = {}
    for scored, sharpness, part in (
        (beams, BEAM_SHARPNESS, 1 - share),
        (neighbours, LIKENESS_SHARPNESS, share),
    ):
        merits = [
            (text, sharpness * score - DOUBT_SHARPNESS * doubts[text]) for text, score in scored
        ]
        for text, vote in _votes(merits):
            pooled[text] = pooled.get(text, 0.0) + part * vote
    counted = {text: Counter(words(text)) for text in pooled}

    def expected(text: str) -> float:
        overlap = sum(vote * _f1(counted[text], counted[other]) for other, vote in pooled.items())
        return overlap - DOUBT_COST * doubts[text]

    return max(pooled, key=expected)


def least_doubtful(beams: Scored, doubt: Callable[[str], float]) -> str:
    """The beam with the highest score after the penalty for doubts; on a tie, the first.

    Args:
        beams: texts and their mean log probabilities, at least one.
        doubt: how far a text is at odds with its findings, from 0; called as rarely as possible.
    """
    best, most = "", -math.inf
    for text, score in sorted(beams, key=lambda beam: -beam[1]):
        if score <= most:
            break  # not even without any doubt
        merit = score - DOUBT_PENALTY * doubt(text)
        if merit > most:
            best, most = text, merit
    return best


def _votes(merits: Scored) -> list[tuple[str, float]]:
    """Votes that add up to 1 and grow exponentially with the merit."""
    if not merits:
        return []
    best = max(merit for _, merit in merits)
    weights = [math.exp(merit - best) for _, merit in merits]
    total = sum(weights)
    return [(text, weight / total) for (text, _), weight in zip(merits, weights, strict=True)]


def _f1(one: Counter[str], two: Counter[str]) -> float:
    shared = (one & two).total()
    return 2 * shared / (one.total() + two.total()) if shared else 0.0
