"""build/bench.json: the figures of all groups, each with the commit on which it was measured.

A run of some groups replaces their figures and keeps the others, so a figure may be older than
the rest; `table` marks it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from tabulate import tabulate

from benchmarks import surroundings
from benchmarks.bars import judged
from benchmarks.figures import Figures
from benchmarks.surroundings import Commit
from common import files
from common.paths import ROOT

PLACE = ROOT / "build" / "bench.json"
Document = dict[str, Any]


def read(path: Path | None = None) -> Document:
    """What earlier runs stored, by default in PLACE; an empty document if it cannot be read."""
    try:
        found = msgspec.json.decode((path or PLACE).read_bytes())
    except (OSError, msgspec.DecodeError):
        return {}
    is_ours = isinstance(found, dict) and isinstance(found.get("measured"), dict)
    return found if is_ours else {}


def added(
    before: Document, group: str, figures: Figures, at: Commit, now: datetime | None = None
) -> Document:
    """The document with a group's figures in place of those that it had.

    `figures` has each figure's median, `measured` its runs, their spread, group, commit and date.
    """
    date = (now or datetime.now(UTC)).isoformat(timespec="seconds")
    kept = {name: one for name, one in before.get("measured", {}).items() if one["group"] != group}
    measured = kept | {
        name: {
            "runs": list(figure.runs),
            "median": figure.median,
            "spread": figure.spread,
            "group": group,
            "commit": at.sha,
            "dirty": at.dirty,
            "date": date,
        }
        for name, figure in figures.items()
    }
    medians = {name: one["median"] for name, one in measured.items()}
    return {
        "figures": medians,
        "bars": judged(medians),
        "measured": measured,
        "commit": at.sha,
        "dirty": at.dirty,
        "date": date,
        "machine": surroundings.machine(),
        "versions": surroundings.versions(),
    }


def write(document: Document, path: Path | None = None) -> None:
    """Store a document, by default in PLACE."""
    path = path or PLACE
    path.parent.mkdir(parents=True, exist_ok=True)
    files.write(path, msgspec.json.format(msgspec.json.encode(document), indent=1).decode() + "\n")


def table(document: Document, now: Commit) -> str:
    """The figures and bars; a figure that was not measured on `now` has its commit beside it."""
    measured: Mapping[str, Any] = document.get("measured", {})
    rows = [
        [
            one["group"],
            name,
            one["median"],
            f"±{one['spread'] / 2:.0%} of {len(one['runs'])}" if len(one["runs"]) > 1 else "",
            _age(Commit(one["commit"], one["dirty"]), now),
        ]
        for name, one in measured.items()
    ]
    titles = ["group", "figure", "median", "spread, runs", "older than this commit?"]
    parts = [tabulate(rows, titles, floatfmt=".4g")]
    for name, bar in document.get("bars", {}).items():
        word = "met" if bar["met"] else "NOT met"
        parts.append(f"bar {name}: {bar['value']:.3f}, {bar['sense']} {bar['bar']:g}: {word}")
    return "\n".join(parts)


def _age(measured: Commit, now: Commit) -> str:
    if measured.sha != now.sha:
        return f"measured on {measured.sha[:10] or 'an unknown commit'}"
    return "measured with changes" if measured.dirty else ""
