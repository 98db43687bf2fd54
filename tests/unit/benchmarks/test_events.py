from __future__ import annotations

from datetime import UTC, datetime

from benchmarks.events import S3_TEST, sqs_event
from chalicelib.queue.messages import read_message


def test_the_event_has_a_message_for_each_body_and_its_own_id() -> None:
    event = sqs_event(["a", "b"])

    assert [record["body"] for record in event["Records"]] == ["a", "b"]
    assert len({record["messageId"] for record in event["Records"]}) == 2


def test_the_test_message_of_s3_is_no_work() -> None:
    assert read_message(S3_TEST, datetime(2026, 11, 26, tzinfo=UTC)) == []
