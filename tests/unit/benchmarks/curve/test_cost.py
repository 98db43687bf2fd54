from __future__ import annotations

import pytest

from benchmarks.curve.cost import CostCurve


def test_a_call_costs_a_fixed_part_and_one_for_each_record() -> None:
    curve = CostCurve(300, 40)

    assert curve.seconds(1) == pytest.approx(0.34)
    assert curve.seconds(8) == pytest.approx(0.62)


@pytest.mark.parametrize(("records", "seconds"), [(0, 0), (3, 0.42), (8, 0.62), (160, 12.4)])
def test_batches_are_full_but_for_the_last(records: int, seconds: float) -> None:
    assert CostCurve(300, 40).batched_seconds(records, 8) == pytest.approx(seconds)
