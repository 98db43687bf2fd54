"""Suspects pairs whose impression does not follow from their findings: label noise.

Rules of thumb, each with a weight: they sort reports for a person to look at, and decide nothing.
"""

from __future__ import annotations

import heapq
import re
from dataclasses import dataclass, field

from chalicelib.drafting.masks import MASK
from training.prepare.report import Pair

MOST = 20
_WORD = re.compile(r"[^\W_]++")
_ELSEWHERE = re.compile(
    r"\b(?:see|as|per)\s++(?:the\s++)?(?:above|below|findings|body|report|comment|described)\b",
    re.IGNORECASE,
)
_HEADING = re.compile(
    r"\b(?:FINDINGS?|IMPRESSIONS?|CONCLUSIONS?|TECHNIQUE|INDICATION|COMPARISON|ADDENDUM)\s*+:"
)
_CODE = re.compile(r"\d++\s*+-\s*+[A-Z][A-Z ,/\-]*+")  # such as "2-ABNORMAL"
_PRIOR = re.compile(
    r"\b(?:unchanged|interval|previous(?:ly)?|prior|compared|comparison|again|stable|persist\w*+"
    r"|improv\w*+|worsen\w*+|resol(?:ved|ution)|(?:in|de)creased\s++(?:since|from))\b",
    re.IGNORECASE,
)
_NORMAL = re.compile(
    r"\W*+(?:no (?:evidence of )?(?:acute|active)|normal|negative)\b", re.IGNORECASE
)
_NORMAL_WORDS = 9
_FEW_WORDS = 4
_MUCH_LONGER = 1.5
_MOSTLY = 0.5


@dataclass(frozen=True, order=True)
class Suspect:
    """A report that may be noise: the sum of its reasons' weights, and the reasons."""

    weight: float
    report_id: str
    reasons: tuple[str, ...] = field(compare=False)


class Likeliest:
    """The likeliest of all suspects, in memory of constant size."""

    def __init__(self) -> None:
        """Start empty."""
        self._heap: list[Suspect] = []

    def add(self, pair: Pair, *, contradicted: bool) -> None:
        """Look at a pair; `contradicted`: its findings occur with another impression too."""
        reasons = reasons_of(pair, contradicted=contradicted)
        if not reasons:
            return
        suspect = Suspect(sum(reasons.values()), pair.report_id, tuple(reasons))
        if len(self._heap) < MOST:
            heapq.heappush(self._heap, suspect)
        else:
            heapq.heappushpop(self._heap, suspect)

    def sorted(self) -> list[Suspect]:
        """The likeliest first."""
        return sorted(self._heap, key=lambda one: (-one.weight, one.report_id))


def reasons_of(pair: Pair, *, contradicted: bool = False) -> dict[str, float]:
    """Why a pair may be noise, each with its weight."""
    findings, impression = _words(pair.findings), _words(pair.impression)
    masks = pair.impression.count(MASK)
    found = {
        "a heading within a text": 3.0
        * bool(_HEADING.search(pair.findings) or _HEADING.search(pair.impression)),
        "the impression is a code": 3.0 * bool(_CODE.fullmatch(pair.impression.strip())),
        "the impression refers elsewhere": 2.5 * bool(_ELSEWHERE.search(pair.impression)),
        "the impression repeats the findings": 2.5
        * (len(impression) >= _FEW_WORDS and impression == findings),
        "the impression is mostly masked": 2.0 * (masks > _MOSTLY * (masks + len(impression))),
        "the impression is much longer than the findings": 2.0
        * (len(impression) > _MUCH_LONGER * len(findings) + _FEW_WORDS),
        "very short findings": 1.5 * (len(findings) < _FEW_WORDS),
        "the same findings with another impression": 1.0 * contradicted,
        "a prior study only in the impression": 0.5
        * (mentions_prior(pair.impression) and not mentions_prior(pair.findings)),
    }
    return {reason: weight for reason, weight in found.items() if weight}


def mentions_prior(text: str) -> bool:
    """Whether a text compares with an earlier study, which a model does not see."""
    return _PRIOR.search(text) is not None


def is_normal(impression: str) -> bool:
    """Whether an impression says that nothing is wrong: it begins like that, and is short."""
    return _NORMAL.match(impression) is not None and len(_words(impression)) <= _NORMAL_WORDS


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
