"""BatchSize against MaximumBatchingWindowInSeconds: what argues their defaults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from benchmarks.scale import system, traffic
from benchmarks.scale.design import Design
from benchmarks.scale.figures import percentile
from benchmarks.scale.service_times import Measured
from benchmarks.scale.system import Arrival

BATCH_SIZES = (1, 5, 8, 10, 16, 25, 50)
WINDOWS_S = (0.0, 1.0, 2.0, 5.0)
# SQS returns at most so many messages per receive: a larger batch needs a window (Lambda API
# reference, CreateEventSourceMapping, BatchSize).
MOST_WITHOUT_WINDOW = 10


@dataclass(frozen=True)
class Cell:
    """One load with one pair of parameters; latency from put to result in seconds."""

    batch_size: int
    window_s: float
    low_traffic_wait: bool
    load: str
    endpoint_s_per_thousand: float
    latency_median_s: float
    latency_p99_s: float


def loads() -> Mapping[str, list[Arrival]]:
    """Files of one record each, from lone files to a backlog."""
    return {
        "0.01 files/s": traffic.stream(0.01, 40_000),
        "1 file/s": traffic.stream(1, 1800),
        "4 files/s": traffic.stream(4, 900),
        "8 files/s": traffic.stream(8, 600),
        "2,000 at once": traffic.backlog(2000),
    }


def pairs() -> Iterator[tuple[int, float, bool]]:
    """Every pair that Lambda accepts, with a window in both readings of its documentation."""
    for batch_size in BATCH_SIZES:
        for window_s in WINDOWS_S:
            if not window_s and batch_size <= MOST_WITHOUT_WINDOW:
                yield batch_size, window_s, False
            elif window_s and batch_size > 1:
                yield batch_size, window_s, False
                yield batch_size, window_s, True


def cell(  # noqa: PLR0913  # what a cell depends on
    base: Design,
    measured: Measured,
    batch_size: int,
    window_s: float,
    load: str,
    *,
    low_traffic_wait: bool = False,
) -> Cell:
    """Simulate one cell, with one instance, so that only batching differs."""
    outcome = system.run(
        replace(base, batch_size=batch_size, window_s=window_s),
        loads()[load],
        measured=measured,
        scales=False,
        low_traffic_wait=low_traffic_wait,
    )
    return Cell(
        batch_size,
        window_s,
        low_traffic_wait,
        load,
        outcome.endpoint_s_per_thousand,
        percentile(outcome.latencies, 50),
        percentile(outcome.latencies, 99),
    )


def sweep(base: Design, measured: Measured) -> list[Cell]:
    """All cells, row by row."""
    return [
        cell(base, measured, batch_size, window_s, load, low_traffic_wait=wait)
        for batch_size, window_s, wait in pairs()
        for load in loads()
    ]
