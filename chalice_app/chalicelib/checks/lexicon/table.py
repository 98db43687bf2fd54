"""What the lexicon says about a finding."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple


class Weight(IntEnum):
    """How much it matters that a draft mentions a finding."""

    NORMAL = -2  # a normal statement: "the lungs are clear"
    DEVICE = -1
    INCIDENTAL = 0  # radiologists often leave it out: "scoliosis"
    CHRONIC = 1  # long-standing, but usually mentioned: "cardiomegaly"
    ACUTE = 2


class Finding(NamedTuple):
    """A finding and the phrases that name it.

    Attributes:
        name: as it stands in facts and flags.
        weight: how much it matters.
        phrases: separated by `;`. Words match without their plural; `a/b` is either word; `x ~ y`
            means both within a few words of each other, in any order.
        opposite: phrases that say its opposite, so that denying them says it: "acute disease" for
            "no acute abnormality".
        sided: whether left or right is said of it.
        group: findings of one group are different names for what may be one thing.
        inferred_from: names of findings, or groups, from which a radiologist may infer it.
        denies: for a normal statement, names of findings and groups that it excludes.
    """

    name: str
    weight: Weight
    phrases: str = ""
    sided: bool = False
    group: str = ""
    inferred_from: tuple[str, ...] = ()
    denies: tuple[str, ...] = ()
    opposite: str = ""


def words(listed: str) -> frozenset[str]:
    """Words separated by spaces, as a set."""
    return frozenset(listed.split())
