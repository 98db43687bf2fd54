"""Jobs and their figures for people: lines, tables, a plot."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from tabulate import tabulate

from training.errors import MissingPackageError, SettingError
from training.jobs.find import Job, artefact
from training.jobs.points import Point

PLOT_REQUIREMENTS = "training/requirements-plot.txt"
FORMATS = (".svg", ".png")
LOSSES = {"train_loss": "training", "val_loss": "validation"}


def summary(job: Job) -> dict[str, Any]:
    """What `status` tells of a job; times in UTC, durations in seconds."""
    return {
        "job": job["TrainingJobName"],
        "status": job["TrainingJobStatus"],
        "secondary_status": job.get("SecondaryStatus", ""),
        "failure_reason": job.get("FailureReason", ""),
        "instance_type": job.get("ResourceConfig", {}).get("InstanceType", ""),
        "created": _time(job.get("CreationTime")),
        "started": _time(job.get("TrainingStartTime")),
        "ended": _time(job.get("TrainingEndTime")),
        "training_seconds": job.get("TrainingTimeInSeconds"),
        "billable_seconds": job.get("BillableTimeInSeconds"),
        "model": artefact(job),
        "hyperparameters": dict(job.get("HyperParameters", {})),
        "metrics": {one["MetricName"]: one["Value"] for one in job.get("FinalMetricDataList", [])},
    }


def lines(told: dict[str, Any]) -> str:
    """A summary, a line each; what is empty is left out."""
    rows = [
        (name.replace("_", " "), _text(value))
        for name, value in told.items()
        if value not in ("", None, {})
    ]
    return tabulate(rows, tablefmt="plain", disable_numparse=True)


def table(found: Sequence[Point]) -> str:
    """Losses by epoch: the last figure of each whole or part epoch that was logged."""
    epochs = sorted({point.epoch for point in found if point.epoch is not None})
    by_epoch: dict[float, dict[str, float]] = {epoch: {} for epoch in epochs}
    for point in found:
        if point.epoch is not None and point.metric in LOSSES:
            by_epoch[point.epoch][point.metric] = point.value
    if not any(by_epoch.values()):
        rows = [(point.metric, point.step, point.value) for point in found]
        return tabulate(rows, headers=("metric", "step", "value"))
    return tabulate(
        [(epoch, *(row.get(name) for name in LOSSES)) for epoch, row in by_epoch.items() if row],
        headers=("epoch", *LOSSES),
        floatfmt=(".2f", ".4f", ".4f"),
    )


def plot(found: Sequence[Point], title: str, path: Path) -> None:
    """Draw training and validation loss against the epoch; the same points, the same bytes.

    Raises:
        SettingError: the file's ending is none of FORMATS, or it cannot be written.
        MissingPackageError: matplotlib is not installed.
    """
    if path.suffix.lower() not in FORMATS:
        raise SettingError(str(path), f"end the name in {' or '.join(FORMATS)}")
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingPackageError("matplotlib", PLOT_REQUIREMENTS) from None
    with rc_context({"svg.hashsalt": "impressions", "svg.fonttype": "none"}):
        figure = Figure(figsize=(8, 4.5), layout="constrained")
        axes = figure.add_subplot()
        for metric, word in LOSSES.items():
            line = [point for point in found if point.metric == metric]
            across = [p.step if p.epoch is None else p.epoch for p in line]
            # Markers for both: a job of one epoch has one point of each.
            marker = "o" if metric == "val_loss" else "."
            axes.plot(across, [p.value for p in line], label=word, marker=marker, markersize=5)
        axes.set(xlabel="epoch", ylabel="loss (nats a piece)", title=title)
        axes.grid(visible=True, alpha=0.3)
        axes.legend()
        try:
            figure.savefig(path, dpi=150, metadata=_undated(path))
        except OSError as error:
            raise SettingError(str(path), f"cannot be written ({error.strerror})") from None


def _undated(path: Path) -> dict[str, None]:
    return {"Date": None} if path.suffix.lower() == ".svg" else {"Software": None}


def _time(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S %Z}".strip() if at else ""


def _text(value: Any) -> str:  # noqa: ANN401  # any JSON
    if isinstance(value, dict):
        return ", ".join(f"{name} {one}" for name, one in value.items())
    return str(value)
