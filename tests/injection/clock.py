"""Virtual time: nobody waits, and every clock of the process agrees."""

from __future__ import annotations

import threading
import types
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial

import pytest
import time_machine
from botocore import endpoint as botocore_endpoint
from moto.sqs import models as moto_queues

from chalicelib.drafting import endpoint
from chalicelib.drafting.endpoint import FIRST_WAIT_S, CallBudget
from chalicelib.handlers import contexts

# Every run begins here, in the evening before the first night.
BEGINS = datetime(2026, 11, 2, 20, 0, tzinfo=UTC)


class VirtualClock:
    """The time of `time.time` and `datetime.now`; it stands still between two moves.

    `time.perf_counter` and `time.monotonic` go on: sockets and the server of the models use them.
    """

    def __init__(self, traveller: time_machine.Traveller) -> None:
        """`traveller` sets the clocks of the process."""
        self._traveller = traveller
        self._lock = threading.Lock()
        self._now = BEGINS.timestamp()

    @property
    def now(self) -> float:
        """Seconds since 1970."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        with self._lock:
            self._now += seconds
            self._traveller.move_to(self._now)

    def move_to(self, moment: float) -> None:
        """Let time pass until a moment, in seconds since 1970; never back."""
        self.sleep(max(0.0, moment - self._now))


@contextmanager
def virtual_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[VirtualClock]:
    """Stop the clocks of the process, and let whoever sleeps move them."""
    with time_machine.travel(BEGINS, tick=False) as traveller:
        clock = VirtualClock(traveller)
        # The SDK's back-off, the endpoint client's, and SQS's long polling.
        sleeper = types.SimpleNamespace(sleep=clock.sleep)
        monkeypatch.setattr(botocore_endpoint, "time", sleeper)
        monkeypatch.setattr(contexts, "CallBudget", partial(CallBudget, sleep=clock.sleep))
        monkeypatch.setattr(endpoint, "FIRST_WAIT_S", FIRST_WAIT_S)
        monkeypatch.setattr(
            moto_queues.Queue, "wait_for_messages", lambda _queue, wait_s: clock.sleep(wait_s + 1)
        )
        yield clock
