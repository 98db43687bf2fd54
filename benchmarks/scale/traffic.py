"""What hospitals put, and when: a steady stream, a radiology day, a backlog sent at once."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from benchmarks.scale.system import Arrival

HOUR_S = 3600.0
DAY_S = 24 * HOUR_S
# Share of a day's reports in each hour, 0 to 23. An assumption: most between 8 and 18 h with the
# peak in the late morning, a second one after lunch, emergencies at night.
HOURS = (
    *(1.3, 1.0, 0.9, 0.8, 0.8, 1.0, 1.8, 3.5),
    *(6.5, 8.5, 9.8, 9.5, 7.5, 7.3, 8.0, 7.5),
    *(6.3, 5.0, 3.6, 2.8, 2.3, 2.0, 1.7, 1.5),
)


def stream(per_second: float, seconds: float, seed: int = 1) -> list[Arrival]:
    """Files of one record in a Poisson stream."""
    random = Random(seed)  # noqa: S311  # a simulation, no secret
    found: list[Arrival] = []
    at = random.expovariate(per_second)
    while at < seconds:
        found.append(Arrival(at))
        at += random.expovariate(per_second)
    return found


def day(reports: int, seed: int = 1) -> list[Arrival]:
    """Files of one record over a radiology day: a Poisson stream whose rate changes every hour."""
    random = Random(seed)  # noqa: S311  # a simulation, no secret
    hours = random.choices(range(24), HOURS, k=reports)
    return sorted(
        (Arrival((hour + random.random()) * HOUR_S) for hour in hours), key=lambda one: one.at
    )


def with_outage(arrivals: Sequence[Arrival], from_h: float, to_h: float) -> list[Arrival]:
    """The same day with a connection that is down: what it held comes at once when it is back."""
    begin, end = from_h * HOUR_S, to_h * HOUR_S
    moved = (Arrival(end, one.records) if begin <= one.at < end else one for one in arrivals)
    return sorted(moved, key=lambda one: one.at)


def backlog(files: int, records: int = 1) -> list[Arrival]:
    """Files that are all put at once."""
    return [Arrival(0.0, records)] * files
