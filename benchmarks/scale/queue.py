"""The work queue and its event source mapping: pollers, batches, windows and their growth."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from random import Random
from typing import Any

import simpy

from benchmarks.scale.design import Design

# "Lambda starts processing five batches at a time … increases … by up to 300 more instances per
# minute" (Lambda developer guide, "Configuring scaling behavior for SQS event source mappings").
FIRST_POLLERS = 5
POLLERS_PER_MINUTE = 300
# A long poll lasts up to 20 s. With a window and very little traffic, Lambda may wait that long
# even if the window is shorter (Lambda developer guide, "Using Lambda with Amazon SQS").
LONG_POLL_S = 20.0


@dataclass
class Upload:
    """One object of `records` records, and what became of it. Times are in simulated seconds."""

    records: int
    put_at: float
    done_at: float | None = None
    units_left: int = 1
    dead: bool = False


@dataclass
class Message:
    """One message of the work queue: a whole object, or `records` records of one.

    `drafted` of them have drafts that an earlier run has saved.
    """

    upload: Upload
    records: int
    sent_at: float
    is_chunk: bool = False
    drafted: int = 0
    receives: int = 0
    received_at: float | None = None


Invoke = Callable[[list[Message]], Generator[simpy.Event, Any, None]]


@dataclass(eq=False)
class _Poller:
    """A poller that gathers messages in its window, and when it received the first of them."""

    batch: list[Message]
    began: float


@dataclass
class WorkQueue:
    """A standard queue and its pollers.

    A message that arrives while pollers are free goes to one of them at random, the ones that are
    gathering included; messages that find none free wait. A receive returns as many messages as it
    may, and pollers that were added stay: both are kinder than SQS and Lambda. `low_traffic_wait`
    simulates that a window ends only when a long poll returns.

    Attributes:
        ages: seconds from sending a message to its first delivery to the function.
        running_at: (second, concurrent invocations) at every change.
    """

    env: simpy.Environment
    design: Design
    random: Random
    invoke: Invoke
    low_traffic_wait: bool = True
    visible: deque[Message] = field(default_factory=deque)
    ages: list[float] = field(default_factory=list)
    dead: list[Message] = field(default_factory=list)
    running: int = 0
    running_at: list[tuple[float, int]] = field(default_factory=list)
    invocations: int = 0
    sent: int = 0
    _gathering: list[_Poller] = field(default_factory=list)
    _pollers: float = float(FIRST_POLLERS)
    _grown_at: float = 0.0

    @property
    def most_pollers(self) -> int:
        """Concurrent batches now: the mapping's maximum, or fewer while the pollers grow."""
        return min(self.design.concurrency, int(self._pollers))

    def send(self, message: Message) -> None:
        """A message becomes visible."""
        self.sent += 1
        self._offer(message)

    def redeliver(self, message: Message, delay_s: float) -> None:
        """A message was returned: it is delivered again, or given up after too many receives."""
        if message.receives >= self.design.most_receives:
            message.upload.dead = True
            self.dead.append(message)
            return
        self.env.process(self._later(message, delay_s))

    def _later(self, message: Message, delay_s: float) -> Generator[simpy.Event, Any, None]:
        yield self.env.timeout(delay_s)
        self._offer(message)

    def _offer(self, message: Message) -> None:
        free = self.most_pollers - self.running - len(self._gathering)
        if free <= 0 and not self._gathering:
            self.visible.append(message)
            self._serve()
            return
        chosen = self.random.randrange(max(free, 0) + len(self._gathering))
        if chosen < len(self._gathering):
            self._add(self._gathering[chosen], [message])
        else:
            self._start([message])

    def _serve(self) -> None:
        """Start what may start, and add pollers while messages wait, as fast as Lambda does."""
        rate = POLLERS_PER_MINUTE / 60
        since = min(self.env.now - self._grown_at, 1.0)
        self._pollers = min(self.design.concurrency, self._pollers + rate * since)
        self._grown_at = self.env.now
        while self.visible and self.most_pollers > self.running + len(self._gathering):
            self._start(self._take())

    def _take(self) -> list[Message]:
        most = min(self.design.batch_size, len(self.visible))
        return [self.visible.popleft() for _ in range(most)]

    def _start(self, batch: list[Message]) -> None:
        if not self.design.window_s or len(batch) >= self.design.batch_size:
            self._run(batch)
            return
        poller = _Poller(batch, self.env.now)
        self._gathering.append(poller)
        self.env.process(self._window(poller))

    def _add(self, poller: _Poller, messages: list[Message]) -> None:
        poller.batch += messages
        late = self.env.now - poller.began >= self.design.window_s
        if len(poller.batch) >= self.design.batch_size or late:
            self._close(poller)

    def _window(self, poller: _Poller) -> Generator[simpy.Event, Any, None]:
        lasts = self.design.window_s
        if self.low_traffic_wait:
            lasts = max(lasts, LONG_POLL_S)
        yield self.env.timeout(lasts)
        self._close(poller)

    def _close(self, poller: _Poller) -> None:
        """Invoke the function with what a poller has gathered, unless that was done before."""
        if poller in self._gathering:
            self._gathering.remove(poller)
            self._run(poller.batch)

    def _run(self, batch: list[Message]) -> None:
        self.running += 1
        self.invocations += 1
        self.running_at.append((self.env.now, self.running))
        for message in batch:
            message.receives += 1
            if message.received_at is None:
                message.received_at = self.env.now
                self.ages.append(self.env.now - message.sent_at)
        self.env.process(self._invocation(batch))

    def _invocation(self, batch: list[Message]) -> Generator[simpy.Event, Any, None]:
        yield from self.invoke(batch)
        self.running -= 1
        self.running_at.append((self.env.now, self.running))
        if self.visible:
            self._serve()
