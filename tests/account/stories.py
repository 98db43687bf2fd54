"""What the functions do in a deployment's life, told so that any call in it may be denied.

A story works through its files as far as it can, for as many deliveries as the queue allows. `mend`
then does what an operator and the next night do, and everything must have become what it would
have been.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from chalicelib import aws
from chalicelib.errors import ImpressionsError
from chalicelib.handlers import contexts, summarize
from chalicelib.handlers import nightly as nightly_handler
from tests.account.account import Account
from tests.account.deliveries import deliver_and_die
from tests.account.denials import Watch, WatchedTransforms
from tests.account.faults import body_of, expire_claims
from tests.account.landed import Context, Landed
from tests.account.model import draft_for
from tests.account.settings import INVOCATION_MS, RESULTS
from tests.account.texts import json_lines
from tests.nights import Killed, Nights

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


def small(world: World) -> Iterator[None]:
    """One file, its event and a message that names no version."""
    landed = world.drop("incoming", "Small.")
    yield
    world.deliver()
    swept = world.land("incoming", "Swept.", name="b")
    world.account.deliver(swept.notification(versioned=False), landed.notification())
    world.deliver()


def chunks(world: World) -> Iterator[None]:
    """One file in two chunks."""
    world.drop("incoming", "One.", "Two.", "Three.")
    yield
    world.deliver()


def again(world: World) -> Iterator[None]:
    """A result that was deleted, a newer version, and a file that is re-run."""
    first = world.drop("incoming", "Older.")
    deleted = world.drop("incoming", "Deleted.", name="b")
    world.deliver()
    world.account.s3.delete_object(Bucket=RESULTS, Key=f"results/{deleted.key}.json")
    yield
    world.drop("incoming", "Newer.")
    world.account.deliver(first.notification(), deleted.notification())
    world.deliver()


def rerun(world: World) -> Iterator[None]:
    """Files of both kinds that are done again."""
    world.drop("incoming", "Small.")
    world.drop("incoming", "One.", "Two.", "Three.", name="b")
    world.deliver()
    yield
    world.attempt("operate", action="rerun", prefix="incoming/", token="t1")
    world.deliver()


def interrupted(world: World) -> Iterator[None]:
    """Two models, of which one is away at first."""
    world.account.add_pre_trained()
    is_away = True
    client = aws.sagemaker_runtime()

    def away(request: Any, **_: Any) -> None:
        if is_away and "pre-trained" in request.url:
            raise ConnectionError

    client.meta.events.register_last("before-send.sagemaker-runtime", away)
    world.drop("evaluation", "One.")
    yield
    world.account.drain()
    is_away = False
    world.account.redeliver()
    world.deliver()


def unfinished(world: World) -> Iterator[None]:
    """An invocation that is killed when everything but its claim's completion is written."""
    events = aws.dynamodb().meta.events

    def die(request: Any, **_: Any) -> None:
        if b"COMPLETED" in body_of(request):
            events.unregister("before-send.dynamodb.UpdateItem", die)
            raise Killed

    events.register_first("before-send.dynamodb.UpdateItem", die)
    world.drop("incoming", "Killed.")
    deliver_and_die(world.account)
    yield
    expire_claims(world.account)
    world.account.redeliver()
    world.deliver()


def night(world: World) -> Iterator[None]:
    """A night with a small and a large file, whose time ends, and one file that no event told."""
    world.land("nightly", "One.", "Two.", "Three.", name="a")
    world.land("nightly", "Four.", name="b")
    world.land("incoming", "Forgotten.")
    world.later_s += 3600
    yield
    world.time_left_ms = 200_000
    world.night()


def second_night(world: World) -> Iterator[None]:
    """A night that comes while the job of the one before is running, and one after its end."""
    world.land("nightly", "One.", name="a")
    world.attempt("nightly")
    world.land("nightly", "Two.", name="b")
    yield
    world.later_s += DAY_S
    world.attempt("nightly")
    for name in list(world.nights.sagemaker.jobs):
        world.nights.sagemaker.complete(name)
    world.later_s += DAY_S
    world.night()


def operator(world: World) -> Iterator[None]:
    """Every request of an operator, with a dead letter and a night in the making."""
    world.land("nightly", "One.", name="n")
    large = world.drop("incoming", "One.", "Two.", "Three.", name="l")
    world.deliver()
    world.attempt("nightly")
    landed = world.land("incoming", "Dead.")
    account = world.account
    account.sqs.send_message(QueueUrl=account.dead_letter_url, MessageBody=landed.notification())
    yield
    for key in (landed.key, large.key, next(key for key in world.expected if "nightly" in key)):
        world.attempt("operate", action="file", key=key)
    world.attempt("operate", action="counts")
    world.attempt("operate", action="redrive")
    world.attempt("operate", action="rerun", key=landed.key, token="t1")
    world.deliver()


Story = Callable[[World], Iterator[None]]
STORIES: dict[str, Story] = {
    story.__name__: story
    for story in (
        small,
        chunks,
        again,
        rerun,
        interrupted,
        unfinished,
        night,
        second_night,
        operator,
    )
}
