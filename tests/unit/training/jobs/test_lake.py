from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from common.aws import Target
from training.config import MODEL_TAG
from training.jobs import lake
from training.jobs.points import Point

POINTS = [Point("train_loss", 1, 0.5, 2.0, 0), Point("val_loss", 1, 1.0, 1.5, 1000)]


@pytest.fixture
def job(moto_target: Target) -> dict[str, Any]:
    client = moto_target.client("sagemaker")
    moto_target.client("s3").create_bucket(Bucket="results")
    client.create_training_job(
        TrainingJobName="job",
        RoleArn="arn:aws:iam::123456789012:role/r",
        AlgorithmSpecification={"TrainingImage": "registry/image:1", "TrainingInputMode": "File"},
        OutputDataConfig={"S3OutputPath": "s3://bucket/jobs"},
        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        StoppingCondition={"MaxRuntimeInSeconds": 60},
        Tags=[{"Key": MODEL_TAG, "Value": "flan"}],
    )
    made: dict[str, Any] = client.describe_training_job(TrainingJobName="job")
    return made | {"CreationTime": datetime(2026, 3, 1, 23, 59, tzinfo=UTC)}


def stored(moto_target: Target) -> dict[str, list[dict[str, Any]]]:
    s3 = moto_target.client("s3")
    return {
        item["Key"]: [
            json.loads(line)
            for line in gzip.decompress(
                s3.get_object(Bucket="results", Key=item["Key"])["Body"].read()
            ).splitlines()
        ]
        for item in s3.list_objects_v2(Bucket="results").get("Contents", [])
    }


def test_a_row_a_point_in_the_partition_of_the_jobs_day(
    moto_target: Target, job: dict[str, Any]
) -> None:
    lake.write(moto_target, job, POINTS, "results")
    ((key, rows),) = stored(moto_target).items()
    assert key.startswith("lake/training_metrics/dt=2026-03-01/")
    assert key.endswith("-0.jsonl.gz")
    assert rows[0] == {
        "training_job_name": "job",
        "model_id": "flan",
        "model_version": "job",
        "metric_name": "train_loss",
        "step": 1,
        "epoch": 0.5,
        "value": 2.0,
        "observed_at": "1970-01-01 00:00:00.000",
        "schema_version": 1,
    }
    assert len(rows) == 2


def test_a_later_write_takes_the_place_of_the_earlier(
    moto_target: Target, job: dict[str, Any]
) -> None:
    lake.write(moto_target, job, POINTS[:1], "results")
    lake.write(moto_target, job, POINTS, "results")
    ((_, rows),) = stored(moto_target).items()
    assert len(rows) == 2


def test_means_never_replace_exact_rows(moto_target: Target, job: dict[str, Any]) -> None:
    lake.write(moto_target, job, POINTS, "results")
    lake.write(moto_target, job, [Point("train_loss", 1, None, 9.0, 0)], "results")
    ((_, rows),) = stored(moto_target).items()
    assert [row["value"] for row in rows] == [2.0, 1.5]


def test_no_figure_no_object(moto_target: Target, job: dict[str, Any]) -> None:
    assert lake.write(moto_target, job, [], "results") is None
    assert not stored(moto_target)
