"""The share of drafts in disagreement with their findings, which the alarm watches.

Of the radiologists' own impressions, and of drafts of models that are out of order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from benchmarks.checks.seeded import Pair
from chalicelib.checks.check import check
from chalicelib.output.baselines import lead_sentence
from chalicelib.processing.flag_counts import disagrees, is_compared
from chalicelib.settings import DEFAULT_BASELINE


class Rate(NamedTuple):
    """How many drafts were compared with their findings, and how many of them disagree."""

    compared: int
    disagreeing: int

    @property
    def share(self) -> float:
        """The share of those compared that disagree."""
        return self.disagreeing / self.compared if self.compared else 0.0


def rates(pairs: Sequence[Pair]) -> dict[str, Rate]:
    """The rate of each kind of draft, by its name.

    "The next report's": what an endpoint gives whose answers are out of order.
    """
    own = [one.impression for one in pairs]
    drafts = {
        "radiologists' own impressions": own,
        "the next report's": own[1:] + own[:1],
        "the same normal sentence for all": [DEFAULT_BASELINE] * len(pairs),
        "the findings' first sentence": [lead_sentence(one.findings)[0] for one in pairs],
    }
    return {name: _rate(pairs, texts) for name, texts in drafts.items()}


def _rate(pairs: Sequence[Pair], drafts: Sequence[str]) -> Rate:
    flags = [
        {flag.name for flag in check(pair.findings, draft)}
        for pair, draft in zip(pairs, drafts, strict=True)
    ]
    compared = [one for one in flags if is_compared(one)]
    return Rate(len(compared), sum(map(disagrees, compared)))
