"""A job's metric values in CloudWatch: averages per minute, without epochs."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

from common.aws import Target, explained
from training.jobs.find import Job
from training.jobs.points import Point

NAMESPACE = "/aws/sagemaker/TrainingJobs"
# How long CloudWatch keeps data points, by period in seconds (user guide, "Metrics retention").
RETENTION = ((60, timedelta(days=15)), (300, timedelta(days=63)), (3600, timedelta(days=455)))


def read(target: Target, job: Job) -> list[Point]:
    """The averages of every metric that the job defines, in chronological order.

    Raises:
        AwsError: AWS rejected the request or could not be reached.
    """
    names = [one["Name"] for one in job["AlgorithmSpecification"].get("MetricDefinitions", [])]
    began = job.get("TrainingStartTime")
    if not names or began is None:
        return []
    now = datetime.now(UTC)
    period = _period(now - began)
    with explained("CloudWatch metrics"):
        pages = (
            target.client("cloudwatch")
            .get_paginator("get_metric_data")
            .paginate(
                MetricDataQueries=[
                    _query(number, name, job["TrainingJobName"], period)
                    for number, name in enumerate(names)
                ],
                StartTime=began,
                # The end is exclusive, and the last values arrive as the job ends.
                EndTime=job.get("TrainingEndTime", now) + timedelta(seconds=period),
                ScanBy="TimestampAscending",
            )
        )
        results = [one for page in pages for one in page["MetricDataResults"]]
    return _points(names, results)


def _query(number: int, name: str, job_name: str, period: int) -> dict[str, Any]:
    metric = {
        "Namespace": NAMESPACE,
        "MetricName": name,
        "Dimensions": [{"Name": "TrainingJobName", "Value": job_name}],
    }
    return {
        "Id": f"m{number}",
        "MetricStat": {"Metric": metric, "Period": period, "Stat": "Average"},
    }


def _points(names: list[str], results: list[dict[str, Any]]) -> list[Point]:
    found: list[Point] = []
    counts = dict.fromkeys(names, 0)
    for one in results:  # a metric has one result per page
        name = names[int(one["Id"][1:])]
        for stamp, value in zip(one["Timestamps"], one["Values"], strict=True):
            if math.isfinite(value):
                counts[name] += 1
                at = int(stamp.timestamp() * 1000)
                found.append(Point(name, counts[name], None, value, at))
    return sorted(found, key=lambda point: point.at)


def _period(age: timedelta) -> int:
    for period, kept in RETENTION:
        if age < kept:
            return period
    return RETENTION[-1][0]
