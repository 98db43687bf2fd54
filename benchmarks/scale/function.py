"""The function: one invocation's units, the batcher that they share, and its endpoint calls."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import simpy

from benchmarks.scale.design import Design
from benchmarks.scale.endpoint import BusyError, Endpoint, SlowError
from benchmarks.scale.queue import Message, Upload, WorkQueue
from benchmarks.scale.service_times import ServiceTimes
from chalicelib.drafting.endpoint import ATTEMPTS, FIRST_WAIT_S
from chalicelib.queue.sender import MESSAGES_PER_CALL

# An environment without work is kept for some minutes; AWS promises nothing. An assumption.
WARM_S = 600.0

Step = Generator[simpy.Event, Any, None]


class End(Enum):
    """How a unit's drafting ended: all drafts are there, the endpoint failed, the time was up."""

    DRAFTED = 1
    BUSY = 2
    LATE = 3


@dataclass
class Usage:
    """What is billed besides the endpoint: requests by kind, and the function's seconds."""

    function_s: float = 0.0
    cold_starts: int = 0
    s3_get: int = 0
    s3_put: int = 0
    dynamodb_read: int = 0
    dynamodb_write: int = 0
    sqs: int = 0
    lake_objects: int = 0


@dataclass
class Function:
    """Runs invocations. `done` are the uploads with a result."""

    env: simpy.Environment
    design: Design
    times: ServiceTimes
    endpoint: Endpoint
    usage: Usage = field(default_factory=Usage)
    done: list[Upload] = field(default_factory=list)
    queue: WorkQueue = field(init=False)
    _warm: list[float] = field(default_factory=list)  # when each idle environment became idle

    def invoke(self, batch: list[Message]) -> Step:
        """One invocation with a batch of messages."""
        self._warm = [since for since in self._warm if self.env.now - since < WARM_S]
        if self._warm:
            self._warm.pop()
        else:
            self.usage.cold_starts += 1
            yield self.env.timeout(self.times.cold_start_s())
        began = self.env.now
        invocation = _Invocation(self, began)
        yield from invocation.cpu(self.times.measured.invocation_ms)
        if self.design.shares_calls:
            batcher = Batcher(invocation, len(batch))
            units = [self.env.process(self._unit(invocation, one, batcher)) for one in batch]
            yield self.env.all_of(units)
        else:
            for message in batch:
                yield from self._unit(invocation, message, Batcher(invocation, 1))
        self.usage.sqs += 1  # Lambda deletes the batch
        self.usage.function_s += self.env.now - began
        self._warm.append(self.env.now)

    def _unit(self, invocation: _Invocation, message: Message, batcher: Batcher) -> Step:
        """Read, claim, draft, write: what processing/pipeline.py does with one message."""
        times, usage = self.times, self.usage
        if message.is_chunk:
            usage.dynamodb_read += 1  # the plan
            yield self.env.timeout(times.dynamodb_s())
        usage.dynamodb_write += 1  # the claim
        usage.s3_get += 1
        yield self.env.timeout(times.dynamodb_s() + times.s3_s())
        if message.records > self.design.chunk_records:
            batcher.leave()
            yield from self._split(invocation, message)
            return
        yield from invocation.cpu(times.measured.file_ms / 2)
        share = _Share(message.records - message.drafted, self.env.event())
        batcher.join(share)
        end = yield share.settled
        if end is not End.DRAFTED:
            self._return(message, share, end)
            return
        yield from invocation.cpu(
            times.measured.file_ms / 2 + times.measured.record_ms * message.records
        )
        # impressions and rouge_scores, and for a whole object files too
        tables = 2 if message.is_chunk else 3
        usage.s3_put += tables + 1
        usage.lake_objects += tables
        yield self.env.timeout(times.s3_s(parallel=tables))
        yield self.env.timeout(times.s3_s())  # the result, or the part of one
        usage.dynamodb_write += 1
        yield self.env.timeout(times.dynamodb_s())
        if message.is_chunk:
            usage.dynamodb_write += 1  # the chunk is done
            yield self.env.timeout(times.dynamodb_s())
        yield from self._finished(message)

    def _return(self, message: Message, share: _Share, end: End) -> None:
        """Save what was drafted; hand the rest on if only time ran out, else wait and try again."""
        progressed = share.missing < share.records
        if progressed:
            self.usage.s3_put += 1
        message.drafted = message.records - share.missing
        self.usage.sqs += 1
        if end is End.LATE and progressed:
            message.receives, message.received_at, message.sent_at = 0, None, self.env.now
            self.queue.send(message)
            return
        delay = self.design.retry_delay_s * 2 ** (message.receives - 1)
        self.queue.redeliver(message, delay)

    def _finished(self, message: Message) -> Step:
        upload = message.upload
        upload.units_left -= 1
        if upload.units_left:
            return
        if message.is_chunk:
            self.usage.s3_put += 2  # the row in `files`, the result
            self.usage.lake_objects += 1
            yield self.env.timeout(self.times.s3_s() + self.times.s3_s())
        upload.done_at = self.env.now
        self.done.append(upload)

    def _split(self, invocation: _Invocation, message: Message) -> Step:
        """A large object: count its records, store the plan, send its chunks."""
        times, size = self.times, self.design.chunk_records
        yield from invocation.cpu(times.measured.scan_record_ms * message.records)
        self.usage.dynamodb_write += 2  # the plan, and the unit's record
        yield self.env.timeout(times.dynamodb_s() + times.dynamodb_s())
        chunks = -(-message.records // size)
        message.upload.units_left = chunks
        for first in range(0, chunks, MESSAGES_PER_CALL):
            self.usage.sqs += 1
            yield self.env.timeout(times.sqs_s())
            for chunk in range(first, min(first + MESSAGES_PER_CALL, chunks)):
                records = min(size, message.records - chunk * size)
                self.queue.send(Message(message.upload, records, self.env.now, is_chunk=True))


@dataclass
class _Invocation:
    """One running invocation: its processor, which its threads share, and its time."""

    function: Function
    began: float
    _cpu_free_at: float = 0.0

    def cpu(self, full_core_ms: float) -> Step:
        """Compute; Python's threads compute one after another."""
        env = self.function.env
        takes = self.function.times.cpu_s(full_core_ms)
        self._cpu_free_at = max(self._cpu_free_at, env.now) + takes
        yield env.timeout(self._cpu_free_at - env.now)


@dataclass
class _Share:
    """One unit's records in the batcher; the value of `settled` is an End."""

    records: int
    settled: simpy.Event
    waiting: int = 0  # records that are not in a call yet
    missing: int = 0  # records without a draft

    def __post_init__(self) -> None:
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

    invocation: _Invocation
    coming: int
    shares: list[_Share] = field(default_factory=list)
    in_flight: int = 0

    @property
    def has_time(self) -> bool:
        """Whether enough of the invocation's time is left for a call."""
        design = self.invocation.function.design
        spent = self.invocation.function.env.now - self.invocation.began
        return design.function_timeout_s - spent >= design.time_reserved_s

    def join(self, share: _Share) -> None:
        """A unit's records are ready."""
        self.coming -= 1
        self.shares.append(share)
        self._call()

    def leave(self) -> None:
        """A unit will not join."""
        self.coming -= 1
        self._call()

    def _call(self) -> None:
        function = self.invocation.function
        size = function.design.micro_batch_records
        while self.in_flight < function.design.calls_at_once:
            waiting = sum(share.waiting for share in self.shares)
            if not waiting or (waiting < size and self.coming):
                return
            if not self.has_time:
                for share in self.shares:
                    share.stop(End.LATE)
                self.shares.clear()
                return
            self.in_flight += 1
            function.env.process(self._run(self._fill(size)))

    def _fill(self, size: int) -> list[tuple[_Share, int]]:
        parts = []
        while size and self.shares:
            share = self.shares[0]
            taken = min(size, share.waiting)
            share.waiting -= taken
            size -= taken
            parts.append((share, taken))
            if not share.waiting:
                self.shares.pop(0)
        return parts

    def _run(self, parts: list[tuple[_Share, int]]) -> Step:
        function = self.invocation.function
        drafted = yield from _draft(function, sum(records for _, records in parts))
        for share, records in parts:
            if drafted:
                share.settle(records)
            else:
                share.stop(End.BUSY)
                self.shares = [one for one in self.shares if one is not share]
        self.in_flight -= 1
        self._call()


def _draft(function: Function, records: int) -> Generator[simpy.Event, Any, bool]:
    """One call as drafting/endpoint.py makes it: back-off while busy, halved if it was too slow."""
    wait = FIRST_WAIT_S
    for attempt in range(1, ATTEMPTS + 1):
        try:
            yield from function.endpoint.call(records)
        except SlowError:
            if records == 1:
                return False
            half = records // 2
            first = yield from _draft(function, half)
            second = yield from _draft(function, records - half)
            return first and second
        except BusyError:
            if attempt < ATTEMPTS:
                yield function.env.timeout(wait * (0.5 + function.times.random.random() / 2))
                wait *= 2
        else:
            return True
    return False
