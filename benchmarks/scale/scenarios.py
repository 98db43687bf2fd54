"""The scenarios: how much arrives and when, and the parameters that each is run with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from benchmarks.scale import traffic
from benchmarks.scale.design import Design
from benchmarks.scale.system import Arrival
from benchmarks.scale.traffic import DAY_S

# One hospital: an assumption. A country: 40.1 million imaging examinations in England in 2011–12
# (NHS England, "Annual Imaging and Radiodiagnostics Statistics, 2011-12"); a weekday has a sixth of
# a week's, which is an assumption.
HOSPITAL = 300
HOSPITALS = 100
COUNTRY_A_YEAR = 40_100_000
COUNTRY = round(COUNTRY_A_YEAR / 365 * 7 / 6)
REPORTS = {"hospital": HOSPITAL, "hundred": HOSPITAL * HOSPITALS, "country": COUNTRY}
# The RIS is cut off for four hours, and sends everything at noon.
OUTAGE_H = (8.0, 12.0)
# What docs/scale.md recommends, where it differs from the template's defaults.
TARGET = 60.0


@dataclass(frozen=True)
class Scenario:
    """A day of one deployment."""

    name: str
    arrivals: list[Arrival]
    design: Design
    until: float | None = DAY_S


def recommended(base: Design) -> Design:
    """The design that docs/scale.md recommends for small files on this curve."""
    return replace(
        base,
        batch_size=base.micro_batch_records,
        window_s=0.0,
        shares_calls=True,
        least_outstanding=True,
        scaling=replace(base.scaling, invocations_per_instance=TARGET),
    )


def days(base: Design) -> Iterator[Scenario]:
    """Each size of deployment, on an ordinary day and with an outage, in three designs."""
    alone = replace(base, shares_calls=False)
    for name, reports in REPORTS.items():
        day = traffic.day(reports)
        outage = traffic.with_outage(day, *OUTAGE_H)
        for kind, arrivals in (("day", day), ("outage", outage)):
            yield Scenario(f"{name}, {kind}, one call per file", arrivals, alone)
            yield Scenario(f"{name}, {kind}, shared calls", arrivals, base)
            yield Scenario(f"{name}, {kind}, recommended", arrivals, recommended(base))


def concurrencies(base: Design) -> Iterator[Scenario]:
    """A backlog against an endpoint of one instance, with ever more concurrent invocations."""
    for concurrency in (2, 4, 8, 32, 128, 512):
        yield Scenario(
            f"concurrency {concurrency}",
            traffic.backlog(5000),
            replace(recommended(base), concurrency=concurrency),
            None,
        )
