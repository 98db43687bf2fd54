"""The SageMaker endpoint: instances that answer one call at a time, and their auto scaling."""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass, field
from random import Random
from typing import Any

import simpy

from training.config import Scaling

# InvokeEndpoint fails after 60 s (SageMaker API reference).
CALL_LIMIT_S = 60.0
# Requests that wait in an instance before it answers 503: job_queue_size of the model server that
# JumpStart's 1.x containers use (TorchServe and MMS: 100).
INSTANCE_QUEUE = 100
MINUTE_S = 60.0
# The alarms that Application Auto Scaling makes for a target: three minutes above it, 15 minutes
# below nine tenths of it (AWS re:Post, "Sagemaker autoscaling delay", and the alarms it makes).
HIGH_MINUTES = 3
LOW_MINUTES = 15
LOW_SHARE = 0.9


class BusyError(Exception):
    """The endpoint answered 503."""


class SlowError(Exception):
    """The endpoint did not answer within the limit."""


@dataclass(frozen=True)
class Curve:
    """The time that a call of n records takes: `fixed_ms + record_ms * n` milliseconds."""

    fixed_ms: float = 300.0
    record_ms: float = 40.0

    def seconds(self, records: int) -> float:
        """The service time of one call, in seconds."""
        return (self.fixed_ms + self.record_ms * records) / 1000

    def ideal_s(self, records: int, micro_batch: int) -> float:
        """Endpoint-seconds for records in full calls; the last one may not be full."""
        full, rest = divmod(records, micro_batch)
        return full * self.seconds(micro_batch) + (self.seconds(rest) if rest else 0.0)


@dataclass
class _Instance:
    free_at: float = 0.0
    waiting: int = 0


@dataclass
class Endpoint:
    """The instances of an endpoint.

    Attributes:
        busy_s: instance-seconds spent on calls; a call that timed out was paid for too.
        calls: calls by number of records.
        instances_at: (second, instances in service) at every change.
        billed_s: instance-seconds that are paid for, those of instances that are starting too.
    """

    env: simpy.Environment
    curve: Curve
    random: Random
    least_outstanding: bool
    instances: list[_Instance] = field(default_factory=lambda: [_Instance()])
    busy_s: float = 0.0
    calls: dict[int, int] = field(default_factory=dict)
    instances_at: list[tuple[float, int]] = field(default_factory=list)
    billed_s: float = 0.0
    _calls_of_minute: int = 0

    def call(self, records: int) -> Generator[simpy.Event, Any, None]:
        """One InvokeEndpoint call.

        Raises:
            BusyError: the instance's queue is full.
            SlowError: there was no answer within the limit; the instance works on nevertheless.
        """
        self._calls_of_minute += 1
        instance = self._route()
        if instance.waiting > INSTANCE_QUEUE:
            yield self.env.timeout(0.01)
            raise BusyError
        service = self.curve.seconds(records)
        instance.waiting += 1
        instance.free_at = max(instance.free_at, self.env.now) + service
        self.busy_s += service
        self.calls[records] = self.calls.get(records, 0) + 1
        answered_after = instance.free_at - self.env.now
        if answered_after > CALL_LIMIT_S:
            self.env.process(self._finish(instance, answered_after))
            yield self.env.timeout(CALL_LIMIT_S)
            raise SlowError
        yield self.env.timeout(answered_after)
        instance.waiting -= 1

    def _finish(self, instance: _Instance, after: float) -> Generator[simpy.Event, Any, None]:
        yield self.env.timeout(after)
        instance.waiting -= 1

    def _route(self) -> _Instance:
        if self.least_outstanding:
            return min(self.instances, key=lambda one: one.waiting)
        return self.random.choice(self.instances)

    def _note(self) -> None:
        self.instances_at.append((self.env.now, len(self.instances)))

    def scale(self, policy: Scaling, start_s: float) -> Generator[simpy.Event, Any, None]:
        """Target tracking on SageMakerVariantInvocationsPerInstance, evaluated every minute.

        Args:
            policy: what `python -m training deploy` registers.
            start_s: from the decision until a new instance answers.
        """
        self.instances[:] = [_Instance() for _ in range(policy.least)]
        self._note()
        history: list[float] = []
        scaled_out = scaled_in = -math.inf
        starting_until, starting = 0.0, 0
        while True:
            yield self.env.timeout(MINUTE_S)
            if starting and self.env.now >= starting_until:
                self.instances += [_Instance() for _ in range(starting)]
                starting = 0
                self._note()
            count = len(self.instances)
            self.billed_s += (count + starting) * MINUTE_S
            history = [*history[1 - LOW_MINUTES :], self._calls_of_minute / count]
            self._calls_of_minute = 0
            if starting:
                continue  # the endpoint is Updating: no scaling activity
            target = policy.invocations_per_instance
            if (
                len(history) >= HIGH_MINUTES
                and min(history[-HIGH_MINUTES:]) > target
                and count < policy.most
                and self.env.now - scaled_out >= policy.scale_out_cooldown_s
            ):
                wanted = min(policy.most, math.ceil(count * history[-1] / target))
                starting, starting_until = wanted - count, self.env.now + start_s
                scaled_out = self.env.now
            elif (
                len(history) >= LOW_MINUTES
                and max(history[-LOW_MINUTES:]) < LOW_SHARE * target
                and count > policy.least
                and self.env.now - max(scaled_in, scaled_out) >= policy.scale_in_cooldown_s
            ):
                wanted = max(policy.least, math.ceil(count * max(history[-LOW_MINUTES:]) / target))
                if wanted < count:
                    # The last ones first: an instance ends once its requests are answered.
                    del self.instances[wanted:]
                    scaled_in = self.env.now
                    self._note()
