from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import msgspec
import pytest

from chalicelib.errors import EndpointBusyError, QueueError
from chalicelib.intake import chunk_plan
from chalicelib.objects import ObjectRef, result_key
from chalicelib.output.document import Counts
from chalicelib.processing.context import WorkResult
from chalicelib.processing.pipeline import process_chunk, process_object
from chalicelib.queue.messages import OwnMessage, WorkItem, read_message
from tests.unit.chalicelib.stores import LANDING, NOTICED, POISON, PROGRESS, Stores

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


def lines(*findings: Any) -> bytes:
    return b"\n".join(json.dumps({"findings": text}).encode() for text in findings)


def numbered(count: int) -> bytes:
    return lines(*(f"text {number}" for number in range(count)))


def chunk_works(stores: Stores) -> list[WorkItem]:
    """What the work queue holds, in the order of the records."""
    works: list[WorkItem] = []
    for message in stores.messages():
        for work in read_message(message["Body"], NOTICED):
            assert isinstance(work, WorkItem)
            works.append(work)
    return sorted(works, key=lambda work: work.start or 0)


def do_chunks(stores: Stores, works: Sequence[WorkItem]) -> None:
    for work in works:
        plan = chunk_plan.read(stores.dynamodb, PROGRESS, work.ref.object_id)
        assert plan is not None
        assert work.start is not None
        process_chunk(stores.run(), work, plan, work.start // plan.chunk_records)


class TestSmallObject:
    def test_is_drafted_and_written(self, stores: Stores) -> None:
        work = stores.land("incoming/ward/a.json", lines("one", "two"))

        done = process_object(stores.run(), work)

        assert done == WorkResult(Counts(2, 2, 0), files=1)
        document = stores.result(work.ref)
        assert document["status"] == "complete"
        assert document["counts"] == {"records": 2, "ok": 2, "failed": 0}
        assert document["source"]["etag"] == work.ref.etag
        impressions = [one["impression"] for one in document["impressions"]]
        assert impressions == ["seen: one", "seen: two"]
        rows = stores.rows("impressions")
        assert [row["generated_impression"] for row in rows] == impressions
        assert stores.rows("failures") == []
        assert stores.messages() == []

    def test_has_a_row_of_its_own(self, stores: Stores) -> None:
        work = stores.land("incoming/ward/a.json", lines("one", 5))

        process_object(stores.run(attempt=2), work)

        (row,) = stores.rows("files")
        assert row["run_id"] == work.ref.object_id
        assert (row["lane"], row["dataset"], row["status"]) == ("incoming", "ward", "partial")
        assert (row["records_total"], row["records_ok"], row["records_failed"]) == (2, 1, 1)
        assert (row["chunks"], row["attempt"], row["lambda_request_id"]) == (1, 2, "request-1")
        assert row["source_size"] == len(lines("one", 5))
        assert row["result_key"] == result_key(work.ref)
        assert row["started_at"] == "2026-01-02 03:04:05.000"

    def test_lets_bad_records_fail_alone(self, stores: Stores) -> None:
        body = lines("one", "", POISON, "four")
        work = stores.land("incoming/a", body)

        done = process_object(stores.run(), work)

        assert done.counts == Counts(4, 2, 2)
        statuses = [one["status"] for one in stores.result(work.ref)["impressions"]]
        assert statuses == ["ok", "failed", "failed", "ok"]
        failures = {row["record_index"]: row["error_type"] for row in stores.rows("failures")}
        assert failures == {1: "RecordRejected", 2: "EndpointRejected"}
        assert stores.endpoint.calls == [("fine-tuned", ["one", POISON, "four"])]

    def test_in_the_evaluation_lane_is_drafted_by_every_model_and_baseline(
        self, stores: Stores
    ) -> None:
        body = json.dumps({"findings": "Clear.", "impression": "Normal."}).encode()
        work = stores.land("evaluation/openi/a", body)

        done = process_object(stores.run(), work)

        assert done.counts == Counts(1, 1, 0)
        roles = [row["model_role"] for row in stores.rows("impressions")]
        assert roles == ["fine-tuned", "pre-trained", "baseline-constant", "baseline-lead"]
        assert len(stores.rows("rouge_scores")) == 16

    @pytest.mark.parametrize("body", [b"[]", b" [ ]\n"])
    def test_of_no_records_is_complete(self, stores: Stores, body: bytes) -> None:
        work = stores.land("incoming/a", body)

        done = process_object(stores.run(), work)

        assert done.counts == Counts(0, 0, 0)
        assert stores.result(work.ref)["status"] == "complete"
        assert stores.result(work.ref)["impressions"] == []

    @pytest.mark.parametrize(
        ("body", "reason"),
        [
            (b"", "Empty"),
            (b"\x89PNG\r\n", "UnknownFormat"),
            (b"[1, 2", "BrokenJson"),
            (b"\x1f\x8bx", "BrokenGzip"),
            (b"x" * 1_000_001, "TooLarge"),
        ],
    )
    def test_that_nobody_can_read_is_one_failed_record(
        self, stores: Stores, body: bytes, reason: str
    ) -> None:
        work = stores.land("incoming/a", body)

        done = process_object(stores.run(), work)

        assert done.counts == Counts(1, 0, 1)
        assert stores.result(work.ref)["status"] == "failed"
        (failure,) = stores.rows("failures")
        assert (failure["error_type"], failure["record_index"]) == (reason, None)
        (row,) = stores.rows("files")
        assert (row["status"], row["source_size"]) == ("failed", len(body))
        assert stores.endpoint.calls == []

    def test_of_no_fields_is_one_failed_record(self, stores: Stores) -> None:
        done = process_object(stores.run(), stores.land("incoming/a", b"{}"))

        assert done.counts == Counts(1, 0, 1)

    def test_that_is_gone_is_one_failed_record_of_the_day_it_was_noticed(
        self, stores: Stores
    ) -> None:
        work = WorkItem(ObjectRef(LANDING, "incoming/gone", "e"), NOTICED)

        done = process_object(stores.run(), work)

        assert done.counts == Counts(1, 0, 1)
        (failure,) = stores.rows("failures")
        assert (failure["error_type"], failure["stage"]) == ("ObjectGone", "read")
        assert all("dt=2026-01-02" in key for key in stores.keys("lake/"))
        assert stores.rows("files")[0]["source_size"] is None

    def test_leaves_nothing_when_the_endpoint_is_busy(self, stores: Stores) -> None:
        work = stores.land("incoming/a", lines("one"))
        stores.endpoint.trouble.append(EndpointBusyError("busy"))

        with pytest.raises(EndpointBusyError):
            process_object(stores.run(), work)

        assert stores.everything() == {}

    def test_done_again_ends_in_the_same_bytes(self, stores: Stores) -> None:
        work = stores.land("evaluation/d/a", lines("one", "", POISON))
        process_object(stores.run(), work)
        before = stores.everything()

        process_object(stores.run(attempt=2), work)

        after = stores.everything()
        changed = {key for key in after if before.get(key) != after[key]}
        assert before.keys() == after.keys()
        assert all(key.startswith("lake/files/") for key in changed)

    def test_done_again_takes_back_failures_that_are_no_more(self, stores: Stores) -> None:
        work = stores.land("incoming/a", lines(POISON))
        process_object(stores.run(), work)
        stores.endpoint.refuses = ""

        done = process_object(stores.run(attempt=2), work)

        assert done.counts == Counts(1, 1, 0)
        assert stores.rows("failures") == []
        assert len(stores.rows("impressions")) == 1


class TestLargeObject:
    def test_is_cut_into_messages_and_drafts_nothing(self, stores: Stores) -> None:
        work = stores.land("incoming/a", numbered(11))

        done = process_object(stores.run(), work)

        assert done == WorkResult(Counts(11, 0, 0), chunks=3)
        bodies = [msgspec.json.decode(one["Body"], type=OwnMessage) for one in stores.messages()]
        ranges = sorted((one.start, one.stop) for one in bodies)
        assert ranges == [(0, 4), (4, 8), (8, 11)]
        assert {one.version_id for one in bodies} == {work.ref.version_id}
        assert None not in {one.offset for one in bodies}
        assert stores.everything() == {}
        assert stores.endpoint.calls == []

    def test_of_just_a_chunk_is_not_cut(self, stores: Stores) -> None:
        done = process_object(stores.run(), stores.land("incoming/a", numbered(4)))

        assert done == WorkResult(Counts(4, 4, 0), files=1)

    def test_sends_more_messages_than_one_call_takes(self, stores: Stores) -> None:
        process_object(stores.run(), stores.land("incoming/a", numbered(47)))

        assert len(stores.messages()) == 12

    @pytest.mark.parametrize("backwards", [False, True])
    def test_is_completed_by_whoever_comes_last(self, stores: Stores, *, backwards: bool) -> None:
        work = stores.land("incoming/a", lines(*"012", "", *"4567", POISON, *"90"))
        process_object(stores.run(), work)
        works = chunk_works(stores)
        if backwards:
            works.reverse()

        do_chunks(stores, works[:-1])
        early = stores.keys("results/incoming/a.json")
        do_chunks(stores, works[-1:])

        assert early == []
        document = stores.result(work.ref)
        assert document["status"] == "partial"
        assert document["counts"] == {"records": 11, "ok": 9, "failed": 2}
        entries = [
            json.loads(line)
            for part in document["parts"]
            for line in stores.content(part).splitlines()
        ]
        expected: list[str | None] = [f"seen: {number}" for number in "01234567890"]
        expected[3] = expected[8] = None
        assert [one["impression"] for one in entries] == expected
        indices = [row["record_index"] for row in stores.rows("impressions")]
        assert sorted(indices) == [0, 1, 2, 4, 5, 6, 7, 9, 10]
        assert sorted(row["record_index"] for row in stores.rows("failures")) == [3, 8]
        (row,) = stores.rows("files")
        assert (row["chunks"], row["records_total"], row["records_failed"]) == (3, 11, 2)
        assert row["source_size"] == len(lines(*"012", "", *"4567", POISON, *"90"))

    def test_done_again_ends_in_the_same_bytes(self, stores: Stores) -> None:
        work = stores.land("incoming/a", numbered(11))
        process_object(stores.run(), work)
        works = chunk_works(stores)
        do_chunks(stores, works)
        before = stores.everything()

        do_chunks(stores, works)

        after = stores.everything()
        assert before.keys() == after.keys()
        assert {key for key in after if before[key] != after[key]} <= set(
            stores.keys("lake/files/")
        )

    def test_keeps_its_first_plan_when_settings_change(self, stores: Stores) -> None:
        work = stores.land("incoming/a", numbered(11))
        process_object(stores.run(), work)
        stores.messages()
        stores.settings = msgspec.structs.replace(stores.settings, chunk_records=3)

        done = process_object(stores.run(), work)

        works = chunk_works(stores)
        assert done.chunks == 3
        assert [(one.start, one.stop) for one in works] == [(0, 4), (4, 8), (8, 11)]
        assert [one.offset is None for one in works] == [False, True, True]
        do_chunks(stores, works)
        assert stores.result(work.ref)["counts"]["ok"] == 11

    def test_that_is_deleted_in_between_fails_each_record_by_its_index(
        self, stores: Stores
    ) -> None:
        work = stores.land("incoming/a", numbered(6))
        process_object(stores.run(), work)
        works = chunk_works(stores)
        do_chunks(stores, works[:1])
        version = work.ref.version_id or ""
        stores.s3.delete_object(Bucket=LANDING, Key=work.ref.key, VersionId=version)

        do_chunks(stores, works[1:])

        assert [row["record_index"] for row in stores.rows("failures")] == [4, 5]
        assert stores.result(work.ref)["counts"] == {"records": 6, "ok": 4, "failed": 2}

    def test_chunk_is_not_marked_when_the_endpoint_is_busy(self, stores: Stores) -> None:
        process_object(stores.run(), stores.land("incoming/a", numbered(5)))
        works = chunk_works(stores)
        stores.endpoint.trouble.append(EndpointBusyError("busy"))

        with pytest.raises(EndpointBusyError):
            do_chunks(stores, works[:1])
        do_chunks(stores, works[1:])
        unfinished = stores.keys("results/incoming/a.json")
        do_chunks(stores, works[:1])

        assert unfinished == []
        assert len(stores.rows("impressions")) == 5

    def test_messages_that_the_queue_did_not_take_give_the_file_back(self, stores: Stores) -> None:
        class FullQueue:
            @staticmethod
            def send_message_batch(**_: Any) -> Any:
                return {"Successful": [], "Failed": [{"Id": "0"}, {"Id": "1"}]}

        work = stores.land("incoming/a", numbered(5))
        real, stores.sqs = stores.sqs, cast("SQSClient", FullQueue())
        with pytest.raises(QueueError, match="2 messages"):
            process_object(stores.run(), work)
        stores.sqs = real

        process_object(stores.run(attempt=2), work)

        assert len(stores.messages()) == 2
