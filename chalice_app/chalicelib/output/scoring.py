"""ROUGE scores of one draft against the radiologist's own impression.

Per-report scores of the `rouge-score` package (Google Research; Lin 2004), without a stemmer.
rougeLsum treats newlines as sentence boundaries, rougeL does not.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from rouge_score.rouge_scorer import RougeScorer

METRICS = ("rouge1", "rouge2", "rougeL", "rougeLsum")
SCORER = "rouge-score 0.1.2, no stemmer"


class Score(NamedTuple):
    """One metric of one report, each value from 0 to 1."""

    metric: str
    precision: float
    recall: float
    fmeasure: float


def score(reference: str, draft: str) -> list[Score]:
    """Score a draft; a text without words scores 0 in every metric."""
    scores = _scorer().score(reference, draft)
    return [Score(metric, *(float(value) for value in scores[metric])) for metric in METRICS]


@cache
def _scorer() -> RougeScorer:
    # Imported on first use: it loads nltk and numpy, which takes half a second. A cold start
    # without references saves that.
    from rouge_score.rouge_scorer import RougeScorer  # noqa: PLC0415  # imported late: see above

    return RougeScorer(list(METRICS), use_stemmer=False)
