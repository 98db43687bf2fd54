"""The batcher that the units of an invocation share, and its endpoint calls."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import simpy

from benchmarks.scale.design import Design
from benchmarks.scale.endpoint import BusyError, Endpoint, SlowError
from benchmarks.scale.queue import Upload
from benchmarks.scale.service_times import ServiceTimes
from chalicelib.drafting.endpoint import ATTEMPTS, FIRST_WAIT_S

Step = Generator[simpy.Event, Any, None]


class End(Enum):
    """How a unit's drafting ended: all drafts are there, the endpoint failed, the time was up."""

    DRAFTED = 1
    BUSY = 2
    LATE = 3


@dataclass
class Invocation:
    """One running invocation: its processor, which its threads share, and its time."""

    env: simpy.Environment
    design: Design
    times: ServiceTimes
    endpoint: Endpoint
    began: float
    _cpu_free_at: float = 0.0
    _plans: set[int] = field(default_factory=set)

    def reads_plan_of(self, upload: Upload) -> bool:
        """Whether the plan of a large object has to be read: once per invocation."""
        is_known = self.design.shares_calls and id(upload) in self._plans
        self._plans.add(id(upload))
        return not is_known

    @property
    def has_time(self) -> bool:
        """Whether enough of the invocation's time is left for a call."""
        left = self.design.function_timeout_s - (self.env.now - self.began)
        return left >= self.design.time_reserved_s

    def cpu(self, full_core_ms: float) -> Step:
        """Compute; Python's threads compute one after another."""
        takes = self.times.cpu_s(full_core_ms)
        self._cpu_free_at = max(self._cpu_free_at, self.env.now) + takes
        yield self.env.timeout(self._cpu_free_at - self.env.now)


@dataclass
class Share:
    """One unit's records in the batcher; the value of `settled` is an End."""

    records: int
    settled: simpy.Event
    waiting: int = 0  # records that are not in a call yet
    missing: int = 0  # records without a draft

    def __post_init__(self) -> None:
        """All records are waiting and without a draft."""
        self.waiting = self.missing = self.records

    def settle(self, drafted: int) -> None:
        """Some records were drafted; all of them: the unit goes on."""
        self.missing -= drafted
        if not self.missing and not self.settled.triggered:
            self.settled.succeed(End.DRAFTED)

    def stop(self, end: End) -> None:
        """A call failed, or none can be made any more: the unit goes back to the queue."""
        if not self.settled.triggered:
            self.settled.succeed(end)


@dataclass
class Batcher:
    """Where the records of an invocation's units meet.

    A call is made when it is full, or when no unit can join it any more: no timer.
    """

    invocation: Invocation
    coming: int
    shares: list[Share] = field(default_factory=list)
    in_flight: int = 0

    def join(self, share: Share) -> None:
        """A unit's records are ready."""
        self.coming -= 1
        self.shares.append(share)
        self._call()

    def leave(self) -> None:
        """A unit will not join."""
        self.coming -= 1
        self._call()

    def _call(self) -> None:
        design = self.invocation.design
        size = design.micro_batch_records
        while self.in_flight < design.calls_at_once:
            waiting = sum(share.waiting for share in self.shares)
            if not waiting or (waiting < size and self.coming):
                return
            if not self.invocation.has_time:
                for share in self.shares:
                    share.stop(End.LATE)
                self.shares.clear()
                return
            self.in_flight += 1
            self.invocation.env.process(self._run(self._fill(size)))

    def _fill(self, size: int) -> list[tuple[Share, int]]:
        """The records of the next call: of the units that it completes soonest."""
        parts = []
        for share in sorted(self.shares, key=lambda one: one.waiting):
            taken = min(size, share.waiting)
            share.waiting -= taken
            size -= taken
            parts.append((share, taken))
            if not size:
                break
        self.shares = [one for one in self.shares if one.waiting]
        return parts

    def _run(self, parts: list[tuple[Share, int]]) -> Step:
        drafted = yield from draft(self.invocation, sum(records for _, records in parts))
        for share, records in parts:
            if drafted:
                share.settle(records)
            else:
                share.stop(End.BUSY)
                self.shares = [one for one in self.shares if one is not share]
        self.in_flight -= 1
        self._call()


def draft(invocation: Invocation, records: int) -> Generator[simpy.Event, Any, bool]:
    """One call as drafting/endpoint.py makes it: back-off while busy, halved if it was too slow.

    Returns whether all records were drafted.
    """
    wait = FIRST_WAIT_S
    for attempt in range(1, ATTEMPTS + 1):
        try:
            yield from invocation.endpoint.call(records)
        except SlowError:
            if records == 1:
                return False
            half = records // 2
            first = yield from draft(invocation, half)
            second = yield from draft(invocation, records - half)
            return first and second
        except BusyError:
            if attempt < ATTEMPTS:
                jitter = invocation.times.random.random()
                yield invocation.env.timeout(wait * (0.5 + jitter / 2))
                wait *= 2
        else:
            return True
    return False
