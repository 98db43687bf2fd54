from dataclasses import replace

import pytest

from benchmarks.scale.design import Design
from benchmarks.scale.endpoint import Curve
from benchmarks.scale.night import Load, Night, night
from benchmarks.scale.system import INSTANCE_START_S
from tests.unit.benchmarks.conftest import EXACT, MEASURED


def of(design: Design, load: Load) -> Night:
    return night(design, load, Curve(), MEASURED, EXACT)


def test_a_shard_is_not_divided_among_instances(base: Design) -> None:
    one_shard = Curve().ideal_s(2000, 8)
    load = Load(0, 10, 1000)  # five shards

    alone = of(base, load).job_s
    three = of(replace(base, transform_instances=3), load).job_s
    many = of(replace(base, transform_instances=50), load).job_s

    assert alone == pytest.approx(INSTANCE_START_S + 5 * one_shard)
    assert three == pytest.approx(INSTANCE_START_S + 2 * one_shard)
    assert many == pytest.approx(INSTANCE_START_S + one_shard)


def test_the_sweep_grows_with_what_is_kept_and_what_is_swept(base: Design) -> None:
    load = Load(10_000, 0, 0)

    year = of(base, load)
    month = of(replace(base, landing_days=30), load)
    days = of(replace(base, landing_days=30, sweep_days=1), load)

    # 3,650 pages of 1,000 keys, 0.1 s each; 140,000 checks, 16 at a time, 0.1 s each
    assert year.sweep_s == pytest.approx(365 + 875)
    assert month.sweep_s == pytest.approx(30 + 875)
    assert days.sweep_s == pytest.approx(30 + 62.5)
    assert year.invocations == 2


def test_a_night_without_nightly_files_has_no_job(base: Design) -> None:
    found = of(base, Load(100, 0, 0))

    assert (found.job_s, found.join_s) == (0, 0)


def test_joining_calls_no_endpoint(base: Design) -> None:
    small, large = (of(base, Load(0, files, 300)).join_s for files in (1, 50))

    assert 0 < small < large < 60
