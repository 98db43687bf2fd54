"""25: midnight, clock skew, daylight saving: `dt` from LastModified in UTC, the same on replay."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from chalicelib.intake.source import Source, timestamp
from chalicelib.objects import ObjectRef, lake_key
from chalicelib.queue.messages import WorkItem
from tests.nights import Nights, reports
from tests.worlds import World

REF = ObjectRef("landing", "incoming/ward/a.json", "etag")
NEW_YORK_SUMMER, NEW_YORK_WINTER = timezone(timedelta(hours=-4)), timezone(timedelta(hours=-5))


@pytest.mark.parametrize(
    ("modified", "day"),
    [
        (datetime(2026, 3, 1, 23, 59, 59, tzinfo=UTC), "2026-03-01"),
        (datetime(2026, 3, 2, tzinfo=UTC), "2026-03-02"),
        # The night when clocks go back: one o'clock comes twice, and is two moments.
        (datetime(2026, 11, 1, 1, 30, tzinfo=NEW_YORK_SUMMER), "2026-11-01"),
        (datetime(2026, 11, 1, 1, 30, tzinfo=NEW_YORK_WINTER), "2026-11-01"),
        (datetime(2026, 11, 1, 20, 30, tzinfo=NEW_YORK_WINTER), "2026-11-02"),
    ],
)
def test_25_the_day_is_that_of_last_modified_in_utc(modified: datetime, day: str) -> None:
    source = Source(WorkItem(REF, datetime(1999, 1, 1, tzinfo=UTC)), modified)

    assert source.day == day
    assert lake_key("files", source.day, REF, 0).startswith(f"lake/files/dt={day}/")
    assert timestamp(modified).startswith(day)


def test_25_a_replay_days_later_writes_the_same_keys(world: World) -> None:
    landed = world.drop("incoming/ward/a.json", b'{"findings": "Clear."}')
    world.drain()
    before = set(world.list_keys())

    # Not remembered any more, and with another clock in the event.
    record = landed.record() | {"eventTime": "2031-12-31T23:59:59.999Z"}
    table = "idempotency-test"
    for item in world.dynamodb.scan(TableName=table)["Items"]:
        world.dynamodb.delete_item(TableName=table, Key={"id": item["id"]})
    world.deliver(json.dumps({"Records": [record]}))
    world.drain()

    assert set(world.list_keys()) == before
    assert len(world.model.prompts) == 2


def test_25_a_night_writes_under_the_day_on_which_a_file_came(world: World, nights: Nights) -> None:
    landed = world.put("nightly/ward/a.json", reports(3))
    head = world.s3.head_object(Bucket="landing-test", Key=landed.key)
    nights.now += 40 * 3600  # the sweep's clock, not the file's

    nights.run()
    nights.finish()

    day = head["LastModified"].strftime("%Y-%m-%d")
    rows = [key for key in world.list_keys() if key.startswith("lake/impressions/")]
    assert rows
    assert all(f"/dt={day}/" in key for key in rows)
