"""An account of the leak matrix: makes one fault happen, and shows what was said and left."""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from chalicelib import aws
from tests.account.account import Account
from tests.account.leak_faults import Kind
from tests.account.leaks import report, shown
from tests.account.settings import RESULTS, SETTINGS
from tests.nights import Nights

CLIENTS = ("s3", "sqs", "dynamodb", "sagemaker_runtime")
MOST_INVOCATIONS = 60
DELIVERIES = 6  # one more than the queue's receive count: then it is a dead letter
SINKS = (
    "log",
    "metrics",
    "traces",
    "uncaught errors",
    "answers",
    "dead letters",
    "queue",
    "items",
    "failure messages",
    "object names",
    "files",
)
# By design: notifications name their object, and results lie under its key.
ALLOWED = (("key", "dead letters"), ("key", "queue"), ("key", "object names"))


class UncaughtError(Exception):
    """An invocation failed, and what Lambda prints of it is recorded."""


class Run:
    """One account with one fault, and what it says."""

    def __init__(self, account: Account, nights: Nights, patch: pytest.MonkeyPatch) -> None:
        self.account, self.nights, self.patch = account, nights, patch
        self.happened: list[str] = []
        self.calls: set[str] = set()
        self._registered: list[tuple[Any, Callable[..., Any]]] = []
        self._uncaught: list[str] = []
        self._answers: list[str] = []
        self._call = account.call
        patch.setattr(account, "call", self._recorded)
        account.model.write = lambda prompt: f"{report('impression')} {prompt[-90:]}"

    def _recorded(self, name: str, event: dict[str, Any]) -> Any:
        assert self.account.invocations < MOST_INVOCATIONS, "the run does not end"
        try:
            answer = self._call(name, event)
        except Exception as error:  # noqa: BLE001  # as Lambda does
            self._uncaught.append("".join(traceback.format_exception(error)))
            raise UncaughtError from None
        self._answers.append(shown(answer))
        return answer

    def fail_calls(self, chosen: str, kind: Kind) -> None:
        """Let every call of an operation fail, such as `s3.GetObject`."""

        def answer(request: Any, event_name: str, **_: Any) -> AWSResponse | None:
            name = event_name.removeprefix("before-send.")
            self.calls.add(name)
            if name != chosen:
                return None
            self.happened.append(name)
            return kind(request, event_name)

        for name in CLIENTS:
            client = getattr(aws, name)()
            client.meta.events.register_first("before-send", answer)
            self._registered.append((client.meta.events, answer))

    def undo(self) -> None:
        """Take the faults off the clients, which the next account uses too."""
        for events, answer in self._registered:
            events.unregister("before-send", answer)

    def work(self) -> None:
        """Call the function for what is in the queue until that is done or given up."""
        for _ in range(DELIVERIES):
            with contextlib.suppress(UncaughtError):
                self.account.drain()
            if not self.account.given_back:
                return
            self.account.redeliver()

    def sinks(self, traces: str, files: str) -> dict[str, str]:
        """What was said and left, by sink."""
        account = self.account
        lines = account.logs.splitlines()
        metrics = [line for line in lines if '"_aws"' in line]
        failures = [
            [row["stage"], row["error_type"], row["error_message"]]
            for row in account.rows("failures")
        ]
        tables = (SETTINGS["IDEMPOTENCY_TABLE"], SETTINGS["PROGRESS_TABLE"])
        names = account.list_keys()
        heads = [account.s3.head_object(Bucket=RESULTS, Key=name) for name in names]
        return {
            "log": "\n".join(line for line in lines if '"_aws"' not in line),
            "metrics": "\n".join(metrics),
            "traces": traces,
            "uncaught errors": "\n".join(self._uncaught),
            "answers": "\n".join(self._answers),
            "dead letters": self._messages(account.dead_letter_url),
            "queue": self._messages(account.queue_url),
            "items": shown([account.dynamodb.scan(TableName=name)["Items"] for name in tables]),
            "failure messages": shown(failures),
            "object names": shown([names, [head["Metadata"] for head in heads]]),
            "files": files,
        }

    def _messages(self, url: str) -> str:
        found = []
        while messages := self.account.sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=10,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        ).get("Messages"):
            found += messages
        return shown(found)


# Makes a run with one fault, and notes in `happened` that the fault came to pass.
Fault = Callable[[Run], None]
