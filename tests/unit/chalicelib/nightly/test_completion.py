"""What follows when a night's job has ended, whoever tells of it and how often."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from chalicelib.drafting import batch_drafts
from chalicelib.drafting.batch_drafts import BatchMetadata
from chalicelib.errors import ConflictError, TransformError
from chalicelib.nightly import completion
from chalicelib.nightly.ledger import NightlyBatch
from chalicelib.queue import wire
from chalicelib.queue.messages import ShardReady, WorkItem, read_message
from chalicelib.settings import current_settings
from tests.account.account import Account
from tests.nights import BEGAN, Killed, Nights, reports

KEYS = ("nightly/ward/a.jsonl", "nightly/ward/b.jsonl")


@pytest.fixture
def job(account: Account, nights: Nights) -> str:
    """A job that drafts two files, each in a shard of its own."""
    account.configure({"SHARD_RECORDS": "3"})
    for number, key in enumerate(KEYS):
        account.put(key, reports(3, 3 * number))
    nights.run()
    return nights.only_job


def night_of(nights: Nights) -> NightlyBatch | None:
    """The only night of the record, or None once it is over."""
    return next(iter(nights.context.ledger.read().nights), None)


def waiting(account: Account) -> list[Any]:
    """What lies in the queue; it is taken out."""
    found = []
    while messages := account._receive():
        for one in messages:
            found += read_message(one["Body"], BEGAN)
            account.sqs.delete_message(
                QueueUrl=account.queue_url, ReceiptHandle=one["ReceiptHandle"]
            )
    return found


@pytest.mark.parametrize("status", ["InProgress", "Stopping"])
def test_a_job_that_is_under_way_is_left_alone(
    account: Account, nights: Nights, job: str, status: str
) -> None:
    nights.sagemaker.jobs[job]["TransformJobStatus"] = status
    before = night_of(nights)

    nights.tell(job)

    assert night_of(nights) == before
    assert account.given_back == []
    assert account.waiting() == 0


def test_the_job_of_somebody_else_is_left_alone(account: Account, nights: Nights, job: str) -> None:
    nights.sagemaker.jobs["somebody-else"] = {"TransformJobStatus": "Failed"}

    nights.tell("somebody-else")

    assert night_of(nights) is not None
    assert account.given_back == []
    assert "NightlyFailed" not in account.logs


@pytest.mark.parametrize("status", ["Failed", "Stopped", "gone"])
def test_a_job_that_came_to_nothing_frees_its_files(
    account: Account, nights: Nights, job: str, status: str
) -> None:
    if status == "gone":
        del nights.sagemaker.jobs[job]
    else:
        nights.sagemaker.end(job, status)

    with account._listening():
        completion.settle(nights.context, job)

    assert night_of(nights) is None
    assert waiting(account) == []
    assert f'"status":"{status}"' in account.logs


def test_the_end_of_a_job_that_is_not_noted_yet_waits(
    account: Account, nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = nights.sagemaker.create_transform_job

    def create_transform_job(**request: Any) -> None:
        make(**request)
        raise Killed

    account.put(KEYS[0], reports(3))
    with monkeypatch.context() as patch:
        patch.setattr(nights.sagemaker, "create_transform_job", create_transform_job)
        with pytest.raises(Killed):
            nights.run()
    nights.sagemaker.complete(nights.only_job)

    with pytest.raises(ConflictError, match="try again"):
        completion.settle(nights.context, nights.only_job)
    nights.tell(nights.only_job)
    given_back = len(account.given_back)
    nights.run()
    account.redeliver()
    account.drain()

    assert given_back == 1
    assert len(nights.sagemaker.jobs) == 1
    assert account.result(KEYS[0])["status"] == "complete"


class TestCompleted:
    def test_sends_a_message_for_each_shard_and_says_who_drafted(
        self, account: Account, nights: Nights, job: str
    ) -> None:
        nights.sagemaker.complete(job)

        completion.settle(nights.context, job)

        night = night_of(nights)
        assert night is not None
        assert night.ended
        assert sorted(waiting(account), key=lambda one: one.shard) == [
            ShardReady(night.folder, 0),
            ShardReady(night.folder, 1),
        ]
        written = account.read(batch_drafts.metadata_key(night.folder))
        # No endpoint drafted, and none is to be blamed or paid for it.
        model = msgspec.structs.replace(current_settings().live_model, endpoint_name="")
        assert msgspec.json.decode(written, type=BatchMetadata) == BatchMetadata(model, 90.0, 6)

    def test_says_who_drafted_though_another_model_is_live_by_then(
        self, account: Account, nights: Nights, job: str
    ) -> None:
        nights.sagemaker.complete(job)
        account.configure({"FINE_TUNED_MODEL_VERSION": "2"})

        nights.tell(job)

        assert {row["model_version"] for row in account.rows("impressions")} == {"1"}

    def test_seen_again_sends_what_has_no_result_yet(
        self, account: Account, nights: Nights, job: str
    ) -> None:
        nights.sagemaker.complete(job)
        completion.settle(nights.context, job)
        one, _ = waiting(account)
        account.deliver(wire.encode(one).decode())
        account.drain()
        answered = [key for key in KEYS if f"results/{key}.json" in account.list_keys()]

        completion.settle(nights.context, job)

        units = waiting(account)
        assert len(answered) == 1
        assert [unit.ref.key for unit in units] == [key for key in KEYS if key not in answered]
        assert night_of(nights) is not None

    def test_with_a_result_for_every_file_is_over(
        self, account: Account, nights: Nights, job: str
    ) -> None:
        nights.sagemaker.complete(job)
        nights.tell(job)

        completion.settle(nights.context, job)

        assert night_of(nights) is None
        assert waiting(account) == []

    def test_is_not_over_while_there_was_no_time_to_look(
        self, account: Account, nights: Nights, job: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        nights.sagemaker.complete(job)
        nights.tell(job)
        monkeypatch.setattr(nights, "seconds_left", lambda: 1.0)

        completion.settle(nights.context, job)

        assert night_of(nights) is not None

    def test_told_twice_before_any_file_is_answered_is_paid_and_answered_once(
        self, account: Account, nights: Nights, job: str
    ) -> None:
        nights.sagemaker.complete(job)

        completion.settle(nights.context, job)
        completion.settle(nights.context, job)
        account.drain()

        assert account.given_back == []
        assert len(account.rows("impressions")) == 6
        assert account.model.prompts == []


class TestShard:
    def test_sends_its_units_each_with_its_drafts(
        self, account: Account, nights: Nights, job: str
    ) -> None:
        nights.sagemaker.complete(job)
        night = night_of(nights)
        assert night is not None

        completion.send_shard(nights.context, ShardReady(night.folder, 1))

        (unit,) = waiting(account)
        assert isinstance(unit, WorkItem)
        assert (unit.ref.key, unit.batch_folder) == (KEYS[1], night.folder)
        assert unit.drafts == f"{night.folder}/out/00001.jsonl.out"

    def test_of_a_folder_that_is_none_is_given_back(self, account: Account, nights: Nights) -> None:
        with pytest.raises(TransformError):
            completion.send_shard(nights.context, ShardReady("results", 0))

        account.deliver('{"batch_folder": "results", "shard": 0}')
        account.drain()

        assert len(account.given_back) == 1
