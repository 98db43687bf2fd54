"""The values that pass between the tables, the composition and the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Region = Literal["devices", "lungs", "pleura", "heart", "mediastinum", "bones", "abdomen"]
Change = Literal["stable", "better", "worse", "new"]
Weight = Literal["acute", "chronic", "incidental"]

ANY_CHANGE: tuple[Change, ...] = ("stable", "better", "worse", "new")


@dataclass(frozen=True)
class Entity:
    """One thing a chest film can show, with the ways to say it.

    `findings` and `impressions` are sentence cores without a full stop. `{slot}` stands for one
    value of that slot, the same value in both, which keeps side, size and severity consistent.
    The first impression is the usual one.
    `contradicts` holds topics that cannot stand beside this one, `device` the sort of tube or line.
    """

    name: str
    topic: str
    region: Region
    priority: int
    weight: Weight
    findings: tuple[str, ...]
    impressions: tuple[str, ...] = ()
    slots: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    contradicts: frozenset[str] = frozenset()
    device: str = ""

    @property
    def kind(self) -> str:
        """What a film shows once at most: this device, or this topic."""
        return self.device or self.topic

    @property
    def topics(self) -> frozenset[str]:
        """Topics that no normal sentence beside this entity may deny."""
        return self.contradicts | {self.topic}


@dataclass(frozen=True)
class Observation:
    """An entity as seen on one film: its sentence and the phrase for the impression."""

    entity: Entity
    sentence: str
    phrase: str
    slots: Mapping[str, str]
    change: Change | None = None


@dataclass(frozen=True)
class Statement:
    """A normal sentence and the topics that it denies."""

    region: Region
    text: str
    denies: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Report:
    """One invented report."""

    report_id: str
    findings: str
    impression: str
    scenario: str

    @property
    def normal(self) -> bool:
        """Whether nothing on the film asked for a line of its own in the impression."""
        return self.scenario == "normal"
