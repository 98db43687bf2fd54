from collections.abc import Generator
from random import Random
from typing import Any

import pytest
import simpy

from benchmarks.scale.endpoint import (
    INSTANCE_QUEUE,
    MINUTE_S,
    BusyError,
    Curve,
    Endpoint,
    SlowError,
)
from training.config import Scaling

SECOND = Curve(1000.0, 0.0)


def endpoint(curve: Curve = SECOND) -> Endpoint:
    return Endpoint(simpy.Environment(), curve, Random(1), least_outstanding=False)


def test_a_call_takes_a_fixed_part_and_a_part_per_record() -> None:
    assert Curve().seconds(1) == pytest.approx(0.34)
    assert Curve().seconds(8) == pytest.approx(0.62)
    assert Curve().ideal_s(160, 8) == pytest.approx(12.4)
    assert Curve().ideal_s(10, 8) == pytest.approx(1.0)


@pytest.mark.parametrize("use", [0.3, 0.6, 0.8])
def test_the_wait_for_one_instance_is_that_of_a_queue_with_fixed_service(use: float) -> None:
    # M/D/1 (Pollaczek-Khinchine): mean wait = use * service / (2 * (1 - use)), service 1 s.
    tested, waits = endpoint(), []
    random = Random(7)

    def call() -> Generator[simpy.Event, Any, None]:
        began = tested.env.now
        yield from tested.call(1)
        waits.append(tested.env.now - began - 1)

    def arrive() -> Generator[simpy.Event, Any, None]:
        while len(waits) < 30_000:
            yield tested.env.timeout(random.expovariate(use))
            tested.env.process(call())

    tested.env.run(until=tested.env.process(arrive()))

    assert sum(waits) / len(waits) == pytest.approx(use / (2 * (1 - use)), rel=0.06)
    assert tested.busy_s / tested.env.now == pytest.approx(use, rel=0.03)


def outcomes(tested: Endpoint, calls: int) -> list[str]:
    found: list[str] = []

    def call() -> Generator[simpy.Event, Any, None]:
        try:
            yield from tested.call(1)
        except (BusyError, SlowError) as error:
            found.append(type(error).__name__)
        else:
            found.append("answered")

    for _ in range(calls):
        tested.env.process(call())
    tested.env.run()
    return found


def test_a_call_that_waits_longer_than_a_minute_fails_and_is_paid_for() -> None:
    tested = endpoint()

    found = outcomes(tested, 70)

    assert (found.count("answered"), found.count("SlowError")) == (60, 10)
    assert tested.busy_s == 70


def test_a_full_instance_refuses_calls() -> None:
    tested = endpoint(Curve(100.0, 0.0))

    found = outcomes(tested, 300)

    assert found.count("BusyError") == 300 - (INSTANCE_QUEUE + 1)


def test_the_least_busy_instance_is_chosen_if_asked_for() -> None:
    tested = endpoint()
    tested.least_outstanding = True
    tested.instances += [*endpoint().instances, *endpoint().instances]

    outcomes(tested, 12)

    assert tested.env.now == 4


def scaled(calls_a_minute: float, minutes: int, quiet_after: int) -> Endpoint:
    tested = endpoint(Curve(10.0, 0.0))
    tested.env.process(tested.scale(Scaling(), 480.0))

    def calls() -> Generator[simpy.Event, Any, None]:
        while tested.env.now < quiet_after * MINUTE_S:
            yield tested.env.timeout(MINUTE_S / calls_a_minute)
            yield from tested.call(1)

    tested.env.process(calls())
    tested.env.run(until=minutes * MINUTE_S + 1)
    return tested


def test_instances_follow_three_minutes_of_load_and_start_late() -> None:
    tested = scaled(calls_a_minute=50, minutes=20, quiet_after=20)

    # 50 / 20 calls per instance: three. Seen after three minutes, in service eight later.
    assert tested.instances_at == [(0, 1), (11 * MINUTE_S, 3)]


def test_two_busy_minutes_start_no_instance() -> None:
    tested = endpoint(Curve(10.0, 0.0))
    tested.env.process(tested.scale(Scaling(), 480.0))

    def calls() -> Generator[simpy.Event, Any, None]:
        yield tested.env.timeout(10 * MINUTE_S)
        for _ in range(100):
            yield tested.env.timeout(1.1)
            yield from tested.call(1)

    tested.env.process(calls())
    tested.env.run(until=40 * MINUTE_S)

    assert tested.instances_at == [(0, 1)]


def test_there_are_never_more_instances_than_allowed() -> None:
    tested = scaled(calls_a_minute=1000, minutes=40, quiet_after=40)

    assert max(count for _, count in tested.instances_at) == Scaling().most


def test_instances_end_after_a_quiet_quarter_of_an_hour() -> None:
    tested = scaled(calls_a_minute=50, minutes=60, quiet_after=20)

    at, count = tested.instances_at[-1]
    assert count == 1
    assert 35 * MINUTE_S <= at <= 37 * MINUTE_S


def test_a_starting_instance_is_paid_for() -> None:
    tested = scaled(calls_a_minute=50, minutes=11, quiet_after=20)

    assert tested.billed_s == 3 * MINUTE_S + 8 * 3 * MINUTE_S
