from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

import msgspec
import pytest

from chalicelib.errors import EndpointBusyError, MessageError
from chalicelib.intake import chunk_plan
from chalicelib.objects import ObjectRef
from chalicelib.output.document import Counts
from chalicelib.processing.idempotency import IdempotentProcessor
from chalicelib.queue.messages import WorkItem, read_message
from tests.unit.chalicelib.stores import (
    IDEMPOTENCY,
    NOTICED,
    PROGRESS,
    Context,
    Stores,
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


def test_same_bytes_uploaded_again_are_another_piece_of_work(stores: Stores) -> None:
    for _ in range(2):
        once(stores).process(stores.land("incoming/a", body(1)))

    assert len(stores.endpoint.calls) == 2


def test_work_that_failed_is_not_remembered(stores: Stores) -> None:
    work = stores.land("incoming/a", body(1))
    stores.endpoint.trouble.append(EndpointBusyError("busy"))

    with pytest.raises(EndpointBusyError):
        once(stores).process(work)

    assert once(stores).process(work).counts == Counts(1, 1, 0)


class TestCalls:
    """What a file costs; docs/benchmarks.md counts the same in the deployed stack."""

    @pytest.fixture
    def made(self, stores: Stores, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        seen: list[str] = []
        for client in (stores.s3, stores.dynamodb, stores.sqs):
            client.meta.events.register(
                "before-send", lambda event_name, **_: seen.append(event_name.rpartition(".")[2])
            )
        return seen

    def test_of_a_small_file_are_no_more_than_what_it_writes(
        self, stores: Stores, made: list[str]
    ) -> None:
        work = stores.land("incoming/a", b'{"findings": "one", "impression": "Normal."}')
        made.clear()

        once(stores).process(work)

        # The claim, the file, four tables and the result: its record is not completed.
        assert sorted(made) == ["GetObject", *["PutItem"], *["PutObject"] * 5]

    def test_of_a_chunk_are_no_more_than_what_it_writes(
        self, stores: Stores, made: list[str]
    ) -> None:
        once(stores).process(stores.land("incoming/a", body(12)))
        _, middle, _ = chunk_works(stores)
        made.clear()

        once(stores).process(middle)

        # The plan, the claim, the chunk, a table, the part and the progress.
        assert sorted(made) == [
            *("GetItem", "GetObject", "PutItem"),
            *["PutObject"] * 2,
            "UpdateItem",
        ]

    def test_of_a_repeated_run_take_back_its_rows(self, stores: Stores, made: list[str]) -> None:
        work = stores.land("incoming/a", body(1))
        stores.endpoint.trouble.append(EndpointBusyError("busy"))
        with pytest.raises(EndpointBusyError):
            once(stores).process(work)
        made.clear()

        once(stores).process(work)

        assert made.count("DeleteObject") == 4  # scores of both kinds, checks and failures

    def test_without_versions_complete_the_record(self, stores: Stores, made: list[str]) -> None:
        work = stores.land("incoming/a", body(1))
        work = msgspec.structs.replace(
            work, ref=ObjectRef(work.ref.bucket, work.ref.key, work.ref.etag)
        )
        made.clear()

        once(stores).process(work)

        assert made.count("UpdateItem") == 1


def test_a_record_that_was_given_up_counts_no_death(stores: Stores) -> None:
    work = stores.land("incoming/a", body(1))
    for _ in range(4):
        stores.endpoint.trouble.append(EndpointBusyError("busy"))
        with pytest.raises(EndpointBusyError):
            once(stores).process(work)

    (record,) = stores.dynamodb.scan(TableName=IDEMPOTENCY)["Items"]
    assert record["in_progress_expiration"] == {"N": "1"}
    assert "deaths" not in record
    assert once(stores).process(work).counts == Counts(1, 1, 0)


def test_late_copy_of_a_replaced_upload_pays_nothing(stores: Stores) -> None:
    older = stores.land("incoming/a", body(1))
    once(stores).process(older)
    newer = stores.land("incoming/a", body(1))
    once(stores).process(newer)

    once(stores).process(older)

    assert len(stores.endpoint.calls) == 2


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
