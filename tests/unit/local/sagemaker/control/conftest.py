"""The control plane behind a real server: before an AWS that moto serves, or one in memory."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from common.paths import ROOT
from local.sagemaker.app import create_app
from local.sagemaker.control import buckets, checkpoints, joblog
from local.sagemaker.control.plane import ControlPlane
from local.sagemaker.server import RuntimeServer, bind_loopback
from tests.unit.local.sagemaker.control.harness import BUCKET as MEMORY_BUCKET
from tests.unit.local.sagemaker.control.harness import ControlPlaneHarness, Server

TRAINER = Path(__file__).with_name("trainer.py")
MODEL = ROOT / "local" / "models" / "pre-trained"
BUCKET = "training"
WAIT_S = 30


@dataclass
class Laptop:
    """A local AWS: clients of any service through the front door."""

    url: str
    _clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = boto3.client(
                service,
                endpoint_url=self.url,
                region_name="us-east-1",
                aws_access_key_id="test",
                aws_secret_access_key="test",
            )
        return self._clients[service]

    def train(self, name: str, data: str = "{}", **changes: Any) -> None:
        key = f"data/{name}/train.jsonl"
        self.client("s3").put_object(Bucket=BUCKET, Key=key, Body=data.encode())
        self.client("sagemaker").create_training_job(**job(name) | changes)

    def ended(self, name: str) -> dict[str, Any]:
        return self.until(name, lambda found: found["TrainingJobStatus"] not in BUSY)

    def until(self, name: str, ready: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        deadline = time.monotonic() + WAIT_S
        while True:
            found: dict[str, Any] = self.client("sagemaker").describe_training_job(
                TrainingJobName=name
            )
            if ready(found):
                return found
            assert time.monotonic() < deadline, found["SecondaryStatus"]
            time.sleep(0.05)

    def log(self, name: str) -> list[str]:
        logs = self.client("logs")
        group = "/aws/sagemaker/TrainingJobs"
        streams = logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=f"{name}/")
        if not streams["logStreams"]:
            return []
        events = logs.get_log_events(
            logGroupName=group,
            logStreamName=streams["logStreams"][0]["logStreamName"],
            startFromHead=True,
        )
        return [event["message"] for event in events["events"]]


BUSY = ("InProgress", "Stopping")


def job(name: str) -> dict[str, Any]:
    def channel(kind: str, key: str) -> dict[str, Any]:
        source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/{key}"}
        return {"ChannelName": kind, "DataSource": {"S3DataSource": source}}

    return {
        "TrainingJobName": name,
        "AlgorithmSpecification": {
            "TrainingImage": "impressions-local/small-t5:1",
            "TrainingInputMode": "File",
            "MetricDefinitions": [
                {"Name": "train_loss", "Regex": r"'loss': ([0-9.]+(?:e[-+]?[0-9]+)?)"},
                {"Name": "val_loss", "Regex": r"'eval_loss': ([0-9.]+)"},
            ],
        },
        "HyperParameters": {"epochs": "3"},
        "InputDataConfig": [channel("training", f"data/{name}"), channel("model", "none.tar.gz")],
        "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/jobs/"},
        "CheckpointConfig": {"S3Uri": f"s3://{BUCKET}/checkpoints/same"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        "RoleArn": "arn:aws:iam::000000000000:role/training",
        "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        "Tags": [{"Key": "project", "Value": "radiology-impressions"}],
    }


@pytest.fixture(scope="session")
def aws_url() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@contextmanager
def serving(folder: Path, aws_url: str) -> Iterator[Laptop]:
    """A control plane with its state in `folder`."""
    plane = ControlPlane(folder, aws_url, command=[sys.executable, str(TRAINER)])
    models = plane.models({"impressions-fine-tuned": MODEL})
    ready = threading.Event()
    with ExitStack() as stack:
        listener = stack.enter_context(bind_loopback("127.0.0.1", 0))
        server = RuntimeServer(create_app(models, plane=plane), ready.set)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            assert ready.wait(WAIT_S)
            yield Laptop(f"http://127.0.0.1:{listener.getsockname()[1]}")
        finally:
            server.should_exit = True
            thread.join(WAIT_S)


@pytest.fixture
def laptop(tmp_path: Path, aws_url: str) -> Iterator[Laptop]:
    with serving(tmp_path, aws_url) as made:
        made.client("s3").create_bucket(Bucket=BUCKET)
        yield made
        empty(made)


def empty(made: Laptop) -> None:
    s3 = made.client("s3")
    for item in s3.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        s3.delete_object(Bucket=BUCKET, Key=item["Key"])
    s3.delete_bucket(Bucket=BUCKET)


@pytest.fixture
def harness(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ControlPlaneHarness:
    """An AWS in memory, which a test can take down, and an impatient control plane."""
    for module in (checkpoints, joblog):
        monkeypatch.setattr(module, "EVERY_S", 0.05)
    monkeypatch.setattr(joblog, "CLOSE_S", 0.2)
    monkeypatch.setattr(buckets, "RETRY_S", 0.05)
    made = ControlPlaneHarness(tmp_path)
    made.aws.objects[f"{MEMORY_BUCKET}/training/train.jsonl"] = b"{}"
    return made


@pytest.fixture
def server(harness: ControlPlaneHarness) -> Iterator[Server]:
    with harness.server() as running:
        yield running


@pytest.fixture
def client(server: Server) -> Any:
    return server.client()
