"""A job's metric values as rows of the lake's table `training_metrics`."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
from collections.abc import Sequence
from datetime import UTC
from typing import Any

from analytics.tables import SCHEMA_VERSION, TRAINING_METRICS
from common.aws import Target, explained
from common.errors import AwsError
from common.s3 import S3Uri
from training.jobs.find import Job, model_id
from training.jobs.points import Point

TABLE = TRAINING_METRICS.name


def rows(job: Job, found: Sequence[Point], model_id: str) -> list[dict[str, Any]]:
    """One row per point; a model's version is the name of the job that produced it."""
    return [
        {
            "training_job_name": job["TrainingJobName"],
            "model_id": model_id,
            "model_version": job["TrainingJobName"],
            "metric_name": point.metric,
            "step": point.step,
            "epoch": point.epoch,
            "value": point.value,
            "observed_at": point.observed_at,
            "schema_version": SCHEMA_VERSION,
        }
        for point in found
    ]


def place(job: Job, results_bucket: str) -> S3Uri:
    """One object per job, in the partition of the day on which it was created (UTC)."""
    day = job["CreationTime"].astimezone(UTC).strftime("%Y-%m-%d")
    name = hashlib.sha256(job["TrainingJobArn"].encode()).hexdigest()[:32]
    return S3Uri(results_bucket, f"lake/{TABLE}/dt={day}/{name}-0.jsonl.gz")


def write(target: Target, job: Job, found: Sequence[Point], results_bucket: str) -> S3Uri | None:
    """Write the job's rows, replacing those of an earlier call; None if there are none.

    Values without epochs are CloudWatch's averages, used when the log is denied or gone: they never
    replace existing rows.

    Raises:
        AwsError: the bucket does not exist or access is denied.
    """
    if not found:
        return None
    there = place(job, results_bucket)
    text = "".join(
        f"{json.dumps(row, sort_keys=True, separators=(',', ':'), allow_nan=False)}\n"
        for row in rows(job, found, model_id(target, job))
    )
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", fileobj=packed, mode="wb", mtime=0) as file:
        file.write(text.encode())
    exact = any(point.epoch is not None for point in found)
    try:
        with explained(str(there)):
            target.client("s3").put_object(
                Bucket=there.bucket,
                Key=there.key,
                Body=packed.getvalue(),
                ContentType="application/x-ndjson",
                ContentEncoding="gzip",
                **({} if exact else {"IfNoneMatch": "*"}),
            )
    except AwsError as error:
        if error.code != "PreconditionFailed":
            raise
    return there
