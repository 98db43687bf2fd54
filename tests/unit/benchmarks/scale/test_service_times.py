from random import Random
from statistics import quantiles

import pytest

from benchmarks.scale.service_times import Latency, read_measured


def test_the_committed_measurements_are_complete() -> None:
    found = read_measured()

    assert found.file_ms > found.record_ms > found.scan_record_ms > 0
    assert found.cold_start_ms > 0


def test_latencies_have_their_median_and_their_percentile() -> None:
    random = Random(3)
    latency = Latency(100.0, 200.0)

    found = quantiles((latency.draw_s(random) for _ in range(50_000)), n=100)

    assert found[49] == pytest.approx(0.100, rel=0.02)
    assert found[98] == pytest.approx(0.200, rel=0.03)
