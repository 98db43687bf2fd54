"""What needs no model: baselines to read a model's ROUGE against, and the report's stratum."""

from __future__ import annotations

import re
from typing import Literal

CONSTANT = "baseline-constant"
LEAD = "baseline-lead"
# Short impressions that open like these say that nothing acute was found.
_NORMAL_OPENING = re.compile(r"^\W*(\d+\W+)?(no acute|normal|negative|no active|unremarkable)\b")
LONGEST_NORMAL_WORDS = 9
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=\S)")


def stratum(reference: str) -> Literal["normal", "abnormal"]:
    """Tell whether a radiologist's impression calls the study normal.

    Normal: it begins like "no acute…", "normal…" or "negative…" and has at most nine words. A
    rule of thumb to read the abnormal reports on their own, not a diagnosis.
    """
    text = reference.strip().lower()
    short = len(text.split()) <= LONGEST_NORMAL_WORDS
    return "normal" if short and _NORMAL_OPENING.match(text) else "abnormal"


def lead_sentence(findings: str) -> str:
    """The first sentence of the findings, the summariser's usual trivial rival."""
    return _SENTENCE_END.split(findings.strip(), maxsplit=1)[0]
