"""A month's bill against the simulation's, which counts on its own."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from benchmarks.cost import month
from benchmarks.cost.counts import read_counts
from benchmarks.cost.month import Case, Inputs
from benchmarks.scale import design, system, traffic
from benchmarks.scale.bill import bill_of
from benchmarks.scale.prices import read_prices
from benchmarks.scale.service_times import read_measured
from chalicelib.processing.flag_counts import FLAG_METRICS
from common.paths import ROOT
from local.packaging.translate import read_yaml

INPUTS = Inputs(read_counts(), read_measured(), design.read(), read_prices())
CASE = Case("one", 300, 1.0)


def dollars(of: Inputs = INPUTS, case: Case = CASE) -> dict[str, float]:
    found: dict[str, float] = {}
    for line in month.bill(case, of):
        name = f"{line.service} {line.unit}"
        found[name] = found.get(name, 0.0) + line.dollars
    return found


def test_what_the_simulation_bills_for_a_day_is_a_thirtieth() -> None:
    outcome = system.run(
        INPUTS.design,
        traffic.day(CASE.reports),
        measured=INPUTS.measured,
        curve=INPUTS.curve,
        scales=True,
        until=traffic.DAY_S,
    )
    simulated, found = bill_of(outcome, INPUTS.measured), dollars()

    assert found["endpoint instance hours"] / 30 == pytest.approx(simulated.endpoint)
    assert found["CloudWatch GB of logs"] / 30 == pytest.approx(simulated.logs)
    function = found["Lambda GB-seconds"] + found["Lambda requests"]
    assert function / 30 == pytest.approx(simulated.function, rel=0.15)
    # Empty polls prevail, and the simulation polls with as many as its busiest hour needed.
    assert found["SQS requests"] / 30 == pytest.approx(simulated.sqs, rel=0.6)
    assert found["DynamoDB writes"] / 30 == pytest.approx(simulated.dynamodb)
    assert found["KMS requests"] / 30 == pytest.approx(simulated.kms, rel=0.1)


def test_s3_is_charged_for_what_was_counted() -> None:
    counts, prices = INPUTS.counts, INPUTS.prices
    still = replace(INPUTS, design=replace(INPUTS.design, landing_days=1, sweep_days=0))

    found = dollars(still)

    puts = 9000 * (counts.s3_puts + 1) + 30  # and one page that the sweep lists each night
    assert found["S3 PUT, LIST"] == pytest.approx(puts * prices.s3_put)
    assert found["S3 GET, HEAD"] == pytest.approx(9000 * counts.s3_gets * prices.s3_get)


@pytest.mark.parametrize("price", read_prices().__struct_fields__)
def test_every_price_moves_what_it_is_of(price: str) -> None:
    doubled = {name: getattr(INPUTS.prices, name) for name in INPUTS.prices.__struct_fields__}
    doubled[price] *= 2
    more = replace(INPUTS, prices=type(INPUTS.prices)(**doubled))

    if price == "transform_hour":
        before, after = (month.night_dollars(300, one) for one in (INPUTS, more))
        assert after == pytest.approx(2 * before)
        return
    before_lines, after_lines = month.bill(CASE, INPUTS), month.bill(CASE, more)
    changed = [
        (a.dollars, b.dollars)
        for a, b in zip(before_lines, after_lines, strict=True)
        if a.price != b.price
    ]
    assert changed
    assert all(b == pytest.approx(2 * a) for a, b in changed)


def test_metrics_and_alarms_are_those_that_there_are() -> None:
    code = "".join(
        path.read_text(encoding="utf-8")
        for path in sorted((ROOT / "chalice_app" / "chalicelib").rglob("*.py"))
    )
    metrics = set(re.findall(r'(?:\bcount|add_metric)\(\s*"([A-Z]\w+)"', code))
    resources: dict[str, Any] = read_yaml(ROOT / "template.yaml")["Resources"]
    alarms = [
        one["Properties"]
        for one in resources.values()
        if one["Type"] == "AWS::CloudWatch::Alarm" and "Condition" not in one
    ]
    read = [
        sum("MetricStat" in metric for metric in one["Metrics"]) if "Metrics" in one else 1
        for one in alarms
    ]

    assert len(metrics) + len(FLAG_METRICS) == month.METRICS
    assert sum(read) == month.ALARMS
