"""The worked examples, with the instances that the simulation found on an ordinary day."""

from __future__ import annotations

from pathlib import Path

from benchmarks.cost.month import Case
from benchmarks.scale.scenarios import REPORTS
from common.errors import UsageError
from common.paths import ROOT

FIGURES = ROOT / "docs" / "scale" / "figures.md"
NAMES = {
    "hospital": "one hospital",
    "hundred": "a hundred hospitals",
    "country": "a country",
}


def examples(figures: Path = FIGURES) -> list[Case]:
    """One hospital, a hundred, a country.

    Raises UsageError if docs/scale/figures.md has no such day.
    """
    text = figures.read_text(encoding="utf-8")
    return [
        Case(NAMES[name], reports, _instances(text, f"{name}, day, recommended"))
        for name, reports in REPORTS.items()
    ]


def own(hospitals: int, reports: int, instances: float) -> Case:
    """A case of the user's."""
    return Case(
        f"{hospitals:,} hospitals, {reports:,} reports a day each", hospitals * reports, instances
    )


def _instances(text: str, scenario: str) -> float:
    """The mean number of instances, of the table `Days`."""
    (days,) = (part for part in text.split("\n## ") if part.startswith("Days\n"))
    for line in days.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0] == scenario:
            return float(cells[4].split(",")[0])
    raise UsageError(f"{FIGURES}: has no scenario {scenario}; run make simulate")
