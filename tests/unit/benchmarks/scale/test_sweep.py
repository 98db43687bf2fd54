from dataclasses import replace

from benchmarks.scale.design import Design
from benchmarks.scale.sweep import cell, loads, parameters
from tests.unit.benchmarks.conftest import MEASURED


def test_only_pairs_that_lambda_accepts_are_swept() -> None:
    found = set(parameters())

    assert (16, 10, 0.0, False) in found
    assert not [one for one in found if one[1] > 10 and not one[2]]


def test_a_batch_as_large_as_a_full_call_wastes_nothing_in_a_backlog(base: Design) -> None:
    five, eight, ten = (
        cell(base, MEASURED, (8, size, 0.0, False), "2,000 at once").endpoint_s_per_thousand
        for size in (5, 8, 10)
    )

    assert eight < 79
    assert min(five, ten) > 99


def test_a_window_costs_a_lone_file_its_length_or_twenty_seconds(base: Design) -> None:
    few = replace(base, concurrency=2)
    none, second, waiting = (
        cell(few, MEASURED, (8, 8, window_s, wait), next(iter(loads())))
        for window_s, wait in ((0.0, False), (1.0, False), (1.0, True))
    )

    assert 0.9 < second.latency_median_s - none.latency_median_s < 1.1
    assert 19 < waiting.latency_median_s - none.latency_median_s < 21
