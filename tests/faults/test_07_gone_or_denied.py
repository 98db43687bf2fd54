"""The object is gone, or reading it is denied.

Injected: An object, its version or its bucket that is deleted before or after the file was split; a
delete marker; a 403 that persists; content that was replaced before it was read.
Asserted: One failure row with the reason, or one for each record of a chunk, and the message is not
retried for ever. A version that still exists is read behind a delete marker.
"""

from __future__ import annotations

import json

import pytest

from tests.account.account import Account
from tests.account.settings import LANDING
from tests.account.texts import json_lines

KEY = "incoming/ward/a.json"
RECORD = json_lines({"report_id": "a", "findings": "Clear lungs."})


def assert_one_failure(account: Account, reason: str) -> None:
    row = account.only_failure()
    assert (row["error_type"], row["stage"], row["record_index"]) == (reason, "read", None)
    assert row["source_key"] == KEY
    assert account.result(KEY)["status"] == "failed"
    assert account.result(KEY)["counts"] == {"records": 1, "ok": 0, "failed": 1}
    (file_row,) = account.rows("files")
    assert (file_row["status"], file_row["records_failed"]) == ("failed", 1)
    assert account.given_back == []
    assert account.waiting() == 0
    assert account.model.prompts == []


@pytest.mark.parametrize("versioned", [True, False])
def test_07_object_gone(account: Account, versioned: bool) -> None:  # noqa: FBT001  # a case
    landed = account.put(KEY, RECORD)
    account.s3.delete_object(Bucket=LANDING, Key=KEY, VersionId=landed.version_id)

    account.deliver(landed.notification(versioned=versioned))
    account.drain()

    assert_one_failure(account, "ObjectGone")


def test_07_object_behind_a_delete_marker_is_gone_where_no_version_is_named(
    account: Account,
) -> None:
    landed = account.put(KEY, RECORD)
    account.s3.delete_object(Bucket=LANDING, Key=KEY)

    account.deliver(landed.notification(versioned=False))
    account.drain()

    assert_one_failure(account, "ObjectGone")


def test_07_named_version_is_read_behind_a_delete_marker(account: Account) -> None:
    landed = account.put(KEY, RECORD)
    account.s3.delete_object(Bucket=LANDING, Key=KEY)

    account.deliver(landed.notification())
    account.drain()

    assert account.result(KEY)["status"] == "complete"


def test_07_bucket_gone(account: Account) -> None:
    message = {"bucket": "no-such-bucket", "key": KEY, "etag": "0" * 32}

    account.deliver(json.dumps(message))
    account.drain()

    assert_one_failure(account, "ObjectGone")


@pytest.mark.parametrize("code", ["AccessDenied", "InvalidObjectState"])
def test_07_reading_denied(account: Account, code: str) -> None:
    account.refuse("s3", "GetObject", 403, code)

    account.drop(KEY, RECORD)
    for _ in range(2):
        account.drain()
        assert len(account.given_back) == 1
        account.redeliver()
    account.drain()

    assert_one_failure(account, "ObjectDenied")
    assert "s3:GetObject" in account.only_failure()["error_message"]


def test_07_content_replaced_before_it_was_read_is_no_result_of_the_old(account: Account) -> None:
    old = account.put(KEY, RECORD)
    new = account.put(KEY, json_lines({"findings": "New."}))

    account.deliver(old.notification(versioned=False), new.notification(versioned=False))
    account.drain()

    assert account.only_failure()["error_type"] == "ObjectReplaced"
    assert account.only_failure()["source_etag"] == old.etag
    assert account.result(KEY)["source"]["etag"] == new.etag
    assert account.result(KEY)["status"] == "complete"


def test_07_object_that_vanishes_after_it_was_cut_fails_each_record(account: Account) -> None:
    account.configure({"CHUNK_RECORDS": "2"})
    landed = account.put(KEY, json_lines(*({"findings": f"Findings {n}."} for n in range(5))))
    account.deliver(landed.notification())
    event = {"Records": [account._sqs_record(message) for message in account._receive()]}

    account.invoke(event)
    account.s3.delete_object(Bucket=LANDING, Key=KEY, VersionId=landed.version_id)
    account.drain()

    failures = account.rows("failures")
    assert [row["record_index"] for row in failures] == [0, 1, 2, 3, 4]
    assert account.result(KEY)["counts"] == {"records": 5, "ok": 0, "failed": 5}
    assert all("deleted" in row["error_message"] for row in failures)
