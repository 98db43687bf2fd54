from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import pytest

from chalicelib.drafting.endpoint import Draft
from chalicelib.errors import AlreadyRunningError, EndpointBusyError, MessageError, ModelError
from chalicelib.intake import chunk_plan
from chalicelib.output.document import Counts
from chalicelib.processing.idempotency import IdempotentProcessor
from chalicelib.processing.pipeline import WorkResult
from chalicelib.queue.messages import WorkItem, read_message
from chalicelib.settings import Model
from tests.unit.chalicelib.worlds import (
    IDEMPOTENCY,
    NOTICED,
    PROGRESS,
    Context,
    StubEndpoint,
    World,
)

CANARY = "canary-text"


def once(world: World, milliseconds: int = 900_000) -> IdempotentProcessor:
    return IdempotentProcessor(world.run(), Context(milliseconds))  # type: ignore[arg-type]


def body(count: int) -> bytes:
    return json.dumps([{"findings": f"{CANARY} {number}"} for number in range(count)]).encode()


def chunk_works(world: World) -> list[WorkItem]:
    works = [read_message(message["Body"], NOTICED)[0] for message in world.messages()]
    return sorted(works, key=lambda work: work.start or 0)


class DuringDraft(StubEndpoint):
    """Does something while the model is at work, once."""

    def __init__(self, do: Callable[[], Any]) -> None:
        super().__init__()
        self.do: Callable[[], Any] | None = do

    def draft(
        self, model: Model, findings: Sequence[str], micro_batch: int
    ) -> list[Draft | ModelError]:
        do, self.do = self.do, None
        if do is not None:
            do()
        return super().draft(model, findings, micro_batch)


def test_second_delivery_is_answered_from_memory(world: World) -> None:
    work = world.land("incoming/a", body(2))

    first = once(world).process(work)
    second = once(world).process(work)

    assert first == second == WorkResult(Counts(2, 2, 0), files=1)
    assert len(world.endpoint.calls) == 1


def test_new_content_of_the_same_key_is_new_work(world: World) -> None:
    once(world).process(world.land("incoming/a", body(1)))
    once(world).process(world.land("incoming/a", body(2)))

    assert len(world.endpoint.calls) == 2


def test_equal_content_under_another_key_is_new_work(world: World) -> None:
    once(world).process(world.land("incoming/a", body(1)))
    once(world).process(world.land("incoming/b", body(1)))

    assert len(world.endpoint.calls) == 2


def test_same_content_found_without_its_version_is_the_same_work(world: World) -> None:
    work = world.land("incoming/a", body(1))
    swept = msgspec.structs.replace(
        work, ref=msgspec.structs.replace(work.ref, version_id=None), start=0, stop=1
    )

    once(world).process(work)
    once(world).process(swept)

    assert len(world.endpoint.calls) == 1


def test_delivery_while_another_is_at_work_is_given_back(world: World) -> None:
    work = world.land("incoming/a", body(1))
    refused: list[bool] = []

    def deliver_again() -> None:
        with pytest.raises(AlreadyRunningError):
            once(world).process(work)
        refused.append(True)

    world.endpoint = DuringDraft(deliver_again)
    done = once(world).process(work)

    assert refused == [True]
    assert done.counts == Counts(1, 1, 0)
    assert len(world.endpoint.calls) == 1


def test_lock_of_an_invocation_that_is_over_is_taken(world: World) -> None:
    work = world.land("incoming/a", body(1))
    inner: list[WorkResult] = []
    # The outer invocation has no time left, so its lock is stale the moment it is taken.
    world.endpoint = DuringDraft(lambda: inner.append(once(world).process(work)))

    once(world, milliseconds=-1000).process(work)

    assert inner == [WorkResult(Counts(1, 1, 0), files=1)]


def test_work_that_failed_is_not_remembered(world: World) -> None:
    work = world.land("incoming/a", body(1))
    world.endpoint.trouble.append(EndpointBusyError("busy"))

    with pytest.raises(EndpointBusyError):
        once(world).process(work)

    assert once(world).process(work).counts == Counts(1, 1, 0)


def test_large_object_is_cut_once_and_its_chunks_are_each_done_once(world: World) -> None:
    work = world.land("incoming/a", body(10))

    assert once(world).process(work) == once(world).process(work)
    works = chunk_works(world)
    for one in [*works, *works]:
        once(world).process(one)

    assert len(works) == 3
    assert [len(findings) for _, findings in world.endpoint.calls] == [4, 4, 2]
    assert world.result(work.ref)["counts"]["ok"] == 10


def test_chunk_in_the_middle_of_another_plan_reads_that_plans_chunk(world: World) -> None:
    work = world.land("incoming/a", body(10))
    once(world).process(work)
    (_, middle, _) = chunk_works(world)
    off = msgspec.structs.replace(middle, start=6, stop=9, offset=3)

    once(world).process(off)

    (_, findings), *_ = world.endpoint.calls
    assert findings == [f"{CANARY} {number}" for number in (4, 5, 6, 7)]


def test_range_behind_the_end_is_no_message_of_ours(world: World) -> None:
    work = world.land("incoming/a", body(10))
    once(world).process(work)

    with pytest.raises(MessageError):
        once(world).process(msgspec.structs.replace(work, start=12, stop=16))


def test_chunk_whose_plan_is_gone_looks_at_the_object_again(world: World) -> None:
    work = world.land("incoming/a", body(10))
    lost = msgspec.structs.replace(work, start=4, stop=8)

    done = once(world).process(lost)

    assert done.chunks == 3
    assert chunk_plan.read(world.dynamodb, PROGRESS, work.ref.object_id) is not None


def test_no_report_text_is_stored(world: World) -> None:
    once(world).process(world.land("incoming/a", body(2)))
    once(world).process(world.land("incoming/b", body(10)))

    items = [
        item
        for table in (IDEMPOTENCY, PROGRESS)
        for item in world.dynamodb.scan(TableName=table)["Items"]
    ]

    assert len(items) == 3
    assert CANARY not in json.dumps(items)
    assert all("expiration" in item for item in items)
