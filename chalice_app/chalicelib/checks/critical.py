"""Findings that somebody must be told of, for a worklist.

The idea and its three degrees of urgency are those of the Actionable Reporting Work Group of the
American College of Radiology (Larson et al., "Actionable Findings and the Role of IT Support", J Am
Coll Radiol 2014;11:552-558), and of its Practice Parameter for Communication of Diagnostic Imaging
Findings. The list is ours: findings of our lexicon, sorted by that idea. Every hospital has a
policy of its own, which comes before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from chalicelib.checks import flags, relations
from chalicelib.checks.facts import Fact
from chalicelib.checks.flags import Flag
from chalicelib.checks.reading import spans

Urgency = Literal["minutes", "hours", "days"]

CRITICAL: dict[str, Urgency] = {
    "tension pneumothorax": "minutes",
    "pneumothorax": "minutes",
    "hydropneumothorax": "minutes",
    "mediastinal shift": "minutes",
    "device malposition": "minutes",
    "aortic dissection": "minutes",
    "pulmonary embolism": "minutes",
    "pneumoperitoneum": "minutes",
    "hemothorax": "minutes",
    "intracranial hemorrhage": "minutes",
    "midline shift": "minutes",
    "stroke": "minutes",
    "spinal cord compression": "minutes",
    "torsion": "minutes",
    "ectopic pregnancy": "minutes",
    "pneumomediastinum": "hours",
    "pneumopericardium": "hours",
    "pericardial effusion": "hours",
    "empyema": "hours",
    "tuberculosis": "hours",
    "wide mediastinum": "hours",
    "bowel obstruction": "hours",
    "appendicitis": "hours",
    "cholecystitis": "hours",
    "deep vein thrombosis": "hours",
    "hydrocephalus": "hours",
    "foreign body": "hours",
    "dislocation": "hours",
    "mass": "days",
    "nodule": "days",
    "cavity": "days",
    "metastases": "days",
    "aortic aneurysm": "days",
    "bone lesion": "days",
}


def critical_finding(findings: Sequence[Fact], draft: Sequence[Fact]) -> Iterator[Flag]:
    """A critical finding that is or may be there, in either text, unless it is known; each once."""
    there = [
        fact
        for fact in (*findings, *draft)
        if fact.finding in CRITICAL
        and relations.is_there(fact)
        and fact.change not in ("stable", "better")
    ]
    for name in dict.fromkeys(fact.finding for fact in there):
        sentence = f"Critical: {name}, to be told within {CRITICAL[name]}."
        yield Flag(
            flags.CRITICAL_FINDING,
            sentence,
            spans([fact for fact in relations.of(findings, [name]) if relations.is_there(fact)]),
            spans([fact for fact in relations.of(draft, [name]) if relations.is_there(fact)]),
            name,
        )
