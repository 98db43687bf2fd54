"""Model calls that the units of an invocation share.

A GPU drafts sixteen texts in little more than the time of one, and hospitals send single reports.
Every unit takes a seat before any of them begins to read. A call is made when it is full, or when
no unit can still join it: each has asked, or has left its seat. Each model has one call at a time,
as many as the function's concurrency promises its endpoint.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import NamedTuple

from chalicelib.drafting.endpoint import Draft, EndpointClient
from chalicelib.errors import ModelError
from chalicelib.settings import Model

# A unit that has not been read by then is slow, and the others do not wait for it any longer.
PATIENCE_S = 1.0


@dataclass(eq=False)
class Question:
    """The prompts of one unit for one model; `drafts` is extended in place as they are drafted.

    `drafts` may begin with those of an earlier run; only those after them are asked.
    """

    model: Model
    prompts: Sequence[str]
    drafts: list[Draft | ModelError]
    asked: int = 0  # texts that are drafted, or in a call
    error: BaseException | None = None
    since: float = 0.0
    order: int = 0

    def __post_init__(self) -> None:
        """Leave out what an earlier run has drafted."""
        self.asked = len(self.drafts)

    @property
    def left(self) -> int:
        """How many texts are in no call yet."""
        return len(self.prompts) - self.asked

    @property
    def is_settled(self) -> bool:
        """Whether every text is drafted, or the rest has failed."""
        return self.error is not None or len(self.drafts) == len(self.prompts)


@dataclass(eq=False)
class _Line:
    """The questions for one model, and whether a thread serves them."""

    waiting: list[Question] = field(default_factory=list)
    is_served: bool = False


class _Part(NamedTuple):
    """What one call drafts for a question."""

    question: Question
    texts: Sequence[str]


class SharedCalls:
    """The calls of one invocation; safe for the threads of its units."""

    def __init__(
        self,
        endpoint: EndpointClient,
        micro_batch: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`micro_batch` is the most records per call."""
        self._endpoint = endpoint
        self._micro_batch = micro_batch
        self._clock = clock
        self._changed = threading.Condition()
        self._reading: set[Seat] = set()
        self._lines: dict[str, _Line] = {}
        self._order = count()
        self.has_progressed = False

    def seat(self) -> Seat:
        """A seat for one unit, which counts as reading from now on."""
        seat = Seat(self)
        seat.take()
        return seat

    def take(self, seat: Seat) -> None:
        """A unit begins to read: calls wait for it."""
        with self._changed:
            self._reading.add(seat)

    def leave(self, seat: Seat) -> None:
        """A unit has nothing more to ask."""
        with self._changed:
            self._reading.discard(seat)
            self._changed.notify_all()

    def ask(self, seat: Seat, questions: Sequence[Question]) -> None:
        """A unit asks all that it has to ask."""
        with self._changed:
            self._reading.discard(seat)
            for question in questions:
                if question.is_settled:
                    continue
                question.since, question.order = self._clock(), next(self._order)
                line = self._lines.setdefault(question.model.role, _Line())
                if not line.is_served:
                    threading.Thread(
                        target=self._serve, args=(line,), name="model calls", daemon=True
                    ).start()
                    line.is_served = True
                line.waiting.append(question)
            self._changed.notify_all()

    def wait(self, question: Question) -> None:
        """Wait until a question is settled; raises the error that kept it from its drafts."""
        with self._changed:
            self._changed.wait_for(lambda: question.is_settled)
        if question.error is not None:
            raise question.error

    def _serve(self, line: _Line) -> None:
        """Make the calls of one model until no question waits."""
        try:
            while parts := self._next_call(line):
                self._call(line, parts)
        except BaseException as error:  # noqa: BLE001  # whatever it is, units wait for it
            with self._changed:
                for question in line.waiting:
                    question.error = error
                line.waiting = []
                line.is_served = False
                self._changed.notify_all()

    def _next_call(self, line: _Line) -> list[_Part]:
        """Wait until a call is due, and take its texts; none if no question waits."""
        with self._changed:
            while line.waiting and (wait_s := self._too_early_s(line)) > 0:
                self._changed.wait(wait_s)
            if not line.waiting:
                line.is_served = False
                return []
            return self._fill(line)

    def _too_early_s(self, line: _Line) -> float:
        """For how long, at most, it is worth waiting for a unit that may join the next call."""
        model = line.waiting[0].model
        texts = sum(question.left for question in line.waiting)
        if not self._reading or texts >= self._endpoint.most_records(model, self._micro_batch):
            return 0.0
        return min(one.since for one in line.waiting) + PATIENCE_S - self._clock()

    def _fill(self, line: _Line) -> list[_Part]:
        """Take the texts of the next call: of the units that it completes soonest, in order."""
        room = self._endpoint.most_records(line.waiting[0].model, self._micro_batch)
        parts: list[_Part] = []
        for question in sorted(line.waiting, key=lambda one: (one.left, one.order)):
            texts = question.prompts[question.asked : question.asked + room]
            question.asked += len(texts)
            room -= len(texts)
            parts.append(_Part(question, texts))
            if not room:
                break
        return parts

    def _call(self, line: _Line, parts: Sequence[_Part]) -> None:
        """Make one call, and give each unit its own drafts, or the error that kept it from them."""
        model = parts[0].question.model
        texts = [text for part in parts for text in part.texts]
        made: list[Draft | ModelError] = []
        error: BaseException | None = None
        try:
            self._endpoint.draft(model, texts, len(texts), made)
        except BaseException as caught:  # noqa: BLE001  # whatever it is, units wait for it
            error = caught
        given = iter(made)
        with self._changed:
            self.has_progressed = self.has_progressed or bool(made)
            for question, some in parts:
                drafts = [draft for _, draft in zip(some, given, strict=False)]
                question.drafts.extend(drafts)
                if len(drafts) < len(some):
                    question.error = error or AssertionError("a draft is missing")
            line.waiting = [one for one in line.waiting if one.left and not one.is_settled]
            self._changed.notify_all()
        if error is not None and not isinstance(error, Exception):
            raise error  # the process is ending: nobody may wait for it


class Seat:
    """One unit's place: from when it begins to read until it asks or leaves, it may join a call."""

    def __init__(self, calls: SharedCalls) -> None:
        """`calls` are shared with the other units of the invocation."""
        self._calls = calls

    @property
    def has_progressed(self) -> bool:
        """Whether any text was drafted in this invocation."""
        return self._calls.has_progressed

    def take(self) -> None:
        """Begin to read: calls wait for this unit to ask or leave."""
        self._calls.take(self)

    def leave(self) -> None:
        """Say that this unit has nothing more to ask."""
        self._calls.leave(self)

    def ask(self, *questions: Question) -> None:
        """Ask one or more models at the same time; this unit then joins no further call."""
        self._calls.ask(self, questions)

    def wait(self, question: Question) -> list[Draft | ModelError]:
        """Wait for the drafts of a question.

        Raises:
            RetryableError: the endpoint is busy or unavailable, or too little time is left. The
                question has the drafts that were made.
        """
        self._calls.wait(question)
        return question.drafts
