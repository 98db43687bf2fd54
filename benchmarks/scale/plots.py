"""The plots of docs/scale.md. The same values give the same bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.scale.figures import Figures
from benchmarks.scale.sweep import Cell
from benchmarks.scale.system import Outcome

BIN_S = 120.0
HOUR_S = 3600.0
BACKLOG_H = (11, 18)
# Records per call and batch size, without a window.
SHOWN = ((8, 1), (8, 5), (8, 8), (8, 10), (16, 10))


def batch_sizes(cells: Sequence[Cell], ideal: float, path: Path) -> None:
    """Endpoint-seconds and 99th percentile of the latency against the load, without a window."""
    with _figure(path, 2) as (left, right):
        names = list(dict.fromkeys(cell.load for cell in cells))
        for (records, size), marker in zip(SHOWN, "ov^sx", strict=True):
            style = f"{marker}-"
            line = [
                cell
                for cell in cells
                if (cell.micro_batch, cell.batch_size, cell.window_s) == (records, size, 0.0)
            ]
            left.plot(
                names,
                [cell.endpoint_s_per_thousand for cell in line],
                style,
                label=f"{size} · {records}",
            )
            right.plot(names, [cell.latency_p99_s for cell in line], style)
        left.axhline(ideal, color="grey", linestyle=":", label="calls of 8")
        left.set(title="endpoint-seconds per 1,000 reports", ylim=(0, None))
        right.set(title="put to result, 99th percentile (s)", yscale="log")
        for axes in (left, right):
            axes.tick_params(axis="x", rotation=30)
        left.legend(title="BatchSize · records per call")


def windows(cells: Sequence[Cell], path: Path) -> None:
    """What a window costs a lone file, and what it saves under load."""
    with _figure(path, 2) as panels:
        records, batch_size = SHOWN[-1]
        chosen = [
            cell for cell in cells if (cell.micro_batch, cell.batch_size) == (records, batch_size)
        ]
        for load in ("0.01 files/s", "4 files/s"):
            for waits, style in ((False, "o-"), (True, "o--")):
                line = [
                    one
                    for one in chosen
                    if one.load == load and (one.low_traffic_wait == waits or not one.window_s)
                ]
                label = f"{load}{', waits up to 20 s' if waits else ''}"
                across = [cell.window_s for cell in line]
                saved = [cell.endpoint_s_per_thousand for cell in line]
                panels[0].plot(across, saved, style, label=label)
                panels[1].plot(across, [one.latency_median_s for one in line], style, label=label)
        titles = ("endpoint-seconds per 1,000 reports", "put to result, median (s)")
        for axes, title in zip(panels, titles, strict=True):
            axes.set(title=title, ylim=(0, None), xlabel="window (s)")
        panels[1].legend()


def backlog(found: Mapping[str, Outcome], path: Path) -> None:
    """Files without a result, and instances, over the day."""
    with _figure(path, 2) as (left, right):
        for name, outcome in found.items():
            hours, open_files = _open_over_time(outcome)
            left.plot(hours, open_files, label=name)
            steps = [*outcome.endpoint.instances_at]
            right.step(
                [at / HOUR_S for at, _ in steps] + [24],
                [count for _, count in steps] + [steps[-1][1]],
                where="post",
                label=name,
            )
        left.set(title="files without a result", xlabel="hour of the day", xlim=BACKLOG_H)
        right.set(title="instances", xlabel="hour of the day", ylim=(0, None), xlim=(0, 24))
        left.legend()


def _open_over_time(outcome: Outcome) -> tuple[list[float], list[float]]:
    begin, end = (hour * HOUR_S for hour in BACKLOG_H)
    moments = np.arange(begin, end + BIN_S, BIN_S)
    put = np.searchsorted(sorted(one.put_at for one in outcome.uploads), moments)
    ends = sorted(one.done_at for one in outcome.uploads if one.done_at is not None)
    done = np.searchsorted(ends, moments)
    return (moments / HOUR_S).tolist(), (put - done).tolist()


def costs(found: Mapping[int, Figures], nights: Mapping[int, float], path: Path) -> None:
    """Dollars per report against the reports of a day: endpoint, the rest, and the night alone."""
    with _figure(path, 1) as (axes,):
        reports = list(found)
        total = [one["dollars_per_report"] for one in found.values()]
        rest = [one["dollars_per_report_besides_endpoint"] for one in found.values()]
        axes.plot(reports, total, "o-", label="live, total")
        axes.plot(reports, rest, "o-", label="live, without the endpoint")
        axes.plot(list(nights), list(nights.values()), "o--", label="nightly job")
        axes.set(xscale="log", yscale="log", xlabel="reports a day", ylabel="$ per report")
        axes.legend()


@contextmanager
def _figure(path: Path, panels: int) -> Iterator[list[Any]]:
    """Axes to draw on; the file is written at the end."""
    from matplotlib import rc_context  # noqa: PLC0415  # only in the environment `simulate`
    from matplotlib.figure import Figure  # noqa: PLC0415  # the same

    with rc_context({"svg.hashsalt": "impressions", "svg.fonttype": "none", "font.size": 9}):
        figure = Figure(figsize=(4.5 * panels, 3.5), layout="constrained")
        axes = list(figure.subplots(1, panels, squeeze=False)[0])
        yield axes
        for one in axes:
            one.grid(visible=True, alpha=0.3)
        figure.savefig(path, metadata={"Date": None})
