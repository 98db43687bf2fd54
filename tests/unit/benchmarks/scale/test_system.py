from dataclasses import replace
from typing import Any

import pytest

from benchmarks.scale import system, traffic
from benchmarks.scale.design import Design
from benchmarks.scale.system import Arrival


def test_the_issues_figures_of_one_call_per_file_and_one_file(
    base: Design, exact: dict[str, Any]
) -> None:
    # Measured on the real code before files shared calls: 54.4 and 13.3 endpoint-seconds.
    files = system.run(replace(base, shares_calls=False), traffic.backlog(160), **exact)
    one = system.run(replace(base, shares_calls=False), traffic.backlog(1, 160), **exact)

    assert files.endpoint.busy_s == pytest.approx(54.4)
    assert one.endpoint.busy_s == pytest.approx(13.3)
    assert files.ideal_share == pytest.approx(0.23, abs=0.005)


def test_the_latency_of_a_lone_file_is_the_sum_of_its_steps(
    base: Design, exact: dict[str, Any]
) -> None:
    outcome = system.run(base, traffic.backlog(1), **exact)

    reading = 0.500 + (0.150 + 0.300) + 0.001 + (0.005 + 0.100) + 0.005
    writing = 0.005 + 0.0005 + 0.100 + 0.100
    assert outcome.latencies == pytest.approx([reading + 0.340 + writing])
    assert outcome.usage.cold_starts == 1


def test_a_warm_environment_saves_the_cold_start(base: Design, exact: dict[str, Any]) -> None:
    outcome = system.run(base, [Arrival(0.0), Arrival(60.0), Arrival(2000.0)], **exact)

    first, second, third = outcome.latencies
    assert first - second == pytest.approx(0.450)
    assert third == pytest.approx(first)


def test_half_a_core_computes_half_as_fast(base: Design, exact: dict[str, Any]) -> None:
    whole = system.run(base, traffic.backlog(1), **exact)
    half = system.run(replace(base, memory_mb=1769 // 2), traffic.backlog(1), **exact)

    spent = 0.300 + 0.001 + 0.010 + 0.0005
    assert half.latencies[0] - whole.latencies[0] == pytest.approx(spent, rel=0.01)


def test_the_same_seed_gives_the_same_run(base: Design) -> None:
    arrivals = traffic.stream(2, 120)

    first, again, other = (system.run(base, arrivals, seed=seed) for seed in (1, 1, 2))

    assert first.latencies == again.latencies
    assert first.latencies != other.latencies


def test_a_backlog_of_small_files_needs_what_full_calls_need(
    base: Design, exact: dict[str, Any]
) -> None:
    outcome = system.run(base, traffic.backlog(2000), **exact)

    assert outcome.reports == 2000
    assert outcome.ideal_share > 0.97


def test_a_day_is_simulated_to_its_end(base: Design, exact: dict[str, Any]) -> None:
    outcome = system.run(base, [Arrival(10.0)], until=traffic.DAY_S, **exact)

    assert outcome.endpoint.billed_s == pytest.approx(traffic.DAY_S)
