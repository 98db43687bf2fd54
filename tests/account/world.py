"""An account whose calls are watched, and what is expected of its files in the end."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from chalicelib import aws
from chalicelib.errors import ImpressionsError
from chalicelib.handlers import contexts, summarize
from chalicelib.handlers import nightly as nightly_handler
from tests.account.account import Account
from tests.account.denials import Watch, WatchedTransforms
from tests.account.faults import expire_claims
from tests.account.landed import Context, Landed
from tests.account.model import draft_for
from tests.account.settings import INVOCATION_MS
from tests.account.texts import json_lines
from tests.nights import Nights

CANARY = "XyzzyKey"
RECEIVES = 5  # template.yaml: maxReceiveCount
DAY_S = 86_400.0


@dataclass
class World:
    """An account whose calls are watched, and the files that must be answered in the end."""

    account: Account
    nights: Nights
    watch: Watch
    expected: dict[str, list[str]] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    later_s: float = 0.0
    time_left_ms: int = INVOCATION_MS

    def file(self, lane: str, *texts: str, name: str = "a") -> tuple[str, bytes]:
        """A key and content whose drafts are expected."""
        key = f"{lane}/{CANARY}/{CANARY}-{name}.json"
        models = 2 if lane == "evaluation" else 1
        self.expected[key] = [draft_for(text) for text in texts for _ in range(models)]
        records = [{"report_id": f"r{n}", "findings": text} for n, text in enumerate(texts)]
        return key, json_lines(*(record | {"impression": "Clear."} for record in records))

    def attempt(self, function: str, **event: Any) -> Any:
        """Call a function; what it raises is kept in `told`."""
        try:
            return self.account.call(function, event)
        except ImpressionsError as error:
            self.told.append(str(error))
            return None

    def night(self) -> None:
        """Run the night with its continuations, complete its job and deliver what follows."""
        self.attempt("nightly")
        self.time_left_ms = INVOCATION_MS
        while self.watch.handed_on:
            self.attempt("nightly", **self.watch.handed_on.pop())
        for name, job in self.nights.sagemaker.jobs.items():
            if job["TransformJobStatus"] == "InProgress":
                self.nights.sagemaker.complete(name)
                self.nights.tell(name)
        self.deliver()

    def deliver(self) -> None:
        """Deliver what is in the queue until it is done or given up."""
        self.account.drain()
        for _ in range(RECEIVES):
            if not self.account.given_back:
                break
            expire_claims(self.account)
            self.account.redeliver()
            self.account.drain()
        self.account.given_back.clear()

    def mend(self) -> None:
        """Do what the runbook says once the cause is gone: redrive, the next night, re-run."""
        self.watch.lift()
        expire_claims(self.account)
        self.watch.show_dead_letters()
        self.attempt("operate", action="redrive")
        self.deliver()
        self.later_s += DAY_S
        self.night()
        for key in {row["source_key"] for row in self.account.rows("failures")}:
            self.attempt("operate", action="rerun", key=key, token="mended")
        self.deliver()

    def assert_whole(self) -> None:
        """Assert that every file is answered, every record once, and nothing is left over."""
        account = self.account
        for key, drafts in self.expected.items():
            assert [entry["impression"] for entry in account.entries(key)] == drafts
            assert account.result(key)["status"] == "complete"
        assert account.rows("failures") == []
        rows = Counter(
            (row["run_id"], row["record_index"], row["model_role"])
            for row in account.rows("impressions")
        )
        assert set(rows.values()) == {1}
        assert account.waiting() == 0
        assert self.attempt("operate", action="counts")["dead_letters"] == 0

    def land(self, lane: str, *texts: str, name: str = "a") -> Landed:
        """Upload such a file, of which no event tells."""
        return self.account.put(*self.file(lane, *texts, name=name))

    def drop(self, lane: str, *texts: str, name: str = "a") -> Landed:
        """Upload such a file, with its event."""
        return self.account.drop(*self.file(lane, *texts, name=name))


def world_of(account: Account, nights: Nights, monkeypatch: pytest.MonkeyPatch) -> World:
    """Watch an account; its nights see a clock that stories can put forward."""
    watch = Watch(account, monkeypatch)
    world = World(account, nights, watch)
    account.configure({"CHUNK_RECORDS": "2", "SWEEP_AFTER_S": "60"})
    transforms = WatchedTransforms(watch, nights.sagemaker)
    monkeypatch.setattr(aws, "sagemaker", lambda: transforms)

    def later(context: Any) -> Any:
        return replace(contexts.nightly_context(context), clock=lambda: time.time() + world.later_s)

    for handler in (nightly_handler, summarize):
        monkeypatch.setattr(handler, "nightly_context", later)
    monkeypatch.setattr(Context, "get_remaining_time_in_millis", lambda _: world.time_left_ms)
    return world
