"""ROUGE of one draft against the radiologist's own impression.

Plain per-report scores of the `rouge-score` package (Google Research; Lin 2004), no stemmer.
rougeLsum takes newlines as sentence boundaries, rougeL does not.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from rouge_score.rouge_scorer import RougeScorer

METRICS = ("rouge1", "rouge2", "rougeL", "rougeLsum")
SCORER = "rouge-score 0.1.2, no stemmer"


class Score(NamedTuple):
    """One metric of one report, each figure from 0 to 1."""

    metric: str
    precision: float
    recall: float
    fmeasure: float


def score(reference: str, draft: str) -> list[Score]:
    """Score a draft; a text without any word scores 0 throughout."""
    found = _scorer().score(reference, draft)
    return [Score(metric, *(float(figure) for figure in found[metric])) for metric in METRICS]


@cache
def _scorer() -> RougeScorer:
    # Imported when the first reference is there: it pulls nltk and numpy, half a second that a
    # cold start without references does not pay.
    from rouge_score.rouge_scorer import RougeScorer  # noqa: PLC0415  # imported late: see above

    return RougeScorer(list(METRICS), use_stemmer=False)
