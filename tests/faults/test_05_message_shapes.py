"""Messages of other kinds than one notification of one file.

Injected: `s3:TestEvent`, events of deletion, tagging and expiry, several records in one message,
EventBridge's form, the system's own messages, messages that nobody knows, and objects outside the
lanes.
Asserted: Test events and other events are acknowledged and ignored; every record of a message is
handled; every form of message leads to the same work. An unknown message goes back to the queue,
its neighbours in the batch do not.
"""

from __future__ import annotations

import json

import pytest

from tests.account.account import Account
from tests.account.model import draft_for
from tests.account.settings import LANDING
from tests.account.texts import json_lines

RECORD = json_lines({"report_id": "a", "findings": "Clear lungs."})


def test_05_test_event_is_ignored(account: Account) -> None:
    event = {
        "Service": "Amazon S3",
        "Event": "s3:TestEvent",
        "Time": "2026-11-02T03:04:05.678Z",
        "Bucket": LANDING,
        "RequestId": "5582815E1AEA5ADF",
        "HostId": "8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR",
    }

    account.deliver(json.dumps(event))
    account.drain()

    assert account.invocations == 1
    assert account.waiting() == 0
    assert account.list_keys() == []


@pytest.mark.parametrize(
    "event",
    [
        "ObjectRemoved:Delete",
        "ObjectRemoved:DeleteMarkerCreated",
        "LifecycleExpiration:Delete",
        "ObjectTagging:Put",
    ],
)
def test_05_events_of_other_kinds_are_ignored(account: Account, event: str) -> None:
    landed = account.put("incoming/ward/a.json", RECORD)

    account.deliver(landed.notification(event=event))
    account.drain()

    assert account.waiting() == 0
    assert account.list_keys() == []
    assert account.model.prompts == []


@pytest.mark.parametrize("event", ["Object Deleted", "Object Tags Added"])
def test_05_eventbridge_events_of_other_kinds_are_ignored(account: Account, event: str) -> None:
    landed = account.put("incoming/ward/a.json", RECORD)

    account.deliver(landed.bridged(event))
    account.drain()

    assert account.waiting() == 0
    assert account.list_keys() == []


def test_05_each_record_of_one_message_is_handled(account: Account) -> None:
    landed = [
        account.put(f"incoming/ward/{name}.json", json_lines({"findings": f"Findings {name}."}))
        for name in "abc"
    ]
    deleted = account.put("incoming/ward/d.json", RECORD)
    records = [one.record() for one in landed]
    records.insert(1, deleted.record(event="ObjectRemoved:Delete"))

    account.deliver(json.dumps({"Records": records}))
    account.drain()

    results = [key for key in account.list_keys() if key.startswith("results/")]
    assert results == [f"results/incoming/ward/{name}.json.json" for name in "abc"]
    for name in "abc":
        (entry,) = account.entries(f"incoming/ward/{name}.json")
        assert entry["impression"] == draft_for(f"Findings {name}.")
    assert account.waiting() == 0


@pytest.mark.parametrize("event", ["ObjectCreated:Post", "ObjectCreated:CompleteMultipartUpload"])
def test_05_every_way_to_create_an_object_is_handled(account: Account, event: str) -> None:
    landed = account.put("incoming/ward/a.json", RECORD)

    account.deliver(landed.notification(event=event))
    account.drain()

    assert account.result(landed.key)["status"] == "complete"


@pytest.mark.parametrize("shape", ["notification", "bridged", "own"])
def test_05_every_shape_ends_in_the_same_object_id(account: Account, shape: str) -> None:
    landed = account.put("incoming/ward/a.json", RECORD)
    bodies = {
        "notification": landed.notification(),
        "bridged": landed.bridged(),
        "own": landed.own(),
    }
    others = [body for name, body in bodies.items() if name != shape]

    account.deliver(bodies[shape])
    account.drain()
    first = account.rows("files")
    account.deliver(*others)
    account.drain()

    assert account.result(landed.key)["counts"] == {"records": 1, "ok": 1, "failed": 0}
    assert account.rows("files") == first
    assert len(account.model.prompts) == 1


@pytest.mark.parametrize(
    "body",
    [
        "",
        "not JSON",
        "[]",
        "{}",
        '{"Records": [{"eventSource": "aws:sns"}]}',
        '{"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put"}]}',
        '{"detail-type": "Object Created", "source": "elsewhere"}',
        '{"bucket": "b", "key": "k", "etag": "e", "start": 5, "stop": 2}',
        "[" * 100_000,
    ],
)
def test_05_unknown_message_goes_back_and_its_neighbour_is_handled(
    account: Account, body: str
) -> None:
    landed = account.put("incoming/ward/a.json", RECORD)

    account.deliver(body or " ", landed.notification())
    account.drain()

    assert [message["Body"] for message in account.given_back] == [body or " "]
    assert account.result(landed.key)["status"] == "complete"
    assert "MessageError" in account.logs


@pytest.mark.parametrize("key", ["elsewhere/a.json", "a.json", "incoming/", "incoming/ward/"])
def test_05_object_outside_the_lanes_is_ignored(account: Account, key: str) -> None:
    account.drop(key, RECORD)

    account.drain()

    assert account.waiting() == 0
    assert account.list_keys() == []
