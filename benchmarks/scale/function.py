"""The function: its invocations and what each does with its messages."""

from __future__ import annotations

from dataclasses import dataclass, field

import simpy

from benchmarks.scale.batcher import Batcher, End, Invocation, Share, Step
from benchmarks.scale.design import Design
from benchmarks.scale.endpoint import Endpoint
from benchmarks.scale.queue import Message, Upload, WorkQueue
from benchmarks.scale.service_times import ServiceTimes
from chalicelib.queue.sender import MESSAGES_PER_CALL

# An environment without work is kept for some minutes; AWS promises nothing. An assumption.
WARM_S = 600.0


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
        invocation = Invocation(self.env, self.design, self.times, self.endpoint, began)
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

    def _unit(self, invocation: Invocation, message: Message, batcher: Batcher) -> Step:
        """Read, claim, draft, write: what processing/pipeline.py does with one message."""
        times, usage = self.times, self.usage
        if message.is_chunk and invocation.reads_plan_of(message.upload):
            usage.dynamodb_read += 1
            yield self.env.timeout(times.dynamodb_s())
        usage.dynamodb_write += 1  # the claim
        usage.s3_get += 1
        yield self.env.timeout(times.dynamodb_s() + times.s3_s())
        if message.records > self.design.chunk_records:
            batcher.leave()
            yield from self._split(invocation, message)
            return
        yield from invocation.cpu(times.measured.file_ms / 2)
        share = Share(message.records - message.drafted, self.env.event())
        batcher.join(share)
        end = yield share.settled
        if end is not End.DRAFTED:
            self._return(message, share, end)
            return
        yield from invocation.cpu(
            times.measured.file_ms / 2 + times.measured.record_ms * message.records
        )
        yield from self._write(message)
        if not self.design.shares_calls:
            # The record of a finished unit, until 0.1: since then its result says so.
            usage.dynamodb_write += 1
            yield self.env.timeout(times.dynamodb_s())
        yield from self._finished(message)

    def _write(self, message: Message) -> Step:
        """The rows, and the result or a chunk's part of it."""
        times, usage = self.times, self.usage
        # impressions and rouge_scores, and for a whole object files too
        tables = 2 if message.is_chunk else 3
        usage.s3_put += tables + 1
        usage.lake_objects += tables
        if message.is_chunk:
            yield self.env.timeout(times.s3_s(parallel=tables + 1))
            usage.dynamodb_write += 1  # the chunk is done
            yield self.env.timeout(times.dynamodb_s())
        else:
            yield self.env.timeout(times.s3_s(parallel=tables))
            yield self.env.timeout(times.s3_s())

    def _return(self, message: Message, share: Share, end: End) -> None:
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

    def _split(self, invocation: Invocation, message: Message) -> Step:
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
