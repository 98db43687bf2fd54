"""The night: once paid, whoever is killed when, and however many objects there are."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from chalicelib import aws, batches
from chalicelib.errors import AlreadyRunningError, TransformError
from chalicelib.nightly import gather, run
from chalicelib.nightly.ledger import NightLedger
from chalicelib.settings import current_settings
from tests.nights import Killed, Nights, refusal, reports
from tests.worlds import LANDING, RESULTS, World, draft_for


def book(nights: Nights) -> NightLedger:
    return nights.means.book


def fill(world: World, files: int, each: int = 3) -> list[str]:
    keys = [f"nightly/ward/{number:04d}.jsonl" for number in range(files)]
    for number, key in enumerate(keys):
        world.put(key, reports(each, number * each))
    return keys


def assert_all_answered(world: World, keys: list[str], each: int = 3) -> None:
    for number, key in enumerate(keys):
        drafts = [one["impression"] for one in world.entries(key)]
        start = number * each
        assert drafts == [draft_for(f"Findings {n}.") for n in range(start, start + each)]
    counted = Counter(row["run_id"] for row in world.rows("impressions"))
    assert set(counted.values()) == {each}
    assert len(counted) == len(keys)


class TestBatch:
    def test_is_one_job_whose_drafts_answer_every_file(self, world: World, nights: Nights) -> None:
        keys = fill(world, 5)

        told = nights.run()
        nights.finish()

        assert (told.objects, told.records, told.requeued) == (5, 15, 0)
        assert_all_answered(world, keys)
        assert world.model.prompts == []
        row = world.rows("impressions")[0]
        assert (row["lane"], row["latency_ms"], row["call_records"]) == ("nightly", 90_000.0, 15)

    def test_writes_bounded_shards_and_no_unit_lies_in_two(
        self, world: World, nights: Nights
    ) -> None:
        world.configure({"CHUNK_RECORDS": "2", "SHARD_RECORDS": "3"})
        key = "nightly/ward/large.jsonl"
        world.put(key, reports(7))

        nights.run()

        shards = [name for name in world.list_keys() if "/in/" in name]
        sizes = [len(world.read(name).splitlines()) for name in shards]
        assert sizes == [2, 2, 3]
        nights.finish()
        assert_all_answered(world, [key], 7)
        assert len(world.result(key)["parts"]) == 4

    def test_of_a_night_that_ran_twice_is_paid_once(self, world: World, nights: Nights) -> None:
        keys = fill(world, 4)
        nights.run()
        nights.run()
        nights.now += 86_400
        second = nights.run()

        assert second.job is None
        nights.finish()
        nights.run()
        nights.tell(nights.only_job)

        assert len(nights.sagemaker.jobs) == 1
        assert_all_answered(world, keys)
        assert book(nights).read().nights == ()

    def test_takes_only_what_came_since(self, world: World, nights: Nights) -> None:
        fill(world, 2)
        nights.run()
        world.put("nightly/ward/late.jsonl", reports(1, 100))
        nights.now += 86_400

        told = nights.run()

        assert (told.objects, told.records) == (1, 1)
        assert len(nights.sagemaker.jobs) == 2

    def test_takes_a_file_that_came_with_other_content(self, world: World, nights: Nights) -> None:
        key = "nightly/ward/a.jsonl"
        world.put(key, reports(3))
        nights.run()
        nights.finish()
        world.put(key, reports(3, 50))

        told = nights.run()

        assert told.records == 3

    def test_leaves_files_that_need_no_model_to_the_usual_way(
        self, world: World, nights: Nights
    ) -> None:
        world.put("nightly/ward/empty", b"")
        world.put("nightly/ward/none.json", b"[]")
        world.put("nightly/ward/picture.png", b"\x89PNG\r\n")

        told = nights.run()
        world.drain()

        assert told.job is None
        assert nights.sagemaker.jobs == {}
        statuses = [
            world.result(f"nightly/ward/{name}")["status"] for name in ("empty", "none.json")
        ]
        assert statuses == ["failed", "complete"]
        assert {row["error_type"] for row in world.rows("failures")} == {"Empty", "NotJson"}
        assert book(nights).read().nights == ()

    def test_joins_by_other_chunks_than_it_gathered(self, world: World, nights: Nights) -> None:
        key = "nightly/ward/a.jsonl"
        world.put(key, reports(6))
        nights.run()
        world.configure({"CHUNK_RECORDS": "4"})

        nights.finish()

        assert_all_answered(world, [key], 6)
        assert world.model.prompts == []

    def test_ignores_the_jobs_of_others(self, world: World, nights: Nights) -> None:
        nights.sagemaker.jobs["somebody-else"] = {"TransformJobStatus": "Failed"}

        nights.tell("somebody-else")

        assert world.given_back == []
        assert "NightlyFailed" not in world.logs

    def test_does_nothing_for_a_job_that_goes_on(self, world: World, nights: Nights) -> None:
        fill(world, 1)
        nights.run()

        nights.tell(nights.only_job)

        assert len(book(nights).read().nights) == 1
        assert not world.list_keys(LANDING)[1:]

    def test_that_sagemaker_refuses_is_started_by_the_next_run(
        self, world: World, nights: Nights
    ) -> None:
        keys = fill(world, 2)
        nights.sagemaker.refuses = "ResourceLimitExceeded"
        with pytest.raises(TransformError, match="ResourceLimitExceeded"):
            nights.run()
        nights.sagemaker.refuses = ""

        told = nights.run()
        nights.finish()

        assert told.records == 6
        assert_all_answered(world, keys)

    def test_that_cannot_find_its_model_says_so(
        self, world: World, nights: Nights, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def describe_endpoint(EndpointName: str) -> None:
            raise refusal("AccessDeniedException", EndpointName)

        fill(world, 1)
        monkeypatch.setattr(nights.sagemaker, "describe_endpoint", describe_endpoint)

        with pytest.raises(TransformError, match="looking for the live endpoint's model"):
            nights.run()


class TestKilled:
    @pytest.mark.parametrize("when", ["in the middle", "before the job", "after the job"])
    def test_a_night_is_taken_up_and_paid_once(
        self, world: World, nights: Nights, monkeypatch: pytest.MonkeyPatch, when: str
    ) -> None:
        world.configure({"SHARD_RECORDS": "5"})
        keys = fill(world, 6)
        with monkeypatch.context() as patch:
            kill(patch, nights, when)
            with pytest.raises(Killed):
                nights.run()

        if when == "in the middle":
            with pytest.raises(AlreadyRunningError):
                nights.run()
            nights.now += run.DEAD_AFTER_S + 1
        nights.run()
        nights.finish()

        assert len(nights.sagemaker.jobs) == 1
        assert_all_answered(world, keys)
        assert world.model.prompts == []

    def test_shards_of_a_dead_run_are_never_drafted(
        self, world: World, nights: Nights, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world.configure({"SHARD_RECORDS": "3"})
        keys = fill(world, 6)
        with monkeypatch.context() as patch:
            kill(patch, nights, "in the middle")
            with pytest.raises(Killed):
                nights.run()
        for key in keys[3:]:
            world.s3.delete_object(Bucket=LANDING, Key=key)
        nights.now += run.DEAD_AFTER_S + 1

        told = nights.run()

        source = nights.sagemaker.jobs[nights.only_job]["TransformInput"]
        uri = source["DataSource"]["S3DataSource"]["S3Uri"]
        drafted = [key for key in world.list_keys() if f"s3://{RESULTS}/{key}".startswith(uri)]
        assert told.records == 9
        assert len(drafted) == 3

    def test_a_run_that_was_taken_over_stops_before_the_job(
        self, world: World, nights: Nights, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fill(world, 3)
        real = gather.gather
        other = Nights(world, nights.sagemaker, now=nights.now + run.DEAD_AFTER_S + 1)

        def slow(*arguments: Any) -> Any:
            monkeypatch.setattr(gather, "gather", real)
            other.run()
            return real(*arguments)

        monkeypatch.setattr(gather, "gather", slow)

        with pytest.raises(AlreadyRunningError):
            nights.run()
        assert len(nights.sagemaker.jobs) == 1

    def test_a_gathered_night_is_never_gathered_anew(
        self, world: World, nights: Nights, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fill(world, 3)
        with monkeypatch.context() as patch:
            kill(patch, nights, "before the job")
            with pytest.raises(Killed):
                nights.run()
        nights.now += 86_400

        with pytest.raises(AlreadyRunningError):
            run._claim(nights.means, None)
        nights.run()

        source = nights.sagemaker.jobs[nights.only_job]["TransformInput"]
        assert "-1/in/" in source["DataSource"]["S3DataSource"]["S3Uri"]

    def test_the_end_of_a_job_that_is_not_noted_yet_waits(
        self, world: World, nights: Nights, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        keys = fill(world, 3)
        with monkeypatch.context() as patch:
            kill(patch, nights, "after the job")
            with pytest.raises(Killed):
                nights.run()
        nights.finish()
        assert len(world.given_back) == 1

        nights.run()
        world.redeliver()
        world.drain()

        assert len(nights.sagemaker.jobs) == 1
        assert_all_answered(world, keys)


def kill(patch: pytest.MonkeyPatch, nights: Nights, when: str) -> None:
    """Let the next run die there."""
    if when == "in the middle":
        real, seen = batches.write_shard, []

        def write_shard(*arguments: Any, **named: Any) -> None:
            seen.append(1)
            if len(seen) == 2:
                raise Killed
            real(*arguments, **named)

        patch.setattr(batches, "write_shard", write_shard)
        return
    make = nights.sagemaker.create_transform_job

    def create_transform_job(**request: Any) -> None:
        if when == "after the job":
            make(**request)
        raise Killed

    patch.setattr(nights.sagemaker, "create_transform_job", create_transform_job)


class TestContinuations:
    def test_go_on_where_the_time_ended(
        self, world: World, nights: Nights, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(nights, "seconds_left", lambda: 1.0)
        pages_of(monkeypatch, 2)
        keys = fill(world, 5)
        late = [world.put(f"incoming/ward/{n}.json", reports(1)) for n in range(5)]
        nights.now += 2 * 3600

        runs = 0
        told = run.run(nights.means, None)
        while told.continues:
            runs += 1
            told = run.run(nights.means, nights.handed_on.pop())
        nights.finish()

        assert runs >= 5
        assert (told.objects, told.records, told.requeued) == (5, 15, 5)
        assert len(nights.sagemaker.jobs) == 1
        for key in keys:
            assert world.result(key)["status"] == "complete"
        for landed in late:
            assert world.result(landed.key)["status"] == "complete"

    def test_go_on_in_the_middle_of_a_page(
        self, world: World, nights: Nights, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(nights, "seconds_left", lambda: 1.0)
        monkeypatch.setattr(gather, "SLICE", 2)
        keys = fill(world, 5)

        told = run.run(nights.means, None)
        gathered = [told.objects]
        while told.continues:
            told = run.run(nights.means, nights.handed_on.pop())
            gathered.append(told.objects)
        nights.finish()

        assert gathered == [2, 4, 5, 5]
        assert_all_answered(world, keys)
        assert len(nights.sagemaker.jobs) == 1

    def test_of_a_night_that_was_taken_over_stop(
        self, world: World, nights: Nights, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(nights, "seconds_left", lambda: 1.0)
        pages_of(monkeypatch, 2)
        fill(world, 4)
        run.run(nights.means, None)
        stale = nights.handed_on.pop()
        nights.now += run.DEAD_AFTER_S + 1
        run.run(nights.means, None)

        with pytest.raises(AlreadyRunningError):
            run.run(nights.means, stale)


def pages_of(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """Let S3 list so few keys a page."""
    client = aws.s3()
    real = client.get_paginator

    class Small:
        def __init__(self, name: str) -> None:
            self.real = real(name)  # type: ignore[call-overload]

        def paginate(self, **request: Any) -> Any:
            return self.real.paginate(**request, PaginationConfig={"PageSize": size})

    monkeypatch.setattr(client, "get_paginator", Small)


class TestSweep:
    def test_re_queues_what_has_no_result_and_nothing_else(
        self, world: World, nights: Nights
    ) -> None:
        world.finish("incoming/ward/done.json", reports(1))
        world.put("incoming/ward/lost.json", reports(2, 10))
        world.put("evaluation/dev/lost.json", reports(1, 20))
        world.put("incoming/ward/", b"")
        nights.now += 2 * 3600

        told = nights.run()
        world.drain()

        assert told.requeued == 2
        assert world.result("incoming/ward/lost.json")["counts"]["ok"] == 2
        assert world.result("evaluation/dev/lost.json")["status"] == "complete"
        assert nights.run().requeued == 0

    def test_leaves_alone_what_is_young_or_very_old(self, world: World, nights: Nights) -> None:
        world.put("incoming/ward/a.json", reports(1))

        young = nights.run()
        nights.now += 15 * 86_400
        old = nights.run()

        assert (young.requeued, old.requeued) == (0, 0)

    def test_re_queues_the_newer_version_behind_the_older_ones_result(
        self, world: World, nights: Nights
    ) -> None:
        key = "incoming/ward/a.json"
        first = world.put(key, reports(1))
        second = world.put(key, reports(1, 5))
        world.deliver(first.notification())
        world.drain()
        nights.now += 2 * 3600

        assert nights.run().requeued == 1
        world.drain()

        assert world.result(key)["source"]["etag"] == second.etag

    def test_re_queues_the_chunks_that_are_missing(self, world: World, nights: Nights) -> None:
        world.configure({"CHUNK_RECORDS": "2"})
        key = "incoming/ward/large.jsonl"
        world.drop(key, reports(6))
        world.invoke({"Records": [world._sqs_record(one) for one in world._receive()]})
        lost, *others = world._receive()
        world.sqs.delete_message(QueueUrl=world.queue_url, ReceiptHandle=lost["ReceiptHandle"])
        world.invoke({"Records": [world._sqs_record(one) for one in others]})
        nights.now += 2 * 3600

        told = nights.run()
        world.drain()

        assert told.requeued == 1
        assert world.result(key)["counts"] == {"records": 6, "ok": 6, "failed": 0}
        assert len(world.model.prompts) == 6

    def test_keeps_the_version_that_the_notification_would_name(
        self, world: World, nights: Nights
    ) -> None:
        landed = world.put("incoming/ward/a.json", reports(1))
        nights.now += 2 * 3600

        nights.run()
        world.drain()

        assert world.rows("files")[0]["source_version_id"] == landed.version_id


class TestLiveMode:
    def test_sends_the_nightly_lane_to_the_endpoint(self, world: World, nights: Nights) -> None:
        world.configure({"NIGHTLY_MODE": "live"})
        keys = fill(world, 3)

        told = nights.run()
        world.drain()

        assert told.requeued == 3
        assert nights.sagemaker.jobs == {}
        assert_all_answered(world, keys)

    def test_is_that_of_models_without_an_archive(self, world: World) -> None:
        world.configure({"FINE_TUNED_CODEC": "tgi-v2"})

        assert current_settings().nightly_mode == "live"

    def test_does_not_pay_again_what_a_batch_is_drafting(
        self, world: World, nights: Nights
    ) -> None:
        keys = fill(world, 3)
        nights.run()
        world.configure({"NIGHTLY_MODE": "live"})

        assert nights.run().requeued == 0
        nights.finish()

        assert_all_answered(world, keys)
        assert world.model.prompts == []


def test_no_report_text_is_logged_or_kept_in_the_record(world: World, nights: Nights) -> None:
    world.put("nightly/ward/a.json", json.dumps({"findings": "canary in the lung"}).encode())

    nights.run()
    nights.finish(lambda lines: [])

    record = world.dynamodb.get_item(TableName="progress-test", Key={"object_id": {"S": "nights"}})[
        "Item"
    ]
    assert "canary" not in json.dumps(record)
    assert "canary" not in world.logs
