"""What operators ask and order."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.errors import RequestError
from tests.account.account import Account
from tests.account.faults import lose_responses
from tests.account.model import draft_for
from tests.nights import Nights, reports
from tests.operators import operate_on

KEY = "incoming/ward/a.jsonl"


class TestFile:
    def test_that_is_answered_has_the_state_of_its_result(self, account: Account) -> None:
        account.finish(KEY, b'{"findings": "Clear."}\n{"findings": ""}')

        told = operate_on("file", key=KEY)

        assert (told["state"], told["result"]) == ("partial", f"results/{KEY}.json")
        assert told["counts"] == {"records": 2, "ok": 1, "failed": 1}

    def test_that_waits(self, account: Account) -> None:
        account.drop(KEY, reports(1))

        assert operate_on("file", key=KEY)["state"] == "waiting"

    def test_that_is_answered_in_an_older_version_waits(self, account: Account) -> None:
        account.finish(KEY, reports(1))
        account.put(KEY, reports(2))

        assert operate_on("file", key=KEY)["state"] == "waiting"

    def test_that_is_in_work_tells_its_chunks(self, account: Account) -> None:
        account.configure({"CHUNK_RECORDS": "2"})
        account.drop(KEY, reports(6))
        account.invoke({"Records": [account._sqs_record(one) for one in account._receive()]})
        account.invoke({"Records": [account._sqs_record(one) for one in account._receive()[:2]]})

        told = operate_on("file", key=KEY)

        assert (told["state"], told["chunks"], told["chunks_done"]) == ("in work", 3, 2)

    def test_that_a_batch_drafts_names_the_job(self, account: Account, nights: Nights) -> None:
        account.put("nightly/ward/a.jsonl", reports(1))
        nights.run()

        told = operate_on("file", key="nightly/ward/a.jsonl")

        assert (told["state"], told["job"]) == ("in batch", nights.only_job)

    def test_of_an_earlier_release_is_answered_all_the_same(self, account: Account) -> None:
        landed = account.drop(KEY, reports(1))
        account.drain()
        ref_key = f"results/{KEY}.json"
        document = account.read(ref_key)
        account.s3.put_object(
            Bucket="results-test", Key=ref_key, Body=document, Metadata={"source-etag": landed.etag}
        )

        assert operate_on("file", key=KEY)["state"] == "complete"
        assert operate_on("counts")["files"] == {"answered": 1}


class TestCounts:
    def test_by_state_queue_and_night(self, account: Account, nights: Nights) -> None:
        account.finish(KEY, reports(1))
        account.finish("incoming/ward/bad.json", b"")
        account.drop("evaluation/dev/a.json", reports(1))
        account.put("nightly/ward/a.jsonl", reports(4))
        nights.run()

        told = operate_on("counts")

        assert told["files"] == {"complete": 1, "failed": 1, "waiting": 2}
        assert told["queue"] == {"waiting": 1, "in_work": 0}
        assert told["dead_letters"] == 0
        (night,) = told["nights"]
        assert (night["state"], night["objects"], night["records"]) == ("submitted", 1, 4)
        assert "next" not in told

    def test_of_a_prefix(self, account: Account) -> None:
        account.finish(KEY, reports(1))
        account.finish("incoming/other/a.json", reports(1))

        assert operate_on("counts", prefix="incoming/ward/")["files"] == {"complete": 1}

    def test_that_take_longer_than_there_is_time_go_on(self, account: Account) -> None:
        account.finish(KEY, reports(1))
        account.finish("nightly/ward/a.json", reports(1))

        first = operate_on("counts", seconds_left=1.0)
        second = operate_on("counts", after=first["next"])

        assert (first["files"], second["files"]) == ({"complete": 1}, {"complete": 1})


class TestRedrive:
    def test_tells_of_dead_letters_that_an_interrupted_one_hides(self, account: Account) -> None:
        account.sqs.send_message(QueueUrl=account.dead_letter_url, MessageBody="{}")
        lost = lose_responses(account, "sqs", "ReceiveMessage")

        told = operate_on("redrive")

        assert len(lost) == 1
        assert told == {"redriven": 0, "left": 1}
        assert operate_on("counts")["dead_letters"] == 1


class TestRerun:
    def test_of_a_prefix_drafts_all_below_it_anew(self, account: Account) -> None:
        account.finish(KEY, reports(1))
        account.finish("incoming/ward/b.json", reports(1, 1))
        account.finish("incoming/other/c.json", reports(1, 2))
        account.model.write = lambda _: "Another draft."

        told = operate_on("rerun", prefix="incoming/ward/")
        account.drain()

        assert told["rerun"] == 2
        assert account.result(KEY)["impressions"][0]["impression"] == "Another draft."
        other = account.result("incoming/other/c.json")["impressions"][0]["impression"]
        assert other == draft_for("Findings 2.")

    def test_takes_back_the_failures_of_the_run_before(self, account: Account) -> None:
        account.trouble_endpoint(lambda *_: (424, "ModelError"))
        account.finish(KEY, reports(1))
        assert len(account.rows("failures")) == 1
        account.renew_client("sagemaker_runtime")

        operate_on("rerun", key=KEY)
        account.drain()

        assert account.rows("failures") == []
        assert account.result(KEY)["status"] == "complete"

    def test_twice_at_once_ends_in_one_result(self, account: Account) -> None:
        account.configure({"CHUNK_RECORDS": "2"})
        account.finish(KEY, reports(5))

        operate_on("rerun", key=KEY, token="one")
        operate_on("rerun", key=KEY, token="two")
        account.drain()
        while account.given_back:
            account.redeliver()
            account.drain()

        assert account.result(KEY)["counts"] == {"records": 5, "ok": 5, "failed": 0}
        assert len(account.rows("impressions")) == 5

    def test_of_a_nightly_file_does_not_wait_for_the_night(self, account: Account) -> None:
        account.put("nightly/ward/a.json", reports(1))

        operate_on("rerun", key="nightly/ward/a.json")
        account.drain()

        assert account.result("nightly/ward/a.json")["status"] == "complete"


@pytest.mark.parametrize(
    ("ask", "problem"),
    [
        ({"action": "fly"}, "Invalid enum value"),
        ({"action": "file", "kez": "x"}, "unknown field"),
        ({"action": "file"}, "must be an object in"),
        ({"action": "file", "key": "results/a"}, "must be an object in"),
        ({"action": "file", "key": "incoming/nix"}, "no such object"),
        ({"action": "file", "key": "incoming/\ud800"}, "not valid Unicode"),
        ({"action": "\ud800"}, "not valid Unicode"),
        ({"action": "rerun"}, "either key or prefix"),
        ({"action": "rerun", "key": "incoming/a", "prefix": "incoming/"}, "either key or prefix"),
        ({"action": "rerun", "key": "incoming/nix"}, "no such object"),
        ({"action": "rerun", "prefix": "lake/"}, "must begin with"),
        ({"action": "rerun", "prefix": "incoming/", "token": "a b"}, "token"),
        ({"action": "counts", "prefix": "results/"}, "must begin with"),
    ],
)
def test_a_wrong_request_says_what_is_wrong(
    account: Account, ask: dict[str, Any], problem: str
) -> None:
    del account
    with pytest.raises(RequestError, match=problem):
        operate_on(ask.pop("action"), **ask)


def test_no_answer_holds_report_text(account: Account) -> None:
    account.finish(KEY, json.dumps({"findings": "canary in the lung"}).encode())

    told = [operate_on("file", key=KEY), operate_on("counts"), operate_on("rerun", key=KEY)]

    assert "canary" not in json.dumps(told)
