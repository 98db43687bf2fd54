"""Baselines to compare a model's ROUGE scores with, and the stratum of a report."""

from __future__ import annotations

import re
from typing import Literal

from chalicelib.drafting.codecs import MAX_IMPRESSION_CHARACTERS
from chalicelib.settings import ROLES

CONSTANT = "baseline-constant"
LEAD = "baseline-lead"
# The roles of the models and of the baselines, in the order in which tables show them.
ALL_ROLES = (*ROLES, CONSTANT, LEAD)
# Short impressions that begin like this say that nothing acute was found.
_NORMAL_OPENING = re.compile(r"^\W*(\d+\W+)?(no acute|normal|negative|no active|unremarkable)\b")
LONGEST_NORMAL_WORDS = 9
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=\S)")


def stratum(reference: str) -> Literal["normal", "abnormal"]:
    """Classify a study as normal or abnormal by its radiologist's impression.

    Normal: it begins like "no acute…", "normal…" or "negative…" and has at most nine words. This
    heuristic allows scoring abnormal reports separately; it is not a diagnosis.
    """
    text = reference.strip().lower()
    short = len(text.split()) <= LONGEST_NORMAL_WORDS
    return "normal" if short and _NORMAL_OPENING.match(text) else "abnormal"


def lead_sentence(findings: str) -> tuple[str, bool]:
    """The first sentence of the findings, the usual trivial baseline, and whether it is cut.

    It is no longer than a model's draft may be: it is scored like one.
    """
    sentence = _SENTENCE_END.split(findings.strip(), maxsplit=1)[0]
    return sentence[:MAX_IMPRESSION_CHARACTERS], len(sentence) > MAX_IMPRESSION_CHARACTERS
