from __future__ import annotations

import json

import pytest

from tests.worlds import LANDING, World, json_lines

KEY = "incoming/ward/a.json"
RECORD = json_lines({"report_id": "a", "findings": "Clear lungs."})


def assert_one_failure(world: World, reason: str) -> None:
    row = world.only_failure()
    assert (row["error_type"], row["stage"], row["record_index"]) == (reason, "read", None)
    assert row["source_key"] == KEY
    assert world.result(KEY)["status"] == "failed"
    assert world.result(KEY)["counts"] == {"records": 1, "ok": 0, "failed": 1}
    (file_row,) = world.rows("files")
    assert (file_row["status"], file_row["records_failed"]) == ("failed", 1)
    assert world.given_back == []
    assert world.waiting() == 0
    assert world.model.prompts == []


@pytest.mark.parametrize("versioned", [True, False])
def test_07_object_gone(world: World, versioned: bool) -> None:  # noqa: FBT001 - a case
    landed = world.put(KEY, RECORD)
    world.s3.delete_object(Bucket=LANDING, Key=KEY, VersionId=landed.version_id)

    world.deliver(landed.notification(versioned=versioned))
    world.drain()

    assert_one_failure(world, "ObjectGone")


def test_07_object_behind_a_delete_marker_is_gone_where_no_version_is_named(world: World) -> None:
    landed = world.put(KEY, RECORD)
    world.s3.delete_object(Bucket=LANDING, Key=KEY)

    world.deliver(landed.notification(versioned=False))
    world.drain()

    assert_one_failure(world, "ObjectGone")


def test_07_named_version_is_read_behind_a_delete_marker(world: World) -> None:
    landed = world.put(KEY, RECORD)
    world.s3.delete_object(Bucket=LANDING, Key=KEY)

    world.deliver(landed.notification())
    world.drain()

    assert world.result(KEY)["status"] == "complete"


def test_07_bucket_gone(world: World) -> None:
    message = {"bucket": "no-such-bucket", "key": KEY, "etag": "0" * 32}

    world.deliver(json.dumps(message))
    world.drain()

    assert_one_failure(world, "ObjectGone")


@pytest.mark.parametrize("code", ["AccessDenied", "InvalidObjectState"])
def test_07_reading_denied(world: World, code: str) -> None:
    world.refuse("s3", "GetObject", 403, code)

    world.drop(KEY, RECORD)
    world.drain()

    assert_one_failure(world, "ObjectDenied")
    assert "s3:GetObject" in world.only_failure()["error_message"]


def test_07_content_replaced_before_it_was_read_is_no_result_of_the_old(world: World) -> None:
    old = world.put(KEY, RECORD)
    new = world.put(KEY, json_lines({"findings": "New."}))

    world.deliver(old.notification(versioned=False), new.notification(versioned=False))
    world.drain()

    assert world.only_failure()["error_type"] == "ObjectReplaced"
    assert world.only_failure()["source_etag"] == old.etag
    assert world.result(KEY)["source"]["etag"] == new.etag
    assert world.result(KEY)["status"] == "complete"


def test_07_object_that_vanishes_after_it_was_cut_fails_each_record(world: World) -> None:
    world.configure({"CHUNK_RECORDS": "2"})
    landed = world.put(KEY, json_lines(*({"findings": f"Findings {n}."} for n in range(5))))
    world.deliver(landed.notification())
    event = {"Records": [world._sqs_record(message) for message in world._receive()]}

    world.invoke(event)
    world.s3.delete_object(Bucket=LANDING, Key=KEY, VersionId=landed.version_id)
    world.drain()

    failures = world.rows("failures")
    assert [row["record_index"] for row in failures] == [0, 1, 2, 3, 4]
    assert world.result(KEY)["counts"] == {"records": 5, "ok": 0, "failed": 5}
    assert all("deleted" in row["error_message"] for row in failures)
