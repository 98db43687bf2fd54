"""How far a draft is at odds with the findings that it was written for.

The checks of the system (`chalicelib.checks`) count what a draft contradicts, adds or leaves out.
They know rules and words, no weights, so that a count has reasons; but they know chest reports in
English only, and other texts have no doubts.
"""

from __future__ import annotations

from functools import lru_cache

from chalicelib.checks import flags
from chalicelib.checks.check import compare
from chalicelib.checks.language import reason_not_to_check
from chalicelib.checks.reading import Reading, read

# What is left out weighs little: radiologists leave out much, and they state little that is wrong.
WEIGHTS = {
    flags.WRONG_SIDE: 1.0,
    flags.CONTRADICTED: 1.0,
    flags.UNSUPPORTED: 1.0,
    flags.NUMBER_NOT_IN_FINDINGS: 1.0,
    flags.NORMAL_DRAFT: 1.0,
    flags.OMITTED: 0.4,
}
# More flags of one weight than that say the same: this is the draft of another patient.
MOST = 3
# The same few drafts, and impressions of training reports, come up again and again.
READINGS_KEPT = 4096


class Doubts:
    """The doubts about drafts of one source text."""

    def __init__(self, source: str) -> None:
        """`source` is the findings text, with or without a prompt around it."""
        self._source = None if reason_not_to_check(source) else read(source)

    def __call__(self, draft: str) -> float:
        """Zero for a draft that no check objects to, at most 4.2; the time is linear in it."""
        reading = _read_draft(draft)
        if self._source is None or reading is None:
            return 0.0
        counts = dict.fromkeys(set(WEIGHTS.values()), 0)
        for flag in compare(self._source, reading):
            if flag.name in WEIGHTS:
                counts[WEIGHTS[flag.name]] += 1
        return sum(weight * min(count, MOST) for weight, count in counts.items())


@lru_cache(READINGS_KEPT)
def _read_draft(text: str) -> Reading | None:
    """The draft's facts; None if the rules cannot read it."""
    return None if reason_not_to_check(text) else read(text)
