from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from chalicelib.drafting.routing import models_of
from chalicelib.errors import EndpointBusyError, QueueError
from chalicelib.intake import chunk_plan
from chalicelib.objects import ObjectRef, result_key
from chalicelib.output.document import Counts
from chalicelib.processing.pipeline import WorkResult, process_chunk, process_object
from chalicelib.queue.messages import OwnMessage, WorkItem, read_message
from tests.unit.chalicelib.worlds import LANDING, LIVE, NOTICED, POISON, PROGRESS, RIVAL, World


def lines(*findings: Any) -> bytes:
    return b"\n".join(json.dumps({"findings": text}).encode() for text in findings)


def numbered(count: int) -> bytes:
    return lines(*(f"text {number}" for number in range(count)))


def chunk_works(world: World) -> list[WorkItem]:
    """What the work queue holds, in the order of the records."""
    works = [
        work for message in world.messages() for work in read_message(message["Body"], NOTICED)
    ]
    return sorted(works, key=lambda work: work.start or 0)


def do_chunks(world: World, works: Sequence[WorkItem]) -> None:
    for work in works:
        plan = chunk_plan.read(world.dynamodb, PROGRESS, work.ref.object_id)
        assert plan is not None
        assert work.start is not None
        process_chunk(world.run(), work, plan, work.start // plan.chunk_records)


class TestSmallObject:
    def test_is_drafted_and_written(self, world: World) -> None:
        work = world.land("incoming/ward/a.json", lines("one", "two"))

        done = process_object(world.run(), work)

        assert done == WorkResult(Counts(2, 2, 0), files=1)
        document = world.result(work.ref)
        assert document["status"] == "complete"
        assert document["counts"] == {"records": 2, "ok": 2, "failed": 0}
        assert document["source"]["etag"] == work.ref.etag
        impressions = [one["impression"] for one in document["impressions"]]
        assert impressions == ["seen: one", "seen: two"]
        rows = world.rows("impressions")
        assert [row["generated_impression"] for row in rows] == impressions
        assert world.rows("failures") == []
        assert world.messages() == []

    def test_has_a_row_of_its_own(self, world: World) -> None:
        work = world.land("incoming/ward/a.json", lines("one", 5))

        process_object(world.run(attempt=2), work)

        (row,) = world.rows("files")
        assert row["run_id"] == work.ref.object_id
        assert (row["lane"], row["dataset"], row["status"]) == ("incoming", "ward", "partial")
        assert (row["records_total"], row["records_ok"], row["records_failed"]) == (2, 1, 1)
        assert (row["chunks"], row["attempt"], row["lambda_request_id"]) == (1, 2, "request-1")
        assert row["source_size"] == len(lines("one", 5))
        assert row["result_key"] == result_key(work.ref)
        assert row["started_at"] == "2026-01-02 03:04:05.000"

    def test_lets_bad_records_fail_alone(self, world: World) -> None:
        body = lines("one", "", POISON, "four")
        work = world.land("incoming/a", body)

        done = process_object(world.run(), work)

        assert done.counts == Counts(4, 2, 2)
        statuses = [one["status"] for one in world.result(work.ref)["impressions"]]
        assert statuses == ["ok", "failed", "failed", "ok"]
        failures = {row["record_index"]: row["error_type"] for row in world.rows("failures")}
        assert failures == {1: "RecordRejected", 2: "EndpointRejected"}
        assert world.endpoint.calls == [("fine-tuned", ["one", POISON, "four"])]

    def test_in_the_evaluation_lane_is_drafted_by_every_model_and_baseline(
        self, world: World
    ) -> None:
        body = json.dumps({"findings": "Clear.", "impression": "Normal."}).encode()
        work = world.land("evaluation/openi/a", body)

        done = process_object(world.run(), work)

        assert done.counts == Counts(1, 1, 0)
        roles = [row["model_role"] for row in world.rows("impressions")]
        assert roles == ["fine-tuned", "pre-trained", "baseline-constant", "baseline-lead"]
        assert len(world.rows("rouge_scores")) == 16

    @pytest.mark.parametrize("body", [b"[]", b" [ ]\n"])
    def test_of_no_records_is_complete(self, world: World, body: bytes) -> None:
        work = world.land("incoming/a", body)

        done = process_object(world.run(), work)

        assert done.counts == Counts(0, 0, 0)
        assert world.result(work.ref)["status"] == "complete"
        assert world.result(work.ref)["impressions"] == []

    @pytest.mark.parametrize(
        ("body", "reason"),
        [
            (b"", "Empty"),
            (b"\x89PNG\r\n", "NotJson"),
            (b"[1, 2", "BrokenJson"),
            (b"\x1f\x8bx", "BrokenGzip"),
            (b"x" * 1_000_001, "TooLarge"),
        ],
    )
    def test_that_nobody_can_read_is_one_failed_record(
        self, world: World, body: bytes, reason: str
    ) -> None:
        work = world.land("incoming/a", body)

        done = process_object(world.run(), work)

        assert done.counts == Counts(1, 0, 1)
        assert world.result(work.ref)["status"] == "failed"
        (failure,) = world.rows("failures")
        assert (failure["error_type"], failure["record_index"]) == (reason, None)
        (row,) = world.rows("files")
        assert (row["status"], row["source_size"]) == ("failed", len(body))
        assert world.endpoint.calls == []

    def test_of_no_fields_is_one_failed_record(self, world: World) -> None:
        done = process_object(world.run(), world.land("incoming/a", b"{}"))

        assert done.counts == Counts(1, 0, 1)

    def test_that_is_gone_is_one_failed_record_of_the_day_it_was_noticed(
        self, world: World
    ) -> None:
        work = WorkItem(ObjectRef(LANDING, "incoming/gone", "e"), NOTICED)

        done = process_object(world.run(), work)

        assert done.counts == Counts(1, 0, 1)
        (failure,) = world.rows("failures")
        assert (failure["error_type"], failure["stage"]) == ("ObjectGone", "read")
        assert all("dt=2026-01-02" in key for key in world.keys("lake/"))
        assert world.rows("files")[0]["source_size"] is None

    def test_leaves_nothing_when_the_endpoint_is_busy(self, world: World) -> None:
        work = world.land("incoming/a", lines("one"))
        world.endpoint.trouble.append(EndpointBusyError("busy"))

        with pytest.raises(EndpointBusyError):
            process_object(world.run(), work)

        assert world.everything() == {}

    def test_done_again_ends_in_the_same_bytes(self, world: World) -> None:
        work = world.land("evaluation/d/a", lines("one", "", POISON))
        process_object(world.run(), work)
        before = world.everything()

        process_object(world.run(attempt=2), work)

        after = world.everything()
        changed = {key for key in after if before.get(key) != after[key]}
        assert before.keys() == after.keys()
        assert all(key.startswith("lake/files/") for key in changed)

    def test_done_again_takes_back_failures_that_are_no_more(self, world: World) -> None:
        work = world.land("incoming/a", lines(POISON))
        process_object(world.run(), work)
        world.endpoint.refuses = ""

        done = process_object(world.run(attempt=2), work)

        assert done.counts == Counts(1, 1, 0)
        assert world.rows("failures") == []
        assert len(world.rows("impressions")) == 1


class TestLargeObject:
    def test_is_cut_into_messages_and_drafts_nothing(self, world: World) -> None:
        work = world.land("incoming/a", numbered(11))

        done = process_object(world.run(), work)

        assert done == WorkResult(Counts(11, 0, 0), chunks=3)
        bodies = [msgspec.json.decode(one["Body"], type=OwnMessage) for one in world.messages()]
        ranges = sorted((one.start, one.stop) for one in bodies)
        assert ranges == [(0, 4), (4, 8), (8, 11)]
        assert {one.version_id for one in bodies} == {work.ref.version_id}
        assert None not in {one.offset for one in bodies}
        assert world.everything() == {}
        assert world.endpoint.calls == []

    def test_of_just_a_chunk_is_not_cut(self, world: World) -> None:
        done = process_object(world.run(), world.land("incoming/a", numbered(4)))

        assert done == WorkResult(Counts(4, 4, 0), files=1)

    def test_sends_more_messages_than_one_call_takes(self, world: World) -> None:
        process_object(world.run(), world.land("incoming/a", numbered(47)))

        assert len(world.messages()) == 12

    @pytest.mark.parametrize("backwards", [False, True])
    def test_is_completed_by_whoever_comes_last(self, world: World, *, backwards: bool) -> None:
        work = world.land("incoming/a", lines(*"012", "", *"4567", POISON, *"90"))
        process_object(world.run(), work)
        works = chunk_works(world)
        if backwards:
            works.reverse()

        do_chunks(world, works[:-1])
        early = world.keys("results/incoming/a.json")
        do_chunks(world, works[-1:])

        assert early == []
        document = world.result(work.ref)
        assert document["status"] == "partial"
        assert document["counts"] == {"records": 11, "ok": 9, "failed": 2}
        entries = [
            json.loads(line)
            for part in document["parts"]
            for line in world.content(part).splitlines()
        ]
        expected = [f"seen: {number}" for number in "01234567890"]
        expected[3] = expected[8] = None  # type: ignore[call-overload]
        assert [one["impression"] for one in entries] == expected
        indices = [row["record_index"] for row in world.rows("impressions")]
        assert sorted(indices) == [0, 1, 2, 4, 5, 6, 7, 9, 10]
        assert sorted(row["record_index"] for row in world.rows("failures")) == [3, 8]
        (row,) = world.rows("files")
        assert (row["chunks"], row["records_total"], row["records_failed"]) == (3, 11, 2)
        assert row["source_size"] == len(lines(*"012", "", *"4567", POISON, *"90"))

    def test_done_again_ends_in_the_same_bytes(self, world: World) -> None:
        work = world.land("incoming/a", numbered(11))
        process_object(world.run(), work)
        works = chunk_works(world)
        do_chunks(world, works)
        before = world.everything()

        do_chunks(world, works)

        after = world.everything()
        assert before.keys() == after.keys()
        assert {key for key in after if before[key] != after[key]} <= set(world.keys("lake/files/"))

    def test_keeps_its_first_plan_when_settings_change(self, world: World) -> None:
        work = world.land("incoming/a", numbered(11))
        process_object(world.run(), work)
        world.messages()
        world.settings = msgspec.structs.replace(world.settings, chunk_records=3)

        done = process_object(world.run(), work)

        works = chunk_works(world)
        assert done.chunks == 3
        assert [(one.start, one.stop) for one in works] == [(0, 4), (4, 8), (8, 11)]
        assert [one.offset is None for one in works] == [False, True, True]
        do_chunks(world, works)
        assert world.result(work.ref)["counts"]["ok"] == 11

    def test_that_is_deleted_in_between_fails_each_record_by_its_index(self, world: World) -> None:
        work = world.land("incoming/a", numbered(6))
        process_object(world.run(), work)
        works = chunk_works(world)
        do_chunks(world, works[:1])
        version = work.ref.version_id or ""
        world.s3.delete_object(Bucket=LANDING, Key=work.ref.key, VersionId=version)

        do_chunks(world, works[1:])

        assert [row["record_index"] for row in world.rows("failures")] == [4, 5]
        assert world.result(work.ref)["counts"] == {"records": 6, "ok": 4, "failed": 2}

    def test_chunk_is_not_marked_when_the_endpoint_is_busy(self, world: World) -> None:
        process_object(world.run(), world.land("incoming/a", numbered(5)))
        works = chunk_works(world)
        world.endpoint.trouble.append(EndpointBusyError("busy"))

        with pytest.raises(EndpointBusyError):
            do_chunks(world, works[:1])
        do_chunks(world, works[1:])
        unfinished = world.keys("results/incoming/a.json")
        do_chunks(world, works[:1])

        assert unfinished == []
        assert len(world.rows("impressions")) == 5

    def test_messages_that_the_queue_did_not_take_give_the_file_back(self, world: World) -> None:
        class FullQueue:
            @staticmethod
            def send_message_batch(**_: Any) -> Any:
                return {"Successful": [], "Failed": [{"Id": "0"}, {"Id": "1"}]}

        work = world.land("incoming/a", numbered(5))
        real, world.sqs = world.sqs, FullQueue()  # type: ignore[assignment]
        with pytest.raises(QueueError, match="2 messages"):
            process_object(world.run(), work)
        world.sqs = real

        process_object(world.run(attempt=2), work)

        assert len(world.messages()) == 2


def test_only_the_evaluation_lane_asks_every_model(world: World) -> None:
    assert models_of(world.settings, "evaluation") == (LIVE, RIVAL)
    assert models_of(world.settings, "incoming") == (LIVE,)
    assert models_of(world.settings, None) == (LIVE,)
