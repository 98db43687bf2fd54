from __future__ import annotations

import pytest

from benchmarks.figures import Figure, in_turn, percentile, seconds


def test_the_median_counts_and_the_spread_is_relative_to_it() -> None:
    figure = Figure.of(2, 10, 4)

    assert figure.median == 4
    assert figure.spread == 2.0
    assert figure.runs == (2.0, 10.0, 4.0)


def test_a_single_run_has_no_spread() -> None:
    assert Figure.of(7).spread == 0.0


def test_a_figure_around_zero_has_a_spread() -> None:
    assert Figure.of(-1, 0, 1).spread == float("inf")
    assert Figure.of(0, 0).spread == 0.0


def test_a_ratio_compares_the_runs_of_one_turn() -> None:
    # The second turn was slow for both: their ratio of medians would be 3 to 2.
    assert Figure.of(4, 40, 3).to(Figure.of(2, 20, 1)).runs == (2.0, 2.0, 3.0)


def test_a_ratio_needs_as_many_runs_of_both() -> None:
    with pytest.raises(ValueError, match="shorter"):
        Figure.of(1, 2).to(Figure.of(1))


def test_a_rate_is_per_second() -> None:
    assert Figure.of(2, 4).rate(100).runs == (50.0, 25.0)
    assert Figure.of(2, 4).times(1000).runs == (2000.0, 4000.0)


def test_measurements_take_turns() -> None:
    order: list[tuple[str, int]] = []

    def one(repeat: int) -> float:
        order.append(("one", repeat))
        return 1 + repeat

    def other(repeat: int) -> float:
        order.append(("other", repeat))
        return 10 + repeat

    found = in_turn(2, one, other)

    assert order == [("one", 0), ("other", 0), ("one", 1), ("other", 1)]
    assert [figure.runs for figure in found] == [(1.0, 2.0), (10.0, 11.0)]


@pytest.mark.parametrize(
    ("percent", "value"), [(0, 1.0), (50, 50.0), (98.5, 99.0), (99, 99.0), (100, 100.0)]
)
def test_a_percentile_is_one_of_the_values(percent: float, value: float) -> None:
    assert percentile([float(one) for one in range(100, 0, -1)], percent) == value


def test_the_99th_percentile_of_few_values_is_the_largest() -> None:
    assert percentile([3.0, 1.0, 2.0], 99) == 3.0


def test_seconds_are_those_of_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([10.0, 12.5])
    monkeypatch.setattr("benchmarks.figures.time.perf_counter", lambda: next(clock))

    assert seconds(lambda: None) == 2.5
