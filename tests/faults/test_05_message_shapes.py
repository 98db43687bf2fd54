from __future__ import annotations

import json

import pytest

from tests.worlds import LANDING, World, draft_for, json_lines

RECORD = json_lines({"report_id": "a", "findings": "Clear lungs."})


def test_05_test_event_is_ignored(world: World) -> None:
    event = {
        "Service": "Amazon S3",
        "Event": "s3:TestEvent",
        "Time": "2026-11-02T03:04:05.678Z",
        "Bucket": LANDING,
        "RequestId": "5582815E1AEA5ADF",
        "HostId": "8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR",
    }

    world.deliver(json.dumps(event))
    world.drain()

    assert world.invocations == 1
    assert world.waiting() == 0
    assert world.list_keys() == []


@pytest.mark.parametrize(
    "event",
    [
        "ObjectRemoved:Delete",
        "ObjectRemoved:DeleteMarkerCreated",
        "LifecycleExpiration:Delete",
        "ObjectTagging:Put",
    ],
)
def test_05_events_of_other_kinds_are_ignored(world: World, event: str) -> None:
    landed = world.put("incoming/ward/a.json", RECORD)

    world.deliver(landed.notification(event=event))
    world.drain()

    assert world.waiting() == 0
    assert world.list_keys() == []
    assert world.model.prompts == []


@pytest.mark.parametrize("event", ["Object Deleted", "Object Tags Added"])
def test_05_eventbridge_events_of_other_kinds_are_ignored(world: World, event: str) -> None:
    landed = world.put("incoming/ward/a.json", RECORD)

    world.deliver(landed.bridged(event))
    world.drain()

    assert world.waiting() == 0
    assert world.list_keys() == []


def test_05_each_record_of_one_message_is_handled(world: World) -> None:
    landed = [
        world.put(f"incoming/ward/{name}.json", json_lines({"findings": f"Findings {name}."}))
        for name in "abc"
    ]
    deleted = world.put("incoming/ward/d.json", RECORD)
    records = [one.record() for one in landed]
    records.insert(1, deleted.record(event="ObjectRemoved:Delete"))

    world.deliver(json.dumps({"Records": records}))
    world.drain()

    results = [key for key in world.list_keys() if key.startswith("results/")]
    assert results == [f"results/incoming/ward/{name}.json.json" for name in "abc"]
    for name in "abc":
        (entry,) = world.entries(f"incoming/ward/{name}.json")
        assert entry["impression"] == draft_for(f"Findings {name}.")
    assert world.waiting() == 0


@pytest.mark.parametrize("event", ["ObjectCreated:Post", "ObjectCreated:CompleteMultipartUpload"])
def test_05_every_way_to_create_an_object_is_handled(world: World, event: str) -> None:
    landed = world.put("incoming/ward/a.json", RECORD)

    world.deliver(landed.notification(event=event))
    world.drain()

    assert world.result(landed.key)["status"] == "complete"


@pytest.mark.parametrize("shape", ["notification", "bridged", "own"])
def test_05_every_shape_ends_in_the_same_object_id(world: World, shape: str) -> None:
    landed = world.put("incoming/ward/a.json", RECORD)
    bodies = {
        "notification": landed.notification(),
        "bridged": landed.bridged(),
        "own": landed.own(),
    }
    others = [body for name, body in bodies.items() if name != shape]

    world.deliver(bodies[shape])
    world.drain()
    first = world.rows("files")
    world.deliver(*others)
    world.drain()

    assert world.result(landed.key)["counts"] == {"records": 1, "ok": 1, "failed": 0}
    assert world.rows("files") == first
    assert len(world.model.prompts) == 1


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
def test_05_unknown_message_goes_back_and_its_neighbour_is_handled(world: World, body: str) -> None:
    landed = world.put("incoming/ward/a.json", RECORD)

    world.deliver(body or " ", landed.notification())
    world.drain()

    assert [message["Body"] for message in world.given_back] == [body or " "]
    assert world.result(landed.key)["status"] == "complete"
    assert "MessageError" in world.logs


@pytest.mark.parametrize("key", ["elsewhere/a.json", "a.json", "incoming/", "incoming/ward/"])
def test_05_object_outside_the_lanes_is_ignored(world: World, key: str) -> None:
    world.drop(key, RECORD)

    world.drain()

    assert world.waiting() == 0
    assert world.list_keys() == []
