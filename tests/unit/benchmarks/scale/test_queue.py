from collections.abc import Generator
from dataclasses import replace
from random import Random
from typing import Any

import pytest
import simpy

from benchmarks.scale.design import Design
from benchmarks.scale.queue import LONG_POLL_S, Message, Upload, WorkQueue


class Recorder:
    """A queue whose function takes a second and remembers its batches."""

    def __init__(self, design: Design, *, low_traffic_wait: bool = False) -> None:
        self.env = simpy.Environment()
        self.batches: list[tuple[float, int]] = []
        self.queue = WorkQueue(self.env, design, Random(1), self._invoke, low_traffic_wait)

    def _invoke(self, batch: list[Message]) -> Generator[simpy.Event, Any, None]:
        self.batches.append((self.env.now, len(batch)))
        yield self.env.timeout(1.0)

    def send(self, count: int) -> None:
        for _ in range(count):
            self.queue.send(Message(Upload(1, self.env.now), 1, self.env.now))

    @property
    def sizes(self) -> list[int]:
        return [size for _, size in self.batches]


def test_a_lone_message_is_delivered_at_once_without_a_window(base: Design) -> None:
    tested = Recorder(base)

    tested.send(1)
    tested.env.run()

    assert tested.batches == [(0, 1)]


def test_messages_that_waited_for_a_poller_fill_the_next_batches(base: Design) -> None:
    tested = Recorder(replace(base, concurrency=2))

    tested.send(20)
    tested.env.run()

    assert tested.sizes == [1, 1, 8, 8, 2]
    assert max(running for _, running in tested.queue.running_at) == 2


@pytest.mark.parametrize(("waits", "at"), [(False, 2.0), (True, LONG_POLL_S)])
def test_a_window_delays_a_lone_message(base: Design, waits: bool, at: float) -> None:  # noqa: FBT001  # a parameter
    tested = Recorder(replace(base, window_s=2.0), low_traffic_wait=waits)

    tested.send(1)
    tested.env.run()

    assert tested.batches == [(at, 1)]
    assert tested.queue.ages == [at]


def test_a_full_batch_ends_its_window(base: Design) -> None:
    tested = Recorder(replace(base, window_s=2.0, batch_size=3, concurrency=1))

    tested.send(3)
    tested.env.run()

    assert tested.batches == [(0, 3)]


def test_a_late_window_ends_with_the_next_message(base: Design) -> None:
    tested = Recorder(replace(base, window_s=2.0, concurrency=1), low_traffic_wait=True)

    tested.send(1)
    tested.env.run(until=7)
    tested.send(1)
    tested.env.run()

    assert tested.batches == [(7, 2)]


def test_five_pollers_begin_and_five_more_come_each_second(base: Design) -> None:
    tested = Recorder(replace(base, concurrency=100, batch_size=1))

    tested.send(200)
    tested.env.run(until=0.5)
    at_once = len(tested.batches)
    tested.env.run(until=3.5)
    most = max(running for _, running in tested.queue.running_at)

    assert at_once == 5
    assert most == 5 + 3 * 5


def test_a_message_is_given_up_after_its_last_receive(base: Design) -> None:
    tested = Recorder(base)
    message = Message(Upload(1, 0.0), 1, 0.0, receives=base.most_receives)

    tested.queue.redeliver(message, 30)

    assert tested.queue.dead == [message]
    assert message.upload.dead


def test_a_returned_message_comes_back_after_its_delay(base: Design) -> None:
    tested = Recorder(base)

    tested.queue.redeliver(Message(Upload(1, 0.0), 1, 0.0, receives=1), 30)
    tested.env.run()

    assert tested.batches == [(30, 1)]
