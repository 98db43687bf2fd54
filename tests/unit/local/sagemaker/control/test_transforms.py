"""Transform jobs: shards in S3, run through the model, written as the container writes."""

from __future__ import annotations

import ast
import json
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.sagemaker.payload import GenerationParameters
from tests.unit.local.sagemaker.control.harness import (
    BUCKET,
    SEED,
    ControlPlaneHarness,
    FakeModel,
    Server,
)

WAIT_S = 20.0
JOB: dict[str, Any] = {
    "TransformJobName": "night-1",
    "ModelName": SEED,
    "MaxPayloadInMB": 1,
    "Environment": {"HYPER_PARAMS": "{'max_length': 80, 'num_beams': 10}"},
    "TransformInput": {
        "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"{BUCKET}/in/"}},
        "ContentType": "application/jsonlines",
        "SplitType": "Line",
    },
    "TransformOutput": {
        "S3OutputPath": f"{BUCKET}/out",
        "Accept": "text/csv",
        "AssembleWith": "Line",
    },
    "TransformResources": {"InstanceType": "ml.g5.2xlarge", "InstanceCount": 1},
}


def shard(*texts: str, start: int = 0) -> bytes:
    rows = [{"id": f"a:{start + n}", "text_inputs": text} for n, text in enumerate(texts)]
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def ended(sagemaker: Any, name: str = "night-1") -> dict[str, Any]:
    deadline = time.monotonic() + WAIT_S
    while True:
        job: dict[str, Any] = sagemaker.describe_transform_job(TransformJobName=name)
        if job["TransformJobStatus"] not in ("InProgress", "Stopping"):
            return job
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_job_writes_one_line_a_row_as_the_container_does(
    harness: ControlPlaneHarness, server: Server
) -> None:
    harness.aws.objects |= {
        f"{BUCKET}/in/00000.jsonl": shard("one", "two"),
        f"{BUCKET}/in/00001.jsonl": shard("three", start=2),
    }
    sagemaker = server.client()

    made = sagemaker.create_transform_job(**JOB)
    job = ended(sagemaker)

    assert made["TransformJobArn"] == job["TransformJobArn"]
    assert job["TransformJobStatus"] == "Completed"
    assert job["CreationTime"] <= job["TransformStartTime"] <= job["TransformEndTime"]
    lines = harness.aws.objects[f"{BUCKET}/out/00000.jsonl.out"].decode().splitlines()
    assert [ast.literal_eval(line) for line in lines] == [
        {"id": "a:0", "generated_texts": ["seed"]},
        {"id": "a:1", "generated_texts": ["seed"]},
    ]
    with pytest.raises(ValueError, match="Expecting"):
        json.loads(lines[0])
    assert f"{BUCKET}/out/00001.jsonl.out" in harness.aws.objects
    assert [told["TransformJobStatus"] for told in harness.announced] == ["Completed"]


def test_a_list_names_jobs_by_status(harness: ControlPlaneHarness, server: Server) -> None:
    harness.aws.objects[f"{BUCKET}/in/00000.jsonl"] = shard("one")
    sagemaker = server.client()
    for name in ("night-1", "night-2"):
        sagemaker.create_transform_job(**JOB | {"TransformJobName": name})
        ended(sagemaker, name)

    found = sagemaker.list_transform_jobs(StatusEquals="Completed")["TransformJobSummaries"]

    assert {job["TransformJobName"] for job in found} == {"night-1", "night-2"}
    assert sagemaker.list_transform_jobs(StatusEquals="Failed")["TransformJobSummaries"] == []


@pytest.mark.parametrize(
    ("objects", "change", "reason"),
    [
        ({}, {}, "no objects at"),
        ({"in/a": b"no json\n"}, {}, "has no text_inputs"),
        ({"in/a": b'{"id": 1}\n'}, {}, "has no text_inputs"),
        ({"in/a": shard("x" * 1_100_000)}, {}, "larger than MaxPayloadInMB"),
        ({"in/a": shard("x")}, {"Environment": {"HYPER_PARAMS": "{"}}, "HYPER_PARAMS"),
        ({"in/a": shard("x")}, {"Environment": {"HYPER_PARAMS": "{'beams': 1}"}}, "HYPER_PARAMS"),
    ],
    ids=["no shard", "no JSON", "no text", "large row", "cut parameters", "unknown parameter"],
)
def test_a_job_that_cannot_be_done_fails_with_its_reason(
    harness: ControlPlaneHarness,
    server: Server,
    objects: dict[str, bytes],
    change: dict[str, Any],
    reason: str,
) -> None:
    harness.aws.objects |= {f"{BUCKET}/{name}": body for name, body in objects.items()}
    sagemaker = server.client()

    sagemaker.create_transform_job(**JOB | change)
    job = ended(sagemaker)

    assert job["TransformJobStatus"] == "Failed"
    assert reason in job["FailureReason"]
    assert [told["TransformJobStatus"] for told in harness.announced] == ["Failed"]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"ModelName": "nobody"}, "Could not find model"),
        ({"TransformOutput": {"S3OutputPath": f"{BUCKET}/out"}}, "AssembleWith"),
        ({"DataProcessing": {"JoinSource": "Input"}}, "DataProcessing"),
    ],
)
def test_a_request_that_would_be_done_otherwise_is_refused(
    server: Server, change: dict[str, Any], problem: str
) -> None:
    with pytest.raises(ClientError, match=problem):
        server.client().create_transform_job(**JOB | change)


