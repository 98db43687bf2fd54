from typing import Any

import pytest

from benchmarks.scale import system, traffic
from benchmarks.scale.design import Design
from benchmarks.scale.figures import figures_of, mean_over_time, most_per_second
from tests.unit.benchmarks.conftest import MEASURED


def test_a_mean_over_time_weights_levels_by_their_length() -> None:
    assert mean_over_time([(0, 1), (10, 3), (15, 0)], 20) == pytest.approx((10 + 15) / 20)


def test_the_busiest_second_is_one_of_the_clock() -> None:
    assert most_per_second([0.1, 0.9, 1.0, 1.1, 1.2]) == 3
    assert most_per_second([]) == 0


def test_the_figures_of_a_run_account_for_every_report(base: Design, exact: dict[str, Any]) -> None:
    outcome = system.run(base, traffic.backlog(100), **exact)

    found = figures_of(outcome, MEASURED)

    assert (found["reports"], found["dead"]) == (100, 0)
    assert found["lake_objects"] == 300
    assert found["concurrency_most"] == 4
    assert found["age_median_s"] <= found["age_p99_s"] <= found["age_max_s"]
    assert found["latency_median_s"] <= found["latency_p99_s"] <= found["latency_max_s"]
    assert found["dynamodb_writes_per_second"] == found["most_done_per_second"]
