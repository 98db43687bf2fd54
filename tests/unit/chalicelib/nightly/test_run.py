"""The night: once paid, whoever is killed when, and however many objects there are."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, Literal

import pytest

from chalicelib import aws
from chalicelib.errors import AlreadyRunningError, TransformError
from chalicelib.nightly import claim, gather, run, shards
from chalicelib.nightly.ledger import NightLedger
from chalicelib.settings import current_settings
from tests.account.account import Account
from tests.account.model import draft_for
from tests.account.settings import LANDING, RESULTS
from tests.nights import Killed, Nights, refusal, reports
from tests.operators import operate_on


def book(nights: Nights) -> NightLedger:
    return nights.context.ledger


def fill(account: Account, files: int, each: int = 3) -> list[str]:
    keys = [f"nightly/ward/{number:04d}.jsonl" for number in range(files)]
    for number, key in enumerate(keys):
        account.put(key, reports(each, number * each))
    return keys


def assert_all_answered(account: Account, keys: list[str], each: int = 3) -> None:
    for number, key in enumerate(keys):
        drafts = [one["impression"] for one in account.entries(key)]
        start = number * each
        assert drafts == [draft_for(f"Findings {n}.") for n in range(start, start + each)]
    counted = Counter(row["run_id"] for row in account.rows("impressions"))
    assert set(counted.values()) == {each}
    assert len(counted) == len(keys)


class TestBatch:
    def test_is_one_job_whose_drafts_answer_every_file(
        self, account: Account, nights: Nights
    ) -> None:
        keys = fill(account, 5)

        told = nights.run()
        nights.finish()

        assert (told.objects, told.records, told.requeued) == (5, 15, 0)
        assert_all_answered(account, keys)
        assert account.model.prompts == []
        row = account.rows("impressions")[0]
        assert (row["lane"], row["latency_ms"], row["call_records"]) == ("nightly", 90_000.0, 15)

    def test_writes_bounded_shards_and_no_unit_lies_in_two(
        self, account: Account, nights: Nights
    ) -> None:
        account.configure({"CHUNK_RECORDS": "2", "SHARD_RECORDS": "3"})
        key = "nightly/ward/large.jsonl"
        account.put(key, reports(7))

        nights.run()

        shards = [name for name in account.list_keys() if "/in/" in name]
        sizes = [len(account.read(name).splitlines()) for name in shards]
        assert sizes == [2, 2, 3]
        nights.finish()
        assert_all_answered(account, [key], 7)
        assert len(account.result(key)["parts"]) == 4

    def test_of_a_night_that_ran_twice_is_paid_once(self, account: Account, nights: Nights) -> None:
        keys = fill(account, 4)
        nights.run()
        nights.run()
        nights.now += 86_400
        second = nights.run()

        assert second.job is None
        nights.finish()
        nights.run()
        nights.tell(nights.only_job)

        assert len(nights.sagemaker.jobs) == 1
        assert_all_answered(account, keys)
        assert book(nights).read().nights == ()

    def test_takes_only_what_came_since(self, account: Account, nights: Nights) -> None:
        fill(account, 2)
        nights.run()
        account.put("nightly/ward/late.jsonl", reports(1, 100))
        nights.now += 86_400

        told = nights.run()

        assert (told.objects, told.records) == (1, 1)
        assert len(nights.sagemaker.jobs) == 2

    def test_takes_a_file_that_came_with_other_content(
        self, account: Account, nights: Nights
    ) -> None:
        key = "nightly/ward/a.jsonl"
        account.put(key, reports(3))
        nights.run()
        nights.finish()
        account.put(key, reports(3, 50))

        told = nights.run()

        assert told.records == 3

    def test_leaves_files_that_need_no_model_to_the_usual_way(
        self, account: Account, nights: Nights
    ) -> None:
        account.put("nightly/ward/empty", b"")
        account.put("nightly/ward/none.json", b"[]")
        account.put("nightly/ward/picture.png", b"\x89PNG\r\n")

        told = nights.run()
        account.drain()

        assert told.job is None
        assert nights.sagemaker.jobs == {}
        statuses = [
            account.result(f"nightly/ward/{name}")["status"] for name in ("empty", "none.json")
        ]
        assert statuses == ["failed", "complete"]
        assert {row["error_type"] for row in account.rows("failures")} == {"Empty", "UnknownFormat"}
        assert book(nights).read().nights == ()

    def test_joins_by_other_chunks_than_it_gathered(self, account: Account, nights: Nights) -> None:
        key = "nightly/ward/a.jsonl"
        account.put(key, reports(6))
        nights.run()
        account.configure({"CHUNK_RECORDS": "4"})

        nights.finish()

        assert_all_answered(account, [key], 6)
        assert account.model.prompts == []

    def test_that_sagemaker_refuses_is_started_by_the_next_run(
        self, account: Account, nights: Nights
    ) -> None:
        keys = fill(account, 2)
        nights.sagemaker.refuses = "ResourceLimitExceeded"
        with pytest.raises(TransformError, match="ResourceLimitExceeded"):
            nights.run()
        nights.sagemaker.refuses = ""

        told = nights.run()
        nights.finish()

        assert told.records == 6
        assert_all_answered(account, keys)

    def test_that_cannot_find_its_model_says_so(
        self, account: Account, nights: Nights, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def describe_endpoint(EndpointName: str) -> None:
            raise refusal("AccessDeniedException", EndpointName, "DescribeEndpoint")

        fill(account, 1)
        monkeypatch.setattr(nights.sagemaker, "describe_endpoint", describe_endpoint)

        with pytest.raises(TransformError, match="DescribeEndpoint is denied"):
            nights.run()


def test_a_large_file_whose_re_run_was_lost_is_drafted_by_the_night(
    account: Account, nights: Nights
) -> None:
    # Its plan has the token of the re-run, and units without it would be ignored as superseded.
    account.configure({"CHUNK_RECORDS": "2"})
    key = "nightly/ward/a.jsonl"
    account.put(key, reports(6))
    operate_on("rerun", key=key, token="t1")
    event = {"Records": [account._sqs_record(one) for one in account._receive()]}
    account.invoke(event)
    account.sqs.purge_queue(QueueUrl=account.queue_url)

    nights.run()
    nights.finish()

    assert_all_answered(account, [key], each=6)
    nights.run()
    assert nights.context.ledger.read().nights == ()


class TestKilled:
    @pytest.mark.parametrize("when", ["in the middle", "before the job", "after the job"])
    def test_a_night_is_taken_up_and_paid_once(
        self, account: Account, nights: Nights, monkeypatch: pytest.MonkeyPatch, when: str
    ) -> None:
        account.configure({"SHARD_RECORDS": "5"})
        keys = fill(account, 6)
        with monkeypatch.context() as patch:
            kill(patch, nights, when)
            with pytest.raises(Killed):
                nights.run()

        if when == "in the middle":
            with pytest.raises(AlreadyRunningError):
                nights.run()
            nights.now += claim.DEAD_AFTER_S + 1
        nights.run()
        nights.finish()

        assert len(nights.sagemaker.jobs) == 1
        assert_all_answered(account, keys)
        assert account.model.prompts == []

    def test_the_same_invocation_repeated_by_lambda_takes_its_night_up_at_once(
        self, account: Account, nights: Nights, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # Lambda repeats a failed invocation after a minute, under the same request id: sooner than
        # the run counts as dead. Answered as "running", the night would be over, as a success.
        account.configure({"SHARD_RECORDS": "5"})
        nights.owner = "request-1"
        keys = fill(account, 6)
        with monkeypatch.context() as patch:
            kill(patch, nights, "in the middle")
            with pytest.raises(Killed):
                nights.run()
        nights.now += 60

        other = Nights(account, nights.sagemaker, now=nights.now, owner="request-2")
        with pytest.raises(AlreadyRunningError):
            other.run()
        nights.run()
        nights.finish()

        assert len(nights.sagemaker.jobs) == 1
        assert_all_answered(account, keys)

    def test_shards_of_a_dead_run_are_never_drafted(
        self, account: Account, nights: Nights, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        account.configure({"SHARD_RECORDS": "3"})
        keys = fill(account, 6)
        with monkeypatch.context() as patch:
            kill(patch, nights, "in the middle")
            with pytest.raises(Killed):
                nights.run()
        for key in keys[3:]:
            account.s3.delete_object(Bucket=LANDING, Key=key)
        nights.now += claim.DEAD_AFTER_S + 1

        told = nights.run()

        source = nights.sagemaker.jobs[nights.only_job]["TransformInput"]
        uri = source["DataSource"]["S3DataSource"]["S3Uri"]
        drafted = [key for key in account.list_keys() if f"s3://{RESULTS}/{key}".startswith(uri)]
        assert told.records == 9
        assert len(drafted) == 3

    def test_a_run_that_was_taken_over_stops_before_the_job(
        self, account: Account, nights: Nights, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fill(account, 3)
        real = gather.gather
        other = Nights(account, nights.sagemaker, now=nights.now + claim.DEAD_AFTER_S + 1)

        def slow(*arguments: Any) -> Any:
            monkeypatch.setattr(gather, "gather", real)
            other.run()
            return real(*arguments)

        monkeypatch.setattr(gather, "gather", slow)

        with pytest.raises(AlreadyRunningError):
            nights.run()
        assert len(nights.sagemaker.jobs) == 1

    def test_a_gathered_night_is_never_gathered_anew(
        self, account: Account, nights: Nights, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fill(account, 3)
        with monkeypatch.context() as patch:
            kill(patch, nights, "before the job")
            with pytest.raises(Killed):
                nights.run()
        nights.now += 86_400

        with pytest.raises(AlreadyRunningError):
            claim.claim(nights.context, None)
        nights.run()

        source = nights.sagemaker.jobs[nights.only_job]["TransformInput"]
        assert "-1/in/" in source["DataSource"]["S3DataSource"]["S3Uri"]


def kill(patch: pytest.MonkeyPatch, nights: Nights, when: str) -> None:
    """Let the next run die there."""
    if when == "in the middle":
        real, seen = shards.write_shard, []

        def write_shard(*arguments: Any, **named: Any) -> None:
            seen.append(1)
            if len(seen) == 2:
                raise Killed
            real(*arguments, **named)

        patch.setattr(shards, "write_shard", write_shard)
        return
    make = nights.sagemaker.create_transform_job

    def create_transform_job(**request: Any) -> None:
        if when == "after the job":
            make(**request)
        raise Killed

    patch.setattr(nights.sagemaker, "create_transform_job", create_transform_job)


class TestContinuations:
    def test_go_on_where_the_time_ended(
        self, account: Account, nights: Nights, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(nights, "seconds_left", lambda: 1.0)
        pages_of(monkeypatch, 2)
        keys = fill(account, 5)
        late = [account.put(f"incoming/ward/{n}.json", reports(1)) for n in range(5)]
        nights.now += 2 * 3600

        runs = 0
        told = run.run(nights.context, None)
        while told.continues:
            runs += 1
            told = run.run(nights.context, nights.handed_on.pop())
        nights.finish()

        assert runs >= 5
        assert (told.objects, told.records, told.requeued) == (5, 15, 5)
        assert len(nights.sagemaker.jobs) == 1
        for key in keys:
            assert account.result(key)["status"] == "complete"
        for landed in late:
            assert account.result(landed.key)["status"] == "complete"

    def test_go_on_in_the_middle_of_a_page(
        self, account: Account, nights: Nights, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(nights, "seconds_left", lambda: 1.0)
        monkeypatch.setattr(gather, "SLICE", 2)
        keys = fill(account, 5)

        told = run.run(nights.context, None)
        gathered = [told.objects]
        while told.continues:
            told = run.run(nights.context, nights.handed_on.pop())
            gathered.append(told.objects)
        nights.finish()

        assert gathered == [2, 4, 5, 5]
        assert_all_answered(account, keys)
        assert len(nights.sagemaker.jobs) == 1

    def test_of_a_night_that_was_taken_over_stop(
        self, account: Account, nights: Nights, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(nights, "seconds_left", lambda: 1.0)
        pages_of(monkeypatch, 2)
        fill(account, 4)
        run.run(nights.context, None)
        stale = nights.handed_on.pop()
        nights.now += claim.DEAD_AFTER_S + 1
        run.run(nights.context, None)

        with pytest.raises(AlreadyRunningError):
            run.run(nights.context, stale)


def pages_of(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """Let S3 list so few keys a page."""
    client = aws.s3()
    real = client.get_paginator

    class Small:
        def __init__(self, name: Literal["list_objects_v2"]) -> None:
            self.real = real(name)

        def paginate(self, **request: Any) -> Any:
            return self.real.paginate(**request, PaginationConfig={"PageSize": size})

    monkeypatch.setattr(client, "get_paginator", Small)


class TestSweep:
    def test_re_queues_what_has_no_result_and_nothing_else(
        self, account: Account, nights: Nights
    ) -> None:
        account.finish("incoming/ward/done.json", reports(1))
        account.put("incoming/ward/lost.json", reports(2, 10))
        account.put("evaluation/dev/lost.json", reports(1, 20))
        account.put("incoming/ward/", b"")
        nights.now += 2 * 3600

        told = nights.run()
        account.drain()

        assert told.requeued == 2
        assert account.result("incoming/ward/lost.json")["counts"]["ok"] == 2
        assert account.result("evaluation/dev/lost.json")["status"] == "complete"
        assert nights.run().requeued == 0

    def test_leaves_alone_what_is_young_or_very_old(self, account: Account, nights: Nights) -> None:
        account.put("incoming/ward/a.json", reports(1))

        young = nights.run()
        nights.now += 15 * 86_400
        old = nights.run()

        assert (young.requeued, old.requeued) == (0, 0)

    def test_re_queues_the_newer_version_behind_the_older_ones_result(
        self, account: Account, nights: Nights
    ) -> None:
        key = "incoming/ward/a.json"
        first = account.put(key, reports(1))
        second = account.put(key, reports(1, 5))
        account.deliver(first.notification())
        account.drain()
        nights.now += 2 * 3600

        assert nights.run().requeued == 1
        account.drain()

        assert account.result(key)["source"]["etag"] == second.etag

    def test_re_queues_the_chunks_that_are_missing(self, account: Account, nights: Nights) -> None:
        account.configure({"CHUNK_RECORDS": "2"})
        key = "incoming/ward/large.jsonl"
        account.drop(key, reports(6))
        account.invoke({"Records": [account._sqs_record(one) for one in account._receive()]})
        lost, *others = account._receive()
        account.sqs.delete_message(QueueUrl=account.queue_url, ReceiptHandle=lost["ReceiptHandle"])
        account.invoke({"Records": [account._sqs_record(one) for one in others]})
        nights.now += 2 * 3600

        told = nights.run()
        account.drain()

        assert told.requeued == 1
        assert account.result(key)["counts"] == {"records": 6, "ok": 6, "failed": 0}
        assert len(account.model.prompts) == 6

    def test_keeps_the_version_that_the_notification_would_name(
        self, account: Account, nights: Nights
    ) -> None:
        landed = account.put("incoming/ward/a.json", reports(1))
        nights.now += 2 * 3600

        nights.run()
        account.drain()

        assert account.rows("files")[0]["source_version_id"] == landed.version_id


class TestLiveMode:
    def test_sends_the_nightly_lane_to_the_endpoint(self, account: Account, nights: Nights) -> None:
        account.configure({"NIGHTLY_MODE": "live"})
        keys = fill(account, 3)

        told = nights.run()
        account.drain()

        assert told.requeued == 3
        assert nights.sagemaker.jobs == {}
        assert_all_answered(account, keys)

    def test_is_that_of_models_without_an_archive(self, account: Account) -> None:
        account.configure({"FINE_TUNED_CODEC": "tgi-v2"})

        assert current_settings().nightly_mode == "live"

    def test_does_not_pay_again_what_a_batch_is_drafting(
        self, account: Account, nights: Nights
    ) -> None:
        keys = fill(account, 3)
        nights.run()
        account.configure({"NIGHTLY_MODE": "live"})

        assert nights.run().requeued == 0
        nights.finish()

        assert_all_answered(account, keys)
        assert account.model.prompts == []


def test_no_report_text_is_logged_or_kept_in_the_record(account: Account, nights: Nights) -> None:
    account.put("nightly/ward/a.json", json.dumps({"findings": "canary in the lung"}).encode())

    nights.run()
    nights.finish(lambda lines: [])

    record = account.dynamodb.get_item(
        TableName="progress-test", Key={"object_id": {"S": "nights"}}
    )["Item"]
    assert "canary" not in json.dumps(record)
    assert "canary" not in account.logs
