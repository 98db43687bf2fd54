"""The tables of docs/cost.md: written between marks, so that the text around them stays."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from benchmarks.cost.counts import Counts
from benchmarks.cost.month import Case, Inputs, Line, bill, function_seconds, night_dollars
from benchmarks.scale.prices import Prices
from benchmarks.scale.tables import table
from common.errors import UsageError
from common.paths import ROOT

PAGE = ROOT / "docs" / "cost.md"


def tables(cases: Sequence[Case], of: Inputs) -> dict[str, str]:
    """Every table by the name of its mark."""
    return {
        "counts": counts_table(of.counts, function_seconds(of)),
        "month": month_table(cases, of),
        "nights": nights_table(cases, of),
        "prices": prices_table(of.prices),
    }


def counts_table(counts: Counts, seconds: float) -> str:
    """What a file uses."""
    rows = [[f"`{name}`", f"{count:g}"] for name, count in counts.calls.items()]
    rows += [
        ["bytes sent", f"{counts.bytes_sent:,.0f}"],
        ["bytes received", f"{counts.bytes_received:,.0f}"],
        ["seconds of Lambda", f"{seconds:.2f}"],
    ]
    return table(["a file of one report", "count"], rows)


def month_table(cases: Sequence[Case], of: Inputs) -> str:
    """Units and dollars a month for each case; sums; dollars for a thousand reports."""
    bills = [bill(case, of) for case in cases]
    rows = [
        [
            f"{lines[0].service}: {lines[0].unit}",
            *(cell for line in lines for cell in (_units(line.count), _dollars(line.dollars))),
        ]
        for lines in zip(*bills, strict=True)
        if any(line.count for line in lines)
    ]
    sums = [sum(line.dollars for line in lines) for lines in bills]
    rows.append(["**sum**", *(cell for one in sums for cell in ("", f"**{_dollars(one)}**"))])
    without = [one - _of(lines, "endpoint") for one, lines in zip(sums, bills, strict=True)]
    rows.append(["without the endpoint", *(c for one in without for c in ("", _dollars(one)))])
    each = [1000 * one / (case.reports * 30) for one, case in zip(sums, cases, strict=True)]
    rows.append(["for 1,000 reports", *(cell for one in each for cell in ("", _dollars(one)))])
    headings = [cell for case in cases for cell in (case.name, "$")]
    return table(["a month", *headings], rows)


def nights_table(cases: Sequence[Case], of: Inputs) -> str:
    """What the transform job of a night costs, if all reports of the day wait for it."""
    rows = []
    for case in cases:
        night = night_dollars(case.reports, of)
        rows.append(
            [case.name, f"{case.reports:,}", _dollars(night), _dollars(1000 * night / case.reports)]
        )
    return table(["", "reports a night", "$ a night", "$ for 1,000 reports"], rows)


def prices_table(prices: Prices) -> str:
    """The prices, under the names that a file of the user's may have."""
    rows = [[f"`{name}`", f"{price:.10f}".rstrip("0")] for name, price in _prices(prices)]
    return table(["price", "$"], rows)


def written(text: str, found: dict[str, str]) -> str:
    """The page with these tables in place of the old ones.

    Raises UsageError if the page lacks a mark.
    """
    for name, body in found.items():
        begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        if begin not in text or end not in text:
            raise UsageError(f"{PAGE}: has no {begin.strip()} … {end}")
        head, _, rest = text.partition(begin)
        text = f"{head}{begin}\n{body}\n{end}{rest.partition(end)[2]}"
    return text


def _prices(prices: Prices) -> list[tuple[str, float]]:
    found: dict[str, float] = msgspec.structs.asdict(prices)
    return list(found.items())


def _of(lines: Sequence[Line], service: str) -> float:
    return sum(line.dollars for line in lines if line.service == service)


def _units(count: float) -> str:
    return f"{count:,.0f}" if count >= 100 else f"{count:.3g}"  # noqa: PLR2004  # three digits


def _dollars(value: float) -> str:
    return f"{value:,.2f}" if value >= 0.01 else f"{value:.4f}"  # noqa: PLR2004  # a cent
