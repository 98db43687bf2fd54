from dataclasses import replace
from typing import Any

import pytest

from benchmarks.scale import system, traffic
from benchmarks.scale.bill import bill_of
from benchmarks.scale.design import Design
from benchmarks.scale.prices import PRICES
from benchmarks.scale.traffic import DAY_S
from tests.unit.benchmarks.conftest import MEASURED


def test_an_idle_endpoint_is_paid_for_by_the_hour(base: Design, exact: dict[str, Any]) -> None:
    outcome = system.run(base, traffic.backlog(1), until=DAY_S, **exact)

    bill = bill_of(outcome, MEASURED)

    assert bill.endpoint == pytest.approx(24 * PRICES.endpoint_hour)
    assert bill.besides_endpoint < 0.02


def test_requests_cost_what_they_are_listed_for(base: Design, exact: dict[str, Any]) -> None:
    outcome = system.run(base, traffic.backlog(1000), **exact)

    bill = bill_of(outcome, MEASURED)

    assert bill.s3 == pytest.approx(1000 * (5 * 0.000005 + 0.0000004))
    assert bill.dynamodb == pytest.approx(1000 * 0.625e-6)
    assert bill.logs == pytest.approx(1000 * 800 / 1e9 * 0.5)


def test_bucket_keys_save_the_requests_of_s3(base: Design, exact: dict[str, Any]) -> None:
    outcome = system.run(base, traffic.backlog(1000), **exact)

    with_keys = bill_of(outcome, MEASURED).kms
    without = bill_of(outcome, MEASURED, bucket_keys=False).kms

    assert without - with_keys == pytest.approx(0.99 * 6000 * 0.03 / 10_000)


def test_the_function_is_paid_for_by_memory_and_time(base: Design, exact: dict[str, Any]) -> None:
    outcome = system.run(base, traffic.backlog(100), **exact)
    bigger = replace(outcome, design=replace(base, memory_mb=2 * base.memory_mb))

    requests = outcome.queue.invocations * 0.2e-6
    small, large = (bill_of(one, MEASURED).function - requests for one in (outcome, bigger))
    assert large == pytest.approx(2 * small)
