"""The scenarios: how much arrives and when, and the parameters that each is run with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from benchmarks.scale import traffic
from benchmarks.scale.design import Design
from benchmarks.scale.endpoint import Curve
from benchmarks.scale.system import Arrival
from benchmarks.scale.traffic import DAY_S

# One hospital: an assumption. A country: 40.1 million imaging examinations in England in 2011/12
# (NHS England, "Annual Imaging and Radiodiagnostics Statistics, 2011-12"); a weekday has a sixth of
# a week's, which is an assumption.
HOSPITAL = 300
HOSPITALS = 100
COUNTRY_A_YEAR = 40_100_000
COUNTRY = round(COUNTRY_A_YEAR / 365 * 7 / 6)
REPORTS = {"hospital": HOSPITAL, "hundred": HOSPITAL * HOSPITALS, "country": COUNTRY}
# The RIS is cut off for four hours, and sends everything at noon.
OUTAGE_H = (8.0, 12.0)
# Recommended in docs/scale.md: well below what an instance can answer in a minute, 64 calls with
# 16 records and 176 with one.
TARGET = 40.0
# Invocations per instance: while one waits for the endpoint, another reads and writes.
PER_INSTANCE = 2
# An assumption for a smaller GPU and ten beams.
SLOW = Curve(1500.0, 200.0)
SLOW_TARGET = 8.0


@dataclass(frozen=True)
class Scenario:
    """A day of one deployment."""

    name: str
    arrivals: list[Arrival]
    design: Design
    until: float | None = DAY_S
    curve: Curve = field(default_factory=Curve)


def recommended(base: Design) -> Design:
    """The design that docs/scale.md recommends on this curve."""
    return replace(
        base,
        concurrency=PER_INSTANCE * base.scaling.most,
        shares_calls=True,
        least_outstanding=True,
        scaling=replace(base.scaling, invocations_per_instance=TARGET),
    )


def days(base: Design) -> Iterator[Scenario]:
    """Each size of deployment, on an ordinary day and with an outage, in three designs.

    The last one shows what routing contributes to the last recommendation.
    """
    alone = replace(base, shares_calls=False)
    for name, reports in REPORTS.items():
        day = traffic.day(reports)
        outage = traffic.with_outage(day, *OUTAGE_H)
        for kind, arrivals in (("day", day), ("outage", outage)):
            yield Scenario(f"{name}, {kind}, one call per file", arrivals, alone)
            yield Scenario(f"{name}, {kind}, shared calls", arrivals, base)
            yield Scenario(f"{name}, {kind}, recommended", arrivals, recommended(base))
    at_random = replace(recommended(base), least_outstanding=False)
    yield Scenario("country, outage, the same with random routing", arrivals, at_random)


def files(base: Design) -> Iterator[Scenario]:
    """The same reports as small files and as one large file, with one instance."""
    alone, best = replace(base, shares_calls=False), recommended(base)
    small, large = traffic.backlog(2000), traffic.backlog(1, 2000)
    yield Scenario("2,000 files, one call per file", small, alone, None)
    yield Scenario("2,000 files, recommended", small, best, None)
    yield Scenario("one file of 2,000, chunks apart", large, alone, None)
    yield Scenario("one file of 2,000, recommended", large, best, None)
    huge = traffic.backlog(1, 20_000)
    yield Scenario("one file of 20,000, recommended", huge, best, None)
    yield Scenario("one file of 20,000, five times slower", huge, best, None, SLOW)


def slow(base: Design) -> Iterator[Scenario]:
    """The country's ordinary day with a model that takes five times as long."""
    arrivals = traffic.day(COUNTRY)
    best = recommended(base)
    best = replace(best, scaling=replace(best.scaling, invocations_per_instance=SLOW_TARGET))
    yield Scenario(
        "country, day, one call per file", arrivals, replace(base, shares_calls=False), DAY_S, SLOW
    )
    yield Scenario("country, day, shared calls", arrivals, base, DAY_S, SLOW)
    yield Scenario("country, day, recommended, target 8", arrivals, best, DAY_S, SLOW)


def concurrencies(base: Design) -> Iterator[Scenario]:
    """A backlog of 5,000 files against one instance, with ever more concurrent invocations."""
    for concurrency in (2, 4, 8, 32, 128, 512):
        yield Scenario(
            f"concurrency {concurrency}",
            traffic.backlog(5000),
            replace(recommended(base), concurrency=concurrency),
            None,
        )
