"""The types shared by the tables, the composition and the command line."""

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
    """One finding or device on a chest film, with its wordings.

    `findings` and `impressions` are sentences without a full stop. `{slot}` stands for a value of
    that slot, the same value in both, which keeps side, size and severity consistent. The first
    impression is the usual one. `contradicts` contains the topics that cannot occur with this one,
    `device` is the kind of tube or line.
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
        """What a film shows at most once: this device, or this topic."""
        return self.device or self.topic

    @property
    def topics(self) -> frozenset[str]:
        """Topics that normal sentences in the same report must not deny."""
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
    """One synthetic report."""

    report_id: str
    findings: str
    impression: str
    scenario: str

    @property
    def normal(self) -> bool:
        """Whether nothing on the film has a line of its own in the impression."""
        return self.scenario == "normal"
