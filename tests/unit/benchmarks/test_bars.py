from __future__ import annotations

import pytest

from benchmarks.bars import AT_LEAST, AT_MOST, BARS, Bar, judged


@pytest.mark.parametrize(("value", "is_met"), [(2.4, False), (2.5, True), (2.6, True)])
def test_at_least(value: float, is_met: bool) -> None:  # noqa: FBT001  # the expected outcome
    assert Bar("speed", AT_LEAST, 2.5).is_met_by(value) is is_met


@pytest.mark.parametrize(("value", "is_met"), [(6.9, True), (7, True), (7.1, False)])
def test_at_most(value: float, is_met: bool) -> None:  # noqa: FBT001  # the expected outcome
    assert Bar("calls", AT_MOST, 7).is_met_by(value) is is_met


def test_only_what_was_measured_is_judged() -> None:
    assert judged({"unzipped_mb": 76.5, "files_to_s3_puts": 0.3, "of_no_bar": 1.0}) == {
        "unzipped_mb": {"value": 76.5, "bar": 70, "sense": "at most", "met": False},
        "files_to_s3_puts": {"value": 0.3, "bar": 0.25, "sense": "at least", "met": True},
    }


def test_a_figure_has_one_bar() -> None:
    assert len({one.figure for one in BARS}) == len(BARS)
