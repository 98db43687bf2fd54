"""What became of a collection's reports: the content of `report.json`."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from chalicelib.settings import DEFAULT_PROMPT
from training.prepare.index import Groups
from training.prepare.items import PassedOver
from training.prepare.report import LeftOut

PLACES_NAMED = 20


@dataclass
class Summary:
    """What was kept and left out; `left_out` counts by reason, `examples` names some of each.

    `prompt` is the template that the model must have when it is deployed. `passed_over` are files
    that contain no reports. The other figures describe the pairs that were kept; none of them is or
    contains report text.
    """

    dataset: str
    seed: int
    evaluation_share: float
    split_file: str | None = None
    prompt: str = DEFAULT_PROMPT
    reports: int = 0
    kept: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[str]] = field(default_factory=dict)
    files_passed_over: int = 0
    passed_over: list[dict[str, str]] = field(default_factory=list)
    patients: dict[str, Any] = field(default_factory=dict)
    duplicates: dict[str, int] = field(default_factory=dict)
    quality: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The content of `report.json`."""
        found = asdict(self)
        quality = found.pop("quality")
        return {**found, **quality}

    def leave_out(self, one: LeftOut) -> None:
        """Count a report that is not used."""
        self.left_out[one.reason] = self.left_out.get(one.reason, 0) + 1
        named = self.examples.setdefault(one.reason, [])
        if len(named) < PLACES_NAMED:
            named.append(one.place)

    def pass_over(self, one: PassedOver) -> None:
        """Count a file that is not reports."""
        self.files_passed_over += 1
        if len(self.passed_over) < PLACES_NAMED:
            self.passed_over.append({"file": one.place, "reason": one.reason})

    def describe(self, groups: Groups, without_patient: int, contradicted: int) -> None:
        """Take over what the index knows.

        Args:
            groups: the groups of all reports that could be used.
            without_patient: how many of these reports name no patient.
            contradicted: how many repeat findings with another impression.
        """
        self.patients = {
            "known": groups.patients,
            "reports_without": without_patient,
            "groups_joined_by_findings": groups.joined,
            "largest_group": {
                "patients": groups.largest.patients,
                "findings": groups.largest.findings,
            },
        }
        self.duplicates = {
            "repeated_findings": self.left_out.get("repeated findings", 0),
            "with_another_impression": contradicted,
        }

    def why_nothing(self) -> str:
        """Why no report can be used."""
        reasons = ", ".join(f"{count} {reason}" for reason, count in self.left_out.items())
        return f"none of its {self.reports} reports can be used ({reasons})"
