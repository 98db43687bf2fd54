from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.errors import MessageError
from chalicelib.objects import ObjectRef
from chalicelib.queue.messages import OwnMessage, WorkItem, message_of, read_message

SENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
NOTICED = datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)


def notified(key: str = "incoming/a.json", **changed: Any) -> dict[str, Any]:
    record = {
        "eventSource": "aws:s3",
        "eventName": "ObjectCreated:Put",
        "eventTime": "2026-05-06T07:08:09.000Z",
        "s3": {
            "bucket": {"name": "b"},
            "object": {"key": key, "size": 3, "eTag": "e1", "versionId": "v1"},
        },
    }
    return {**record, **changed}


def bridged(**changed: Any) -> dict[str, Any]:
    event = {
        "source": "aws.s3",
        "detail-type": "Object Created",
        "time": "2026-05-06T07:08:09Z",
        "detail": {
            "bucket": {"name": "b"},
            "object": {"key": "incoming/a+b%20c", "etag": "e1", "version-id": "v1"},
        },
    }
    return {**event, **changed}


def read(message: Any) -> list[WorkItem]:
    works: list[WorkItem] = []
    for work in read_message(json.dumps(message), SENT):
        assert isinstance(work, WorkItem)
        works.append(work)
    return works


def test_notification_names_the_object_and_when() -> None:
    works = read({"Records": [notified()]})

    assert works == [WorkItem(ObjectRef("b", "incoming/a.json", "e1", "v1"), NOTICED)]


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("incoming/a+b", "incoming/a b"),
        ("incoming/a%2Bb", "incoming/a+b"),
        ("incoming/100%25", "incoming/100%"),
        ("incoming/a%252Fb", "incoming/a%2Fb"),
        ("incoming/%C3%A9%E8%82%BA", "incoming/é肺"),
        ("incoming/../x", "incoming/../x"),
    ],
)
def test_keys_of_notifications_are_form_fields(written: str, key: str) -> None:
    (work,) = read({"Records": [notified(written)]})

    assert work.ref.key == key


def test_each_record_of_a_notification_is_work_but_for_deletes() -> None:
    records = [
        notified("incoming/1"),
        notified("incoming/2", eventName="ObjectRemoved:Delete"),
        notified("incoming/3", eventName="ObjectCreated:CompleteMultipartUpload"),
    ]

    works = read({"Records": records})

    assert [work.ref.key for work in works] == ["incoming/1", "incoming/3"]


def test_bridged_event_names_the_object_with_its_key_as_it_is() -> None:
    works = read(bridged())

    assert works == [WorkItem(ObjectRef("b", "incoming/a+b%20c", "e1", "v1"), NOTICED)]


def test_own_message_names_a_range_and_was_noticed_when_sent() -> None:
    own = OwnMessage(
        "b", "incoming/a", "e1", start=50, stop=100, version_id="v1", offset=1234, end=5678
    )

    works = read_message(msgspec.json.encode(own).decode(), SENT)

    ref = ObjectRef("b", "incoming/a", "e1", "v1")
    assert works == [WorkItem(ref, SENT, 50, 100, 1234, end=5678)]
    assert isinstance(works[0], WorkItem)
    assert message_of(works[0]) == own


def test_own_message_in_its_shortest_form_is_a_whole_object() -> None:
    (work,) = read({"bucket": "b", "key": "incoming/a", "etag": '"e1"'})

    assert work == WorkItem(ObjectRef("b", "incoming/a", "e1"), SENT)


@pytest.mark.parametrize(
    "message",
    [
        {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "b"},
        {"Records": []},
        bridged(**{"detail-type": "Object Deleted"}),
    ],
    ids=["test event", "no records", "delete"],
)
def test_messages_without_work_are_ignored(message: Any) -> None:
    assert read(message) == []


@pytest.mark.parametrize("version", [None, "", "null"])
def test_unversioned_objects_have_no_version(version: str | None) -> None:
    record = notified()
    record["s3"]["object"]["versionId"] = version

    (work,) = read({"Records": [record]})

    assert work.ref.version_id is None


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-05-06T09:08:09+02:00", NOTICED),
        ("2026-05-06T07:08:09", NOTICED),
        ("soon", SENT),
        (None, SENT),
        (17, SENT),
    ],
)
def test_event_time_is_read_as_utc_or_replaced_by_the_sending(
    written: Any, moment: datetime
) -> None:
    (work,) = read({"Records": [notified(eventTime=written)]})

    assert work.noticed_at == moment
    assert work.noticed_at.tzinfo == UTC


@pytest.mark.parametrize(
    "body",
    [
        "",
        "not json",
        '"\ud800"',
        "[" * 100_000,
        "[]",
        "17",
        "{}",
        '{"Records": null}',
        '{"Records": [17]}',
        '{"Records": [{"eventSource": "aws:sqs"}]}',
        json.dumps({"Records": [notified(s3={"bucket": {"name": "b"}})]}),
        json.dumps({"Records": [notified(key="")]}),
        json.dumps(bridged(source="my.app")),
        json.dumps(bridged(detail={})),
        json.dumps(bridged(detail=None)),
        '{"bucket": "b"}',
        '{"bucket": "b", "key": "k", "etag": ""}',
        '{"bucket": "b", "key": "k", "etag": 5}',
        '{"bucket": "b", "key": "k", "etag": "\\"\\""}',
        '{"bucket": "b", "key": "k", "etag": "e", "start": "0"}',
        '{"bucket": "b", "key": "k", "etag": "e", "start": -1}',
        '{"bucket": "b", "key": "k", "etag": "e", "start": 5, "stop": 4}',
        '{"bucket": "b", "key": "k", "etag": "e", "start": 5, "stop": 9, "offset": -1}',
        '{"bucket": "b", "key": "k", "etag": "e", "start": 5, "stop": 9, "offset": 8, "end": 8}',
    ],
)
def test_messages_of_no_known_shape_are_refused_without_being_repeated(body: str) -> None:
    with pytest.raises(MessageError) as caught:
        read_message(body, SENT)

    assert len(str(caught.value)) < 80


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8"), max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *("Records", "eventSource", "eventName", "s3", "bucket", "object", "eTag"),
                    *("source", "detail-type", "detail", "name", "key", "etag", "start", "Event"),
                ]
            ),
            inner | st.sampled_from(["aws:s3", "aws.s3", "ObjectCreated:Put", "Object Created"]),
            max_size=5,
        )
    ),
    max_leaves=12,
)


@settings(deadline=None, max_examples=150)
@given(JSON)
def test_any_json_is_read_or_refused(message: Any) -> None:
    try:
        works = read(message)
    except MessageError:
        return

    assert all(isinstance(work, WorkItem) for work in works)
