"""The control plane before the real MiniStack: data, models, logs and metrics go through it."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from local.sagemaker.control.buckets import LOG_GROUP, METRIC_NAMESPACE
from tests.unit.local.sagemaker.control.harness import (
    IMAGE,
    SEED,
    ControlPlaneHarness,
    Server,
    channel,
    ended,
    job_request,
    until,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.stack.lifecycle import Stack


@pytest.fixture(scope="module")
def laptop(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("control")
    with ControlPlaneHarness(folder, aws=None, aws_url=stack.aws_url).server() as server:
        yield server


@pytest.fixture
def bucket(laptop: Server) -> str:
    name = f"control-{uuid.uuid4().hex[:8]}"
    laptop.client("s3").create_bucket(Bucket=name)
    return name


def request(bucket: str, name: str, **hyperparameters: str) -> dict[str, Any]:
    data = channel("training")
    data["DataSource"]["S3DataSource"]["S3Uri"] = f"s3://{bucket}/data/"
    return job_request(
        name,
        InputDataConfig=[data],
        OutputDataConfig={"S3OutputPath": f"s3://{bucket}/jobs"},
        CheckpointConfig={"S3Uri": f"s3://{bucket}/checkpoints"},
        HyperParameters=hyperparameters,
    )


def test_a_job_is_resumed_logged_measured_and_served(laptop: Server, bucket: str) -> None:
    s3, client = laptop.client("s3"), laptop.client()
    for number in range(3):
        s3.put_object(Bucket=bucket, Key=f"data/part/{number}.jsonl", Body=b"{}")
    first, second = f"{bucket}-1", f"{bucket}-2"

    client.create_training_job(**request(bucket, first, steps="3", crash="1"))
    assert ended(client, first)["FailureReason"] == "AlgorithmError: killed by signal 9"
    client.create_training_job(**request(bucket, second, steps="5"))
    job = ended(client, second)

    assert job["TrainingJobStatus"] == "Completed", job
    assert "starting at step 3 with ['part']" in log(laptop, second)
    listed = laptop.client("cloudwatch").list_metrics(
        Namespace=METRIC_NAMESPACE, Dimensions=[{"Name": "TrainingJobName", "Value": second}]
    )
    assert [one["MetricName"] for one in listed["Metrics"]] == ["train:loss"]
    client.create_model(
        ModelName=second,
        PrimaryContainer={
            "Image": IMAGE,
            "ModelDataUrl": job["ModelArtifacts"]["S3ModelArtifacts"],
        },
    )
    variant = {"VariantName": "AllTraffic", "ModelName": second, "InstanceType": "ml.m5.large"}
    client.create_endpoint_config(
        EndpointConfigName=second, ProductionVariants=[variant | {"InitialInstanceCount": 1}]
    )
    client.update_endpoint(EndpointName=SEED, EndpointConfigName=second)
    until(lambda: client.describe_endpoint(EndpointName=SEED)["EndpointStatus"] == "InService")
    assert laptop.ask() == '{"generated_texts":["5"]}'


def log(laptop: Server, job: str) -> list[str]:
    logs = laptop.client("logs")
    [stream] = logs.describe_log_streams(
        logGroupName=LOG_GROUP, logStreamNamePrefix=f"{job}/algo-1-"
    )["logStreams"]
    page = logs.get_log_events(
        logGroupName=LOG_GROUP, logStreamName=stream["logStreamName"], startFromHead=True
    )
    return [event["message"] for event in page["events"]]


def test_every_service_is_behind_the_one_url(
    laptop: Server, stack: Stack, bucket: str, tmp_path: Path
) -> None:
    s3 = laptop.client("s3")
    large, back = tmp_path / "large", tmp_path / "back"
    large.write_bytes(bytes(range(256)) * 80_000)

    s3.put_object(Bucket=bucket, Key="a b/ü+%2F", Body=b"text", Metadata={"a": "b"})
    s3.upload_file(str(large), bucket, "large")
    s3.download_file(bucket, "large", str(back))
    part = s3.get_object(Bucket=bucket, Key="a b/ü+%2F", Range="bytes=1-2")

    assert part["Body"].read() == b"ex"
    assert part["Metadata"] == {"a": "b"}
    assert back.read_bytes() == large.read_bytes()
    assert s3.head_object(Bucket=bucket, Key="large")["ContentLength"] == large.stat().st_size
    name = stack.settings.stack_name
    stacks = laptop.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    assert stacks[0]["StackStatus"].endswith("_COMPLETE")
    assert stack.outputs.progress_table in laptop.client("dynamodb").list_tables()["TableNames"]
    queue = laptop.client("sqs").get_queue_attributes(
        QueueUrl=stack.outputs.work_queue_url, AttributeNames=["QueueArn"]
    )
    assert queue["Attributes"]["QueueArn"]
    assert laptop.client("sts").get_caller_identity()["Account"] == stack.settings.account_id
