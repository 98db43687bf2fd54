"""BatchSize against MaximumBatchingWindowInSeconds: what argues their defaults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from benchmarks.scale import system, traffic
from benchmarks.scale.design import Design
from benchmarks.scale.figures import percentile
from benchmarks.scale.service_times import Measured
from benchmarks.scale.system import Arrival

MICRO_BATCHES = (8, 16)
BATCH_SIZES = (1, 5, 8, 10, 16, 25, 50)
WINDOWS_S = (1.0, 2.0, 5.0)
# SQS returns at most so many messages per receive: a larger batch needs a window (Lambda API
# reference, CreateEventSourceMapping, BatchSize).
MOST_WITHOUT_WINDOW = 10


@dataclass(frozen=True)
class Cell:
    """One load with one set of parameters; latency from put to result in seconds."""

    micro_batch: int
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


Parameters = tuple[int, int, float, bool]


def parameters() -> Iterator[Parameters]:
    """Sizes of calls and batches, windows, and whether a window may last for a long poll.

    Only what Lambda accepts; with small calls only without a window.
    """
    for micro_batch in MICRO_BATCHES:
        for batch_size in BATCH_SIZES:
            if batch_size <= MOST_WITHOUT_WINDOW:
                yield micro_batch, batch_size, 0.0, False
            if batch_size == 1 or micro_batch != MICRO_BATCHES[-1]:
                continue
            for window_s in WINDOWS_S:
                yield micro_batch, batch_size, window_s, False
                yield micro_batch, batch_size, window_s, True


def cell(base: Design, measured: Measured, chosen: Parameters, load: str) -> Cell:
    """Simulate one cell, with one instance, so that only batching differs."""
    micro_batch, batch_size, window_s, low_traffic_wait = chosen
    outcome = system.run(
        replace(base, micro_batch_records=micro_batch, batch_size=batch_size, window_s=window_s),
        loads()[load],
        measured=measured,
        scales=False,
        low_traffic_wait=low_traffic_wait,
    )
    return Cell(
        *chosen,
        load,
        outcome.endpoint_s_per_thousand,
        percentile(outcome.latencies, 50),
        percentile(outcome.latencies, 99),
    )


def sweep(base: Design, measured: Measured) -> list[Cell]:
    """All cells, row by row."""
    return [cell(base, measured, chosen, load) for chosen in parameters() for load in loads()]
