"""A job's figures: every point that its metric definitions find in its log."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from training.aws import Target, explained
from training.errors import AwsError, JobError
from training.jobs.find import Job

LOG_GROUP = "/aws/sagemaker/TrainingJobs"
NAMESPACE = "/aws/sagemaker/TrainingJobs"
_EPOCH = "epoch"


@dataclass(frozen=True)
class Line:
    """One line of a log, with its time in milliseconds since 1970."""

    at: int
    text: str


@dataclass(frozen=True)
class Point:
    """One figure. `step` counts the metric's own points from 1; `epoch` is None when unknown."""

    metric: str
    step: int
    epoch: float | None
    value: float
    at: int

    @property
    def observed_at(self) -> str:
        """UTC, as the lake writes times."""
        stamp = datetime.fromtimestamp(self.at / 1000, UTC)
        return stamp.strftime("%Y-%m-%d %H:%M:%S.") + f"{self.at % 1000:03d}"


def log_lines(target: Target, job: Job) -> list[Line]:
    """The whole log of a job, in order; empty while there is none.

    Raises:
        AwsError: AWS refused, or was not reached.
    """
    logs = target.client("logs")
    lines: list[Line] = []
    for stream in _streams(logs, job["TrainingJobName"]):
        arguments: dict[str, Any] = {
            "logGroupName": LOG_GROUP,
            "logStreamName": stream,
            "startFromHead": True,
        }
        token = None
        while True:
            with explained(f"log {stream}"):
                page = logs.get_log_events(**arguments)
            lines += [Line(event["timestamp"], event["message"]) for event in page["events"]]
            # The same token twice is the end.
            if page["nextForwardToken"] == token or not page["events"]:
                break
            token = arguments["nextToken"] = page["nextForwardToken"]
    return lines


def points_of(job: Job, lines: Sequence[Line]) -> list[Point]:
    """Every figure in a log, in the order of its lines.

    A line's own epoch is the epoch of its figures; the definitions are the job's.

    Raises:
        JobError: a definition is no regular expression.
    """
    definitions = _definitions(job)
    found: list[Point] = []
    counts: dict[str, int] = {}
    for line in lines:
        epoch = _value(definitions.get(_EPOCH), line.text)
        for name, regex in definitions.items():
            value = epoch if name == _EPOCH else _value(regex, line.text)
            if value is not None:
                counts[name] = counts.get(name, 0) + 1
                found.append(Point(name, counts[name], epoch, value, line.at))
    return found


def points(target: Target, job: Job) -> list[Point]:
    """Every figure of a job: from its log, or from CloudWatch's metrics when that is denied.

    CloudWatch keeps means of a minute and no epochs.

    Raises:
        JobError: a metric definition is no regular expression.
        AwsError: AWS refused, or was not reached.
    """
    try:
        lines = log_lines(target, job)
    except AwsError as error:
        if "denied" not in str(error):
            raise
        lines = []
    return points_of(job, lines) or _from_cloudwatch(target, job)


def _streams(logs: Any, name: str) -> Iterator[str]:  # noqa: ANN401  # boto3's
    try:
        with explained(f"log group {LOG_GROUP}"):
            pages = logs.get_paginator("describe_log_streams").paginate(
                logGroupName=LOG_GROUP, logStreamNamePrefix=f"{name}/"
            )
            found = [one["logStreamName"] for page in pages for one in page["logStreams"]]
    except AwsError as error:
        if error.code != "ResourceNotFoundException":
            raise
        return
    yield from sorted(found)


def _definitions(job: Job) -> dict[str, re.Pattern[str]]:
    found = {}
    for one in job["AlgorithmSpecification"].get("MetricDefinitions", []):
        try:
            found[one["Name"]] = re.compile(one["Regex"])
        except re.error as error:
            problem = f"its metric {one['Name']} has no regular expression ({error})"
            raise JobError(job["TrainingJobName"], problem) from None
    return found


def _value(regex: re.Pattern[str] | None, text: str) -> float | None:
    found = regex.search(text) if regex else None
    try:
        return float(found[1]) if found else None
    except (ValueError, IndexError):
        return None


def _from_cloudwatch(target: Target, job: Job) -> list[Point]:
    metrics = [one["Name"] for one in job["AlgorithmSpecification"].get("MetricDefinitions", [])]
    if not metrics or "TrainingStartTime" not in job:
        return []
    queries = [
        {
            "Id": f"m{number}",
            "MetricStat": {
                "Metric": {
                    "Namespace": NAMESPACE,
                    "MetricName": name,
                    "Dimensions": [{"Name": "TrainingJobName", "Value": job["TrainingJobName"]}],
                },
                "Period": 60,
                "Stat": "Average",
            },
        }
        for number, name in enumerate(metrics)
    ]
    end = job.get("TrainingEndTime") or datetime.now(UTC)
    with explained("CloudWatch metrics"):
        pages = (
            target.client("cloudwatch")
            .get_paginator("get_metric_data")
            .paginate(
                MetricDataQueries=queries,
                StartTime=job["TrainingStartTime"],
                EndTime=end,
                ScanBy="TimestampAscending",
            )
        )
        results = [one for page in pages for one in page["MetricDataResults"]]
    found: list[Point] = []
    for one in results:
        name = metrics[int(one["Id"][1:])]
        pairs = zip(one["Timestamps"], one["Values"], strict=True)
        found += [
            Point(name, step, None, value, int(stamp.timestamp() * 1000))
            for step, (stamp, value) in enumerate(pairs, 1)
        ]
    return sorted(found, key=lambda point: point.at)
