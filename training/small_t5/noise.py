"""Adds noise to the findings in training, so that unknown words do not suggest a disease.

Nothing that the impression depends on is changed: no word that occurs in it, no number, no
negation.
"""

from __future__ import annotations

import random
import re
from dataclasses import replace

from training.synthetic.report import Report

SHARE = 0.3
CASUAL = 0.06
_WORD = re.compile(r"[a-z]+")
_KEPT = frozenset(
    (
        *("no", "not", "without", "negative", "for", "free", "both", "left", "right", "bilateral"),
        *("unchanged", "stable", "decreased", "increased", "new", "improved", "worse", "worsened"),
        *("prior", "before", "trace", "small", "mild", "moderate", "severe", "mildly"),
        *("moderately", "severely"),
    )
)
_MASKS = ("XXXX", "____")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def scribble(report: Report, seed: str) -> Report:
    """The report, sometimes with words dropped, masked, misspelled or replaced."""
    rng = random.Random(f"{seed}/{report.report_id}")  # noqa: S311  # not cryptographic
    if rng.random() < CASUAL:
        text = report.findings.lower()
        if rng.random() < 0.5:  # noqa: PLR2004  # half of them
            text = text.replace(".\n", "\n").replace(". ", " ").removesuffix(".")
        return replace(report, findings=text)
    if rng.random() >= SHARE:
        return report
    kept = _KEPT | set(_WORD.findall(report.impression.lower()))
    rate = rng.choice((0.05, 0.1, 0.2))
    words = [
        _spoil(rng, word) if rng.random() < rate and _free(word, kept) else word
        for word in report.findings.split(" ")
    ]
    return replace(report, findings=" ".join(word for word in words if word))


def _free(word: str, kept: frozenset[str]) -> bool:
    bare = word.lower().strip(".,:\n")
    return bare.isalpha() and bare not in kept


def _spoil(rng: random.Random, word: str) -> str:
    kind = rng.randrange(4)
    stop = word[-1] if word[-1] in ".,:" else ""
    if kind == 0:
        return rng.choice(_MASKS) + stop
    if kind == 1:
        return stop
    if kind == 2:  # noqa: PLR2004  # a random word
        return "".join(rng.choice(_LETTERS) for _ in range(rng.randrange(3, 9))) + stop
    spot = rng.randrange(len(word))
    return word[:spot] + rng.choice(_LETTERS) + word[spot + 1 :]
