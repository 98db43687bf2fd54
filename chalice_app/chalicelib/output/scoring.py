"""ROUGE scores of one draft against the radiologist's own impression.

Per-report scores of the `rouge-score` package (Google Research; Lin 2004), without a stemmer.
rougeLsum treats newlines as sentence boundaries, rougeL does not.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.output.deferred import deferred

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
    # Imported on first use: a cold start without references saves that. rouge-score imports more
    # than half a second of packages that no score uses: numpy for BootstrapAggregator and
    # score_multi, nltk for the stemmer and split_summaries, absl for one log line, which it writes
    # when it chooses its default tokenizer itself. The zip does not contain them (docs/adr/0021).
    with deferred("absl", "absl.logging", "nltk", "nltk.stem", "nltk.stem.porter", "numpy"):
        from rouge_score import rouge_scorer, tokenizers  # noqa: PLC0415  # imported late: see above

    default = tokenizers.DefaultTokenizer(use_stemmer=False)
    return rouge_scorer.RougeScorer(list(METRICS), use_stemmer=False, tokenizer=default)