def test_a_model_of_uncompressed_files_is_refused_as_aws_does(server: Server) -> None:
    sagemaker = server.client()
    source = {"S3Uri": f"{BUCKET}/m/", "S3DataType": "S3Prefix", "CompressionType": "None"}
    sagemaker.create_model(
        ModelName="loose",
        PrimaryContainer={"Image": "i", "ModelDataSource": {"S3DataSource": source}},
        ExecutionRoleArn="arn:aws:iam::000000000000:role/r",
    )

    with pytest.raises(ClientError, match="ModelDataSource"):
        sagemaker.create_transform_job(**JOB | {"ModelName": "loose"})


def test_a_name_is_taken_for_ever(harness: ControlPlaneHarness, server: Server) -> None:
    harness.aws.objects[f"{BUCKET}/in/a"] = shard("one")
    sagemaker = server.client()
    sagemaker.create_transform_job(**JOB)
    ended(sagemaker)

    with pytest.raises(ClientError, match="must be unique") as caught:
        sagemaker.create_transform_job(**JOB)
    assert caught.value.response["Error"]["Code"] == "ResourceInUse"


class SlowModel(FakeModel):
    """Says when it is asked, and waits to be let go."""

    asked = threading.Event()
    go_on = threading.Event()

    def generate(self, texts: Sequence[str], parameters: GenerationParameters) -> list[list[str]]:
        self.asked.set()
        self.go_on.wait(WAIT_S)
        return super().generate(texts, parameters)


@pytest.fixture
def slow(harness: ControlPlaneHarness) -> Iterator[None]:
    """Models that wait."""
    SlowModel.asked.clear()
    SlowModel.go_on.clear()

    def load(folder: Path) -> SlowModel:
        return SlowModel((folder / "weights").read_text())

    harness.load = load
    yield
    SlowModel.go_on.set()


@pytest.mark.usefixtures("slow")
def test_a_job_that_is_stopped_ends_as_stopped(harness: ControlPlaneHarness) -> None:
    harness.aws.objects |= {f"{BUCKET}/in/{n}": shard("one") for n in range(3)}
    with harness.server() as server:
        sagemaker = server.client()
        sagemaker.create_transform_job(**JOB)
        sagemaker.create_transform_job(**JOB | {"TransformJobName": "night-2"})
        assert SlowModel.asked.wait(WAIT_S)

        sagemaker.stop_transform_job(TransformJobName="night-2")
        sagemaker.stop_transform_job(TransformJobName="night-1")
        status = sagemaker.describe_transform_job(TransformJobName="night-1")
        SlowModel.go_on.set()

        assert status["TransformJobStatus"] == "Stopping"
        assert ended(sagemaker)["TransformJobStatus"] == "Stopped"
        assert ended(sagemaker, "night-2")["TransformJobStatus"] == "Stopped"
        with pytest.raises(ClientError, match="in status Stopped"):
            sagemaker.stop_transform_job(TransformJobName="night-1")


@pytest.mark.usefixtures("slow")
def test_a_job_goes_on_when_the_server_comes_back(harness: ControlPlaneHarness) -> None:
    harness.aws.objects |= {f"{BUCKET}/in/{n}": shard("one") for n in range(3)}
    with harness.server() as server:
        server.client().create_transform_job(**JOB)
        assert SlowModel.asked.wait(WAIT_S)
        threading.Timer(0.2, SlowModel.go_on.set).start()

    with harness.server() as server:
        job = ended(server.client())

    assert job["TransformJobStatus"] == "Completed"
    assert len([name for name in harness.aws.objects if "/out/" in name]) == 3
    assert [told["TransformJobStatus"] for told in harness.announced] == ["Completed"]


def test_a_job_that_is_not_there_is_not_found(server: Server) -> None:
    with pytest.raises(ClientError, match="Could not find requested job"):
        server.client().describe_transform_job(TransformJobName="nobody")
