"""Runs the parts together, and what came of a run."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import simpy

from benchmarks.scale.design import Design
from benchmarks.scale.endpoint import Curve, Endpoint
from benchmarks.scale.function import Function, Usage
from benchmarks.scale.queue import Message, Upload, WorkQueue
from benchmarks.scale.service_times import Measured, Published, ServiceTimes, read_measured

# From the decision to add an instance until it answers: the instance, 11 GB of weights, the
# container. An assumption; deploy allows 1200 s.
INSTANCE_START_S = 480.0
# Calls to compare with, whatever MicroBatchRecords is; larger calls are better than ideal.
IDEAL_RECORDS = 8


@dataclass(frozen=True)
class Arrival:
    """One object that a hospital puts: when (seconds from the start), and its records."""

    at: float
    records: int = 1


@dataclass(frozen=True)
class Outcome:
    """A finished run: every upload, and what was used."""

    design: Design
    curve: Curve
    uploads: list[Upload]
    queue: WorkQueue
    endpoint: Endpoint
    usage: Usage
    seconds: float

    @property
    def reports(self) -> int:
        """Records of the uploads with a result."""
        return sum(one.records for one in self.uploads if one.done_at is not None)

    @property
    def latencies(self) -> list[float]:
        """Seconds from put to result, of every upload with one."""
        return [one.done_at - one.put_at for one in self.uploads if one.done_at is not None]

    @property
    def endpoint_s_per_thousand(self) -> float:
        """Endpoint-seconds per 1,000 reports."""
        return 1000 * self.endpoint.busy_s / max(1, self.reports)

    @property
    def ideal_share(self) -> float:
        """The endpoint-seconds of calls of IDEAL_RECORDS, as a share of those used."""
        ideal = self.curve.seconds(IDEAL_RECORDS) / IDEAL_RECORDS
        return ideal * self.reports / self.endpoint.busy_s if self.endpoint.busy_s else 0.0


def run(  # noqa: PLR0913  # what a run depends on
    design: Design,
    arrivals: Sequence[Arrival],
    *,
    curve: Curve | None = None,
    measured: Measured | None = None,
    published: Published | None = None,
    seed: int = 1,
    scales: bool = True,
    low_traffic_wait: bool = True,
    until: float | None = None,
) -> Outcome:
    """Simulate until everything that was put is done or given up.

    Args:
        design: the system's parameters.
        arrivals: what is put, in order of time.
        curve: the endpoint's service time.
        measured: the CPU times of the function.
        published: the latencies of AWS.
        seed: of all draws; the same seed gives the same run.
        scales: whether the number of instances follows the policy; otherwise it stays its minimum.
        low_traffic_wait: see WorkQueue.
        until: seconds to simulate at least, so that a day has 24 hours.
    """
    env = simpy.Environment()
    random = Random(seed)  # noqa: S311  # a simulation, no secret
    curve = curve or Curve()
    times = ServiceTimes(
        measured or read_measured(), published or Published(), design.memory_mb, random
    )
    endpoint = Endpoint(env, curve, random, design.least_outstanding)
    function = Function(env, design, times, endpoint)
    queue = WorkQueue(env, design, random, function.invoke, low_traffic_wait)
    function.queue = queue
    uploads = [Upload(one.records, one.at) for one in arrivals]
    if scales:
        env.process(endpoint.scale(design.scaling, INSTANCE_START_S))
    env.process(_puts(env, uploads, queue, times))
    end = max([until or 0.0, *(one.at for one in arrivals)])
    env.run(until=end + 1e-9)
    while any(one.done_at is None and not one.dead for one in uploads):
        env.run(until=env.now + 60.0)
    if not scales:
        endpoint.billed_s = env.now * len(endpoint.instances)
    return Outcome(design, curve, uploads, queue, endpoint, function.usage, env.now)


def _puts(
    env: simpy.Environment, uploads: Sequence[Upload], queue: WorkQueue, times: ServiceTimes
) -> Generator[simpy.Event, Any, None]:
    for upload in uploads:
        if upload.put_at > env.now:
            yield env.timeout(upload.put_at - env.now)
        env.process(_notify(env, upload, queue, times))


def _notify(
    env: simpy.Environment, upload: Upload, queue: WorkQueue, times: ServiceTimes
) -> Generator[simpy.Event, Any, None]:
    yield env.timeout(times.notification_s())
    queue.send(Message(upload, upload.records, env.now))
