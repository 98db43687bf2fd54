"""The query cost_per_thousand, against a computation that follows the calls one by one."""

from __future__ import annotations

from collections import defaultdict
from random import Random
from typing import Any

import pytest

from analytics import sql
from analytics.engine.athena import Athena
from tests.unit.analytics.conftest import LakeOnDisk, impression

PRICE, PAID_HOURS, JOB_INSTANCES = 1.515, 48.0, 4.0
DAYS = ("2026-03-01", "2026-03-02")
QUERY = "cost_per_thousand"


class Night:
    """Invents calls and jobs, puts their rows into a lake, and keeps its own books."""

    def __init__(self, lake: LakeOnDisk, seed: int) -> None:
        self._lake, self._random = lake, Random(seed)
        self.drafts: dict[tuple[str, ...], int] = defaultdict(int)
        self.seconds: dict[tuple[str, ...], float] = defaultdict(float)

    def call(self, day: str, endpoint: str, version: str) -> None:
        """A call that takes its time once, however many records share it."""
        count = self._random.randint(1, 16)
        self._book(day, endpoint, version, count, seconds=0.3 + 0.04 * count)

    def job(self, day: str, version: str) -> None:
        """A batch transform job: its rows name no endpoint, and share its whole duration."""
        self._book(day, "", version, 200, seconds=600.0, lane="nightly")

    def _book(
        self, day: str, endpoint: str, version: str, count: int, *, seconds: float, **more: Any
    ) -> None:
        run = f"{self._random.random()}"
        rows = [
            impression(
                run_id=run,
                record_index=place,
                endpoint_name=endpoint,
                model_version=version,
                latency_ms=seconds * 1000,
                call_records=count,
                **more,
            )
            for place in range(count)
        ]
        self._lake.put("impressions", *rows, day=day)
        self._lake.put("impressions", *rows, day=day)  # a replay writes the same rows again
        key = (day, endpoint, version)
        self.drafts[key] += count
        self.seconds[key] += seconds


def asked(athena: Athena) -> list[dict[str, Any]]:
    given = [str(value) for value in (PRICE, PAID_HOURS, JOB_INSTANCES)]
    return athena.query(sql.queries()[QUERY].sql, given).dicts()


@pytest.mark.parametrize("seed", range(3))
def test_each_call_and_job_is_paid_for_once(seed: int, lake: LakeOnDisk, athena: Athena) -> None:
    night = Night(lake, seed)
    for day in DAYS:
        for version in ("1", "2"):
            for _ in range(12):
                night.call(day, "one", version)
            night.call(day, "two", version)
    night.job(DAYS[0], "2")

    rows = {
        (str(one["dt"]), one["endpoint_name"], one["model_version"]): one for one in asked(athena)
    }

    assert set(rows) == set(night.drafts)
    for key, one in rows.items():
        day, endpoint, _ = key
        instances = 1.0 if endpoint else JOB_INSTANCES
        dollars = night.seconds[key] / 3600 * instances * PRICE
        assert one["drafts"] == night.drafts[key]
        assert one["busy_seconds"] == pytest.approx(night.seconds[key])
        assert one["cost_per_thousand"] == pytest.approx(dollars / night.drafts[key] * 1000)
        if not endpoint:
            assert one["paid_per_thousand"] == one["cost_per_thousand"]
            assert one["busy_share"] is None
            continue
        here = [other for other in night.drafts if other[:2] == (day, endpoint)]
        everything = sum(night.drafts[other] for other in here)
        busy = sum(night.seconds[other] for other in here)
        assert one["paid_per_thousand"] == pytest.approx(PAID_HOURS * PRICE / everything * 1000)
        assert one["busy_share"] == pytest.approx(busy / 3600 / PAID_HOURS)


def test_what_an_endpoint_costs_a_day_is_what_its_versions_are_charged(
    lake: LakeOnDisk, athena: Athena
) -> None:
    night = Night(lake, 7)
    for version in ("1", "2", "3"):
        night.call(DAYS[0], "one", version)

    charged = sum(one["paid_per_thousand"] * one["drafts"] / 1000 for one in asked(athena))

    assert charged == pytest.approx(PAID_HOURS * PRICE)


def test_baselines_and_older_batches_are_not_counted(lake: LakeOnDisk, athena: Athena) -> None:
    lake.put(
        "impressions",
        impression(record_index=0, model_role="baseline-lead", endpoint_name="", latency_ms=0.0),
        # Before call_records, a batch's rows did not say how many shared the job.
        impression(record_index=1, endpoint_name="", latency_ms=600_000.0, call_records=None),
    )

    assert asked(athena) == []
