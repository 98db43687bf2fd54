"""A job's metric values: every point that its metric definitions find in its log."""

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
    """One metric value. `step` numbers the metric's points from 1; `epoch` is None if unknown.

    `at` is in milliseconds since 1970.
    """

    metric: str
    step: int
    epoch: float | None
    value: float
    at: int

    @property
    def observed_at(self) -> str:
        """UTC, in the lake's format."""
        stamp = datetime.fromtimestamp(self.at / 1000, UTC)
        return stamp.strftime("%Y-%m-%d %H:%M:%S.") + f"{self.at % 1000:03d}"


class Finder:
    """Finds metric values in log lines; values have the epoch that their line contains."""

    def __init__(self, job: Job) -> None:
        """Compile the job's metric definitions.

        Raises:
            JobError: one of them is invalid.
        """
        self._definitions = _definitions(job)
        self._counts: dict[str, int] = dict.fromkeys(self._definitions, 0)

    def find(self, lines: Sequence[Line]) -> list[Point]:
        """The metric values in these lines, which follow those of the last call."""
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
    """Every metric value in a log, in the order of its lines.

    Raises:
        JobError: a metric definition is invalid.
    """
    return Finder(job).find(lines)


def _definitions(job: Job) -> dict[str, re.Pattern[str]]:
    found = {}
    for one in job["AlgorithmSpecification"].get("MetricDefinitions", []):
        name, text = one["Name"], one["Regex"]
        try:
            found[name] = re.compile(text)
        except re.error as error:
            problem = f"the regex {text!r} of its metric {name} is invalid ({error})"
            raise JobError(job["TrainingJobName"], problem) from None
        if not found[name].groups:
            problem = f"the regex {text!r} of its metric {name} has no group for the value"
            raise JobError(job["TrainingJobName"], problem)
    return found


def _value(regex: re.Pattern[str], text: str) -> float | None:
    found = regex.search(text)
    try:
        value = float(found[1]) if found else None
    except (TypeError, ValueError):  # the group did not match, or is not a number
        return None
    # A diverging job logs nan and inf, which JSON and the table cannot contain.
    return value if value is not None and math.isfinite(value) else None
