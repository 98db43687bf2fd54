from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from chalicelib.intake.source import Source, timestamp
from chalicelib.objects import ObjectRef
from chalicelib.output.tables import TABLES
from chalicelib.queue.messages import WorkItem

WORK = WorkItem(ObjectRef("b", "incoming/a", "e"), datetime(2020, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("moment", "day", "stamp"),
    [
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "2026-01-02", "2026-01-02 03:04:05.000"),
        (
            datetime(2025, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
            "2025-12-31",
            "2025-12-31 23:59:59.999",
        ),
        (
            datetime(2026, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=1))),
            "2025-12-31",
            "2025-12-31 23:30:00.000",
        ),
        (
            datetime(2026, 3, 29, 20, 0, 0, 7_000, tzinfo=timezone(timedelta(hours=-5))),
            "2026-03-30",
            "2026-03-30 01:00:00.007",
        ),
    ],
)
def test_times_and_days_are_utc(moment: datetime, day: str, stamp: str) -> None:
    source = Source(WORK, moment)

    assert source.day == day
    assert source.stamp == timestamp(moment) == stamp


def test_every_row_names_its_schema() -> None:
    for kind in TABLES:
        assert kind.__struct_defaults__[-1] == 1
        assert kind.__struct_fields__[-1] == "schema_version"


def test_scores_hold_no_free_text() -> None:
    (scores,) = [kind for kind, table in TABLES.items() if table == "rouge_scores"]

    fields = set(scores.__struct_fields__)

    assert not fields & {"findings", "reference_impression", "generated_impression", "metadata"}
