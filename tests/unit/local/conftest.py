"""A local stack that is an account in moto: the client's verbs meet the real functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from common.stack_settings import LocalStackSettings
from common.stack_state import Outputs
from local.client import invoke, waiting
from local.stack import lifecycle
from tests.account.account import Account
from tests.account.landed import Landed
from tests.account.settings import LANDING, RESULTS, SETTINGS

FUNCTIONS = {"nightly-function": "nightly", "operate-function": "operate"}


class NotifyingS3:
    """S3 that tells the queue of what lands."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def __getattr__(self, name: str) -> Any:
        return getattr(self._account.s3, name)

    def put_object(self, **asked: Any) -> Any:
        made = self._account.s3.put_object(**asked)
        if asked["Bucket"] == LANDING and not asked["Key"].startswith("nightly/"):
            landed = Landed(asked["Key"], made["ETag"].strip('"'), made["VersionId"])
            self._account.deliver(landed.notification())
        return made


@dataclass
class StackInAccount:
    """The stack; `work` is what goes on while somebody waits, who waits for no real time."""

    account: Account
    settings: LocalStackSettings
    outputs: Outputs
    work: Callable[[], object]
    health: dict[str, Any] = field(default_factory=dict)
    age: float = 0.0
    aws_url: str = "http://127.0.0.1:4566"
    front_url: str = "http://127.0.0.1:8080"

    def client(self, service: str) -> Any:
        clients = {"s3": NotifyingS3(self.account), "dynamodb": self.account.dynamodb}
        return clients[service]

    def sleep(self, seconds: float) -> None:
        """Let time go by, and the function do its work."""
        self.age += seconds
        self.work()

    def call(self, stack: Any, name: str, event: dict[str, Any]) -> dict[str, Any]:
        """Call one of the functions, as `invoke` would."""
        assert stack is self
        told: dict[str, Any] = self.account.call(FUNCTIONS[name], event)
        return told

    def status(self, _: LocalStackSettings) -> lifecycle.Status:
        """What `lifecycle.status` tells: all is well, but for what `health` says."""
        stack: Any = self
        well = {"ministack": True, "sagemaker": True, "stack": stack}
        depths = {"queue_visible": 0, "queue_in_flight": 0, "dead_letters": 0}
        return lifecycle.Status(**(well | depths | self.health))


@pytest.fixture
def stack(account: Account, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> StackInAccount:
    """A stack that is up; whoever waits for a result sees the queue drained meanwhile."""
    outputs = Outputs(
        landing_bucket=LANDING,
        results_bucket=RESULTS,
        work_queue_url=account.queue_url,
        dead_letter_queue_url=account.dead_letter_url,
        idempotency_table=SETTINGS["IDEMPOTENCY_TABLE"],
        progress_table=SETTINGS["PROGRESS_TABLE"],
        function_name="summarize",
        log_group="/aws/lambda/summarize",
        nightly_function="nightly-function",
        operate_function="operate-function",
    )
    settings = LocalStackSettings(state_directory=tmp_path)
    made = StackInAccount(account, settings, outputs, account.drain)
    clock = SimpleNamespace(monotonic=lambda: made.age, sleep=made.sleep)
    monkeypatch.setattr(waiting, "time", clock)
    monkeypatch.setattr(invoke, "_invoke", made.call)
    monkeypatch.setattr(lifecycle, "status", made.status)
    return made
