from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

import msgspec
import pytest

from chalicelib.drafting.endpoint import Draft
from chalicelib.errors import AlreadyRunningError, EndpointBusyError, MessageError, ModelError
from chalicelib.intake import chunk_plan
from chalicelib.output.document import Counts
from chalicelib.processing.context import WorkResult
from chalicelib.processing.idempotency import IdempotentProcessor
from chalicelib.queue.messages import WorkItem, read_message
from chalicelib.settings import Model
from tests.unit.chalicelib.stores import (
    IDEMPOTENCY,
    NOTICED,
    PROGRESS,
    Context,
    Stores,
    StubEndpoint,
)

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

CANARY = "canary-text"


def once(stores: Stores, milliseconds: int = 900_000) -> IdempotentProcessor:
    return IdempotentProcessor(stores.run(), cast("LambdaContext", Context(milliseconds)))


def body(count: int) -> bytes:
    return json.dumps([{"findings": f"{CANARY} {number}"} for number in range(count)]).encode()


def chunk_works(stores: Stores) -> list[WorkItem]:
    works: list[WorkItem] = []
    for message in stores.messages():
        work = read_message(message["Body"], NOTICED)[0]
        assert isinstance(work, WorkItem)
        works.append(work)
    return sorted(works, key=lambda work: work.start or 0)


class DuringDraft(StubEndpoint):
    """Does something while the model is at work, once."""

    def __init__(self, do: Callable[[], Any]) -> None:
        super().__init__()
        self.do: Callable[[], Any] | None = do

    def draft(
        self,
        model: Model,
        findings: Sequence[str],
        micro_batch: int,
        drafts: list[Draft | ModelError] | None = None,
    ) -> list[Draft | ModelError]:
        do, self.do = self.do, None
        if do is not None:
            do()
        return super().draft(model, findings, micro_batch, drafts)


def test_second_delivery_is_answered_from_memory(stores: Stores) -> None:
    work = stores.land("incoming/a", body(2))

    first = once(stores).process(work)
    second = once(stores).process(work)

    assert first == second == WorkResult(Counts(2, 2, 0), files=1)
    assert len(stores.endpoint.calls) == 1


def test_new_content_of_the_same_key_is_new_work(stores: Stores) -> None:
    once(stores).process(stores.land("incoming/a", body(1)))
    once(stores).process(stores.land("incoming/a", body(2)))

    assert len(stores.endpoint.calls) == 2


def test_equal_content_under_another_key_is_new_work(stores: Stores) -> None:
    once(stores).process(stores.land("incoming/a", body(1)))
    once(stores).process(stores.land("incoming/b", body(1)))

    assert len(stores.endpoint.calls) == 2


def test_same_bytes_uploaded_again_are_another_piece_of_work(stores: Stores) -> None:
    for _ in range(2):
        once(stores).process(stores.land("incoming/a", body(1)))

    assert len(stores.endpoint.calls) == 2


def test_delivery_while_another_is_at_work_is_given_back(stores: Stores) -> None:
    work = stores.land("incoming/a", body(1))
    refused: list[bool] = []

    def deliver_again() -> None:
        with pytest.raises(AlreadyRunningError):
            once(stores).process(work)
        refused.append(True)

    stores.endpoint = DuringDraft(deliver_again)
    done = once(stores).process(work)

    assert refused == [True]
    assert done.counts == Counts(1, 1, 0)
    assert len(stores.endpoint.calls) == 1


def test_lock_of_an_invocation_that_is_over_is_taken(stores: Stores) -> None:
    work = stores.land("incoming/a", body(1))
    inner: list[WorkResult] = []
    # The outer invocation has no time left, so its lock is stale the moment it is taken.
    stores.endpoint = DuringDraft(lambda: inner.append(once(stores).process(work)))

    once(stores, milliseconds=-1000).process(work)

    assert inner == [WorkResult(Counts(1, 1, 0), files=1)]


def test_work_that_failed_is_not_remembered(stores: Stores) -> None:
    work = stores.land("incoming/a", body(1))
    stores.endpoint.trouble.append(EndpointBusyError("busy"))

    with pytest.raises(EndpointBusyError):
        once(stores).process(work)

    assert once(stores).process(work).counts == Counts(1, 1, 0)


def test_large_object_is_cut_once_and_its_chunks_are_each_done_once(stores: Stores) -> None:
    work = stores.land("incoming/a", body(10))

    assert once(stores).process(work) == once(stores).process(work)
    works = chunk_works(stores)
    for one in [*works, *works]:
        once(stores).process(one)

    assert len(works) == 3
    assert [len(findings) for _, findings in stores.endpoint.calls] == [4, 4, 2]
    assert stores.result(work.ref)["counts"]["ok"] == 10


def test_chunk_in_the_middle_of_another_plan_reads_that_plans_chunk(stores: Stores) -> None:
    work = stores.land("incoming/a", body(10))
    once(stores).process(work)
    (_, middle, _) = chunk_works(stores)
    off = msgspec.structs.replace(middle, start=6, stop=9, offset=3)

    once(stores).process(off)

    (_, findings), *_ = stores.endpoint.calls
    assert findings == [f"{CANARY} {number}" for number in (4, 5, 6, 7)]


def test_range_behind_the_end_is_no_message_of_ours(stores: Stores) -> None:
    work = stores.land("incoming/a", body(10))
    once(stores).process(work)

    with pytest.raises(MessageError):
        once(stores).process(msgspec.structs.replace(work, start=12, stop=16))


def test_chunk_whose_plan_is_gone_looks_at_the_object_again(stores: Stores) -> None:
    work = stores.land("incoming/a", body(10))
    lost = msgspec.structs.replace(work, start=4, stop=8)

    done = once(stores).process(lost)

    assert done.chunks == 3
    assert chunk_plan.read(stores.dynamodb, PROGRESS, work.ref.object_id) is not None


def test_no_report_text_is_stored(stores: Stores) -> None:
    once(stores).process(stores.land("incoming/a", body(2)))
    once(stores).process(stores.land("incoming/b", body(10)))

    items = [
        item
        for table in (IDEMPOTENCY, PROGRESS)
        for item in stores.dynamodb.scan(TableName=table)["Items"]
    ]

    assert len(items) == 3
    assert CANARY not in json.dumps(items)
    assert all("expiration" in item for item in items)
