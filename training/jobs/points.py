"""A job's figures: every point that its metric definitions find in the lines of its log."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from training.errors import JobError
from training.jobs.find import Job
from training.jobs.logs import Line

EPOCH = "epoch"


@dataclass(frozen=True)
class Point:
    """One figure. `step` counts the metric's own points from 1; `epoch` is None when unknown.

    `at` is in milliseconds since 1970.
    """

    metric: str
    step: int
    epoch: float | None
    value: float
    at: int

    @property
    def observed_at(self) -> str:
        """UTC, as the lake writes times."""
        stamp = datetime.fromtimestamp(self.at / 1000, UTC)
        return stamp.strftime("%Y-%m-%d %H:%M:%S.") + f"{self.at % 1000:03d}"


class Finder:
    """Finds figures in lines as they come; a line's own epoch is that of its figures."""

    def __init__(self, job: Job) -> None:
        """Take the job's own metric definitions.

        Raises:
            JobError: one of them cannot be used.
        """
        self._definitions = _definitions(job)
        self._counts: dict[str, int] = dict.fromkeys(self._definitions, 0)

    def find(self, lines: Sequence[Line]) -> list[Point]:
        """The figures of these lines, which come after those of the last call."""
        found: list[Point] = []
        for line in lines:
            values = {
                name: value
                for name, regex in self._definitions.items()
                if (value := _value(regex, line.text)) is not None
            }
            for name, value in values.items():
                self._counts[name] += 1
                point = Point(name, self._counts[name], values.get(EPOCH), value, line.at)
                found.append(point)
        return found


def points_of(job: Job, lines: Sequence[Line]) -> list[Point]:
    """Every figure in a log, in the order of its lines.

    Raises:
        JobError: a metric definition cannot be used.
    """
    return Finder(job).find(lines)


def _definitions(job: Job) -> dict[str, re.Pattern[str]]:
    found = {}
    for one in job["AlgorithmSpecification"].get("MetricDefinitions", []):
        name, text = one["Name"], one["Regex"]
        try:
            found[name] = re.compile(text)
        except re.error as error:
            problem = f"the regex {text!r} of its metric {name} is none ({error})"
            raise JobError(job["TrainingJobName"], problem) from None
        if not found[name].groups:
            problem = f"the regex {text!r} of its metric {name} has no group for the value"
            raise JobError(job["TrainingJobName"], problem)
    return found


def _value(regex: re.Pattern[str], text: str) -> float | None:
    found = regex.search(text)
    try:
        value = float(found[1]) if found else None
    except (TypeError, ValueError):  # the group took no part, or holds no number
        return None
    # A diverging job prints nan and inf, which no JSON and no table can hold.
    return value if value is not None and math.isfinite(value) else None
