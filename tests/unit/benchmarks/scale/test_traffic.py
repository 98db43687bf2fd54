from collections import Counter

import pytest

from benchmarks.scale import traffic
from benchmarks.scale.traffic import DAY_S, HOUR_S, HOURS


def test_the_hours_of_a_day_are_shares_of_a_hundred() -> None:
    assert len(HOURS) == 24
    assert sum(HOURS) == pytest.approx(100, abs=1)
    assert HOURS.index(max(HOURS)) in range(9, 12)


def test_a_day_has_its_reports_where_the_curve_says() -> None:
    found = traffic.day(20_000)
    hours = Counter(int(one.at / HOUR_S) for one in found)

    assert len(found) == 20_000
    assert all(0 <= one.at < DAY_S for one in found)
    assert [one.at for one in found] == sorted(one.at for one in found)
    for hour, share in enumerate(HOURS):
        assert hours[hour] / 20_000 == pytest.approx(share / sum(HOURS), abs=0.006)


def test_an_outage_moves_files_to_its_end_and_loses_none() -> None:
    day = traffic.day(3000)

    found = traffic.with_outage(day, 8, 12)

    assert len(found) == len(day)
    assert not [one for one in found if 8 * HOUR_S <= one.at < 12 * HOUR_S]
    held = sum(8 * HOUR_S <= one.at < 12 * HOUR_S for one in day)
    assert sum(one.at == 12 * HOUR_S for one in found) == held > 0


def test_a_stream_has_its_rate() -> None:
    assert len(traffic.stream(4, 5000)) == pytest.approx(20_000, rel=0.03)
