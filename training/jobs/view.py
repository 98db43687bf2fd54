"""Jobs and their metrics in human-readable form: lines and tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tabulate import tabulate

from training.jobs.find import Job, artefact
from training.jobs.points import Point

LOSSES = {"train_loss": "training", "val_loss": "validation"}


def summary(job: Job) -> dict[str, Any]:
    """What `status` shows of a job; times in UTC, durations in seconds."""
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


def lines(values: dict[str, Any]) -> str:
    """A summary with one line per value; empty values are left out."""
    rows = [
        (name.replace("_", " "), _text(value))
        for name, value in values.items()
        if value not in ("", None, {})
    ]
    return tabulate(rows, tablefmt="plain", disable_numparse=True)


def table(found: Sequence[Point]) -> str:
    """Losses by epoch: the last value of each logged epoch, whole or fractional."""
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


def _time(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S %Z}".strip() if at else ""


def _text(value: Any) -> str:  # noqa: ANN401  # any JSON
    if isinstance(value, dict):
        return ", ".join(f"{name} {one}" for name, one in value.items())
    return str(value)
