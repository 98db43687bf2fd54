"""Midnight, clock skew and daylight saving.

Injected: Files of the last and first second of a day, of the hour that comes twice, an event with
another clock, a replay days later and a night 40 hours later.
Asserted: The partition `dt` is the UTC day of the object's LastModified, whatever the clocks and
events say, and a replay writes the same keys.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from chalicelib.intake.source import Source, timestamp
from chalicelib.objects import ObjectRef, lake_key
from chalicelib.queue.messages import WorkItem
from tests.account.account import Account
from tests.nights import Nights, reports

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


def test_25_a_replay_days_later_writes_the_same_keys(account: Account) -> None:
    landed = account.drop("incoming/ward/a.json", b'{"findings": "Clear."}')
    account.drain()
    before = set(account.list_keys())

    # Not remembered any more, and with another clock in the event.
    record = landed.record() | {"eventTime": "2031-12-31T23:59:59.999Z"}
    table = "idempotency-test"
    for item in account.dynamodb.scan(TableName=table)["Items"]:
        account.dynamodb.delete_item(TableName=table, Key={"id": item["id"]})
    account.deliver(json.dumps({"Records": [record]}))
    account.drain()

    assert set(account.list_keys()) == before
    assert len(account.model.prompts) == 2


def test_25_a_night_writes_under_the_day_on_which_a_file_came(
    account: Account, nights: Nights
) -> None:
    landed = account.put("nightly/ward/a.json", reports(3))
    head = account.s3.head_object(Bucket="landing-test", Key=landed.key)
    nights.now += 40 * 3600  # the sweep's clock, not the file's

    nights.run()
    nights.finish()

    day = head["LastModified"].strftime("%Y-%m-%d")
    rows = [key for key in account.list_keys() if key.startswith("lake/impressions/")]
    assert rows
    assert all(f"/dt={day}/" in key for key in rows)
