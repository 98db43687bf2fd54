"""What AWS does around the functions, in virtual time: deliver, wait, repeat, give up."""

from __future__ import annotations

import heapq
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any

from moto.backends import get_backend
from moto.moto_api._internal import mock_random

from chalicelib.observability import metrics
from tests.account.account import Account
from tests.account.landed import Context, Landed
from tests.account.settings import INVOCATION_MS, REGION, RESULTS
from tests.injection.clock import VirtualClock
from tests.injection.wire import KilledError, Wire
from tests.nights import Transforms

# Lambda repeats a failed asynchronous invocation after a minute; template.yaml allows one repeat.
REPEATS = 1
REPEAT_AFTER_S = 60.0
JOB_TAKES_S = 1200.0
OPERATOR_WAITS_S = 300.0
# Far more than any scenario needs, whatever happens.
MOST_INVOCATIONS = 200
ACCOUNT_ID = "123456789012"


class EndlessError(BaseException):
    """More invocations than any scenario needs; nothing here takes it for a failed invocation."""


@dataclass
class TimedContext(Context):
    """A context whose remaining time is that of the virtual clock."""

    clock: VirtualClock | None = None
    began: float = 0.0

    def get_remaining_time_in_millis(self) -> int:
        """What is left of the invocation."""
        assert self.clock is not None
        return int(INVOCATION_MS - (self.clock.now - self.began) * 1000)


@dataclass
class Deployment:
    """The functions of an account, and the services that invoke them.

    `drafted` counts the prompts that transform jobs drafted.
    """

    account: Account
    clock: VirtualClock
    wire: Wire
    transforms: Transforms
    drafted: Counter[str] = field(default_factory=Counter)
    _agenda: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    _order: count[int] = field(default_factory=count)
    _uploads: count[int] = field(default_factory=count)
    _awaited: set[str] = field(default_factory=set)

    def at(self, moment: float, action: Callable[[], None]) -> None:
        """Have something done at a moment, in seconds since 1970."""
        heapq.heappush(self._agenda, (moment, next(self._order), action))

    def put(self, key: str, data: bytes) -> Landed:
        """Upload an object of which no event tells."""
        # Version ids are part of what is stored: every run gets the same ones.
        mock_random.seed(next(self._uploads))
        return self.account.put(key, data)

    def drop(self, key: str, data: bytes) -> None:
        """Upload an object of which S3 sends an event."""
        self.account.deliver(self.put(key, data).notification())

    def invoke(self, name: str, event: dict[str, Any], request_id: str) -> Any:
        """Invoke a function in a new process.

        Raises:
            KilledError: it was killed.
            Exception: it failed.
            EndlessError: there is no end to these invocations.
        """
        if self.account.invocations >= MOST_INVOCATIONS:
            raise EndlessError
        self.wire.new_process()
        context = TimedContext(
            request_id, function_name=name, clock=self.clock, began=self.clock.now
        )
        try:
            return self.account.call(name, event, context)
        finally:
            # What a process counted and did not print dies with it.
            metrics.clear_metrics()
            self._await_jobs()

    def invoke_asynchronously(self, name: str, event: dict[str, Any], request_id: str) -> None:
        """Invoke as the scheduler does: Lambda repeats what failed, under the same request id."""
        self._attempt(name, event, request_id, REPEATS)

    def operate(self, **request: str) -> None:
        """Ask the operators' function.

        A few minutes later, an operator repeats what failed, or left dead letters, as the runbook
        says.
        """
        try:
            told = self.invoke("operate", request, f"request-{self.account.invocations + 1}")
        except (Exception, KilledError):  # noqa: BLE001  # whatever it is, the operator repeats it
            told = {"left": 1}
        if told.get("left"):
            self.at(self.clock.now + OPERATOR_WAITS_S, partial(self.operate, **request))

    def run(self) -> None:
        """Do all that follows, until nothing is due any more and the queue is empty."""
        while True:
            while self._take_messages():
                pass
            due = [moment for moment, _, _ in self._agenda[:1]]
            wakes = self._next_visible()
            due += [] if wakes is None else [wakes]
            if not due:
                return
            self.clock.move_to(min(due))
            while self._agenda and self._agenda[0][0] <= self.clock.now:
                heapq.heappop(self._agenda)[2]()

    def _attempt(self, name: str, event: dict[str, Any], request_id: str, repeats: int) -> None:
        try:
            self.invoke(name, event, request_id)
        except (Exception, KilledError):  # noqa: BLE001  # whatever it is, Lambda repeats it
            if repeats:
                again = partial(self._attempt, name, event, request_id, repeats - 1)
                self.at(self.clock.now + REPEAT_AFTER_S, again)

    def _take_messages(self) -> bool:
        """One poll of Lambda's event source mapping; whether there was a message."""
        account = self.account
        messages = account._receive()
        if not messages:
            return False
        event = {"Records": [account._sqs_record(message) for message in messages]}
        try:
            answer = self.invoke("summarize", event, f"request-{account.invocations + 1}")
        except (Exception, KilledError):  # noqa: BLE001  # they stay hidden for as long as the queue says
            return True
        kept = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
        for message in messages:
            if message["MessageId"] not in kept:
                account.sqs.delete_message(
                    QueueUrl=account.queue_url, ReceiptHandle=message["ReceiptHandle"]
                )
        return True

    def _next_visible(self) -> float | None:
        """When the next hidden message appears, in seconds since 1970; None if there is none."""
        messages = get_backend("sqs")[ACCOUNT_ID][REGION].queues["work"]._messages
        # A message is visible once that moment is over.
        hidden = [max(one.visible_at, one.delayed_until) / 1000 + 0.001 for one in messages]
        return min(hidden, default=None)

    def _await_jobs(self) -> None:
        """Have the jobs end that were started."""
        for name in self.transforms.jobs.keys() - self._awaited:
            self._awaited.add(name)
            self.at(self.clock.now + JOB_TAKES_S, partial(self._end, name))

    def _end(self, name: str) -> None:
        source = self.transforms.jobs[name]["TransformInput"]["DataSource"]["S3DataSource"]
        prefix = source["S3Uri"].removeprefix(f"s3://{RESULTS}/")
        for key in self.account.list_keys():
            if key.startswith(prefix):
                lines = self.account.read(key).splitlines()
                self.drafted.update(json.loads(line)["text_inputs"] for line in lines)
        self.transforms.complete(name)
        self.account.deliver(self.transforms.event_of(name))
