"""A control plane in a server of its own, with an S3 that is a dict and models that are words."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError

from common.stack_settings import LocalStackSettings
from local.sagemaker.app import create_app
from local.sagemaker.control.buckets import Aws
from local.sagemaker.control.plane import ControlPlane
from local.sagemaker.control.runner import Patience
from local.sagemaker.errors import ModelDirectoryError
from local.sagemaker.payload import GenerationParameters
from local.sagemaker.server import RuntimeServer, bind_loopback

START_S = 20.0
TRAINER = Path(__file__).with_name("fake_trainer.py")
IMAGE = "impressions-local/small-t5:1"
ROLE = "arn:aws:iam::000000000000:role/training"
SEED = "impressions-fine-tuned"
BUCKET = "s3://bucket"


class FakeAws(Aws):
    """S3, logs and metrics in memory; `is_down` makes every call fail like a closed port."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1:9", LocalStackSettings())
        self.objects: dict[str, bytes] = {}
        self.lines: dict[str, list[str]] = {}
        self.figures: list[tuple[str, str, float]] = []
        self.is_down = False

    def fetch(self, uri: str, folder: Path) -> list[Path]:
        self._answer()
        found = []
        for name, content in sorted(self.objects.items()):
            if name.startswith(uri):
                rest = name[len(uri) :].lstrip("/") or name.rpartition("/")[2]
                (folder / rest).parent.mkdir(parents=True, exist_ok=True)
                (folder / rest).write_bytes(content)
                found.append(folder / rest)
        return found

    def put(self, path: Path, uri: str) -> None:
        self.put_bytes(path.read_bytes(), uri)

    def put_bytes(self, data: bytes, uri: str) -> None:
        self._answer()
        self.objects[uri] = data

    def open_log(self, stream: str) -> None:
        self._answer()
        self.lines.setdefault(stream, [])

    def log(self, stream: str, lines: Sequence[tuple[int, str]]) -> None:
        self._answer()
        self.lines[stream] += [text for _, text in lines]

    def measure(self, job: str, values: Sequence[tuple[str, float, float]]) -> None:
        self._answer()
        self.figures += [(job, name, value) for name, value, _ in values]

    def _answer(self) -> None:
        if self.is_down:
            raise EndpointConnectionError(endpoint_url="http://127.0.0.1:9")


@dataclass
class FakeModel:
    """Answers every text with what its folder's file says."""

    word: str

    def generate(self, texts: Sequence[str], parameters: GenerationParameters) -> list[list[str]]:
        return [[self.word] * parameters.num_return_sequences for _ in texts]


def load(folder: Path) -> FakeModel:
    """The model of a folder that holds a file `weights`."""
    path = folder / "weights"
    if not path.is_file():
        raise ModelDirectoryError(folder, "weights is missing")
    return FakeModel(path.read_text())


@dataclass
class ControlPlaneHarness:
    """A server's state, which outlives its servers."""

    folder: Path
    aws: Any = field(default_factory=FakeAws)  # FakeAws, or None for the one at aws_url
    patience: Patience = field(default_factory=lambda: Patience(stop=10, close=5, upload=10))
    aws_url: str = "http://127.0.0.1:9"
    load: Callable[[Path], Any] = load
    announced: list[dict[str, Any]] = field(default_factory=list)
    command: Callable[..., Sequence[str]] = lambda _say: [sys.executable, str(TRAINER)]

    @contextmanager
    def server(self) -> Iterator[Server]:
        seed, base = self.folder / "seed", self.folder / "base"
        for place in (seed, base):
            place.mkdir(parents=True, exist_ok=True)
            (place / "weights").write_text(place.name)
        plane = ControlPlane(
            self.folder / "state",
            self.aws_url,
            aws=self.aws,
            base_model=base,
            command=self.command,
            load=self.load,
            patience=self.patience,
            announce=self.announced.append,
        )
        app = create_app(plane.models({SEED: seed}), plane=plane)
        ready = threading.Event()
        with bind_loopback("127.0.0.1", 0) as listener:
            running = RuntimeServer(app, ready.set)
            thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
            thread.start()
            try:
                assert ready.wait(START_S)
                yield Server(f"http://127.0.0.1:{listener.getsockname()[1]}")
            finally:
                running.should_exit = True
                thread.join(START_S)
            assert not thread.is_alive()


@dataclass
class Server:
    """A server that is up."""

    url: str

    def client(self, service: str = "sagemaker") -> Any:
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
        )

    def ask(self, endpoint: str = SEED) -> str:
        """What the endpoint's model says."""
        answer = self.client("sagemaker-runtime").invoke_endpoint(
            EndpointName=endpoint, ContentType="application/json", Body=b'{"text_inputs": "x"}'
        )
        return str(answer["Body"].read().decode())


def job_request(name: str = "job-1", **changes: Any) -> dict[str, Any]:
    """A CreateTrainingJob request; `changes` are members, hyperparameters by their names."""
    return {
        "TrainingJobName": name,
        "AlgorithmSpecification": {
            "TrainingImage": IMAGE,
            "TrainingInputMode": "File",
            "MetricDefinitions": [
                {"Name": "train:loss", "Regex": r"'loss': ([0-9.]+(?:e[-+]?\d+)?)"}
            ],
        },
        "RoleArn": ROLE,
        "InputDataConfig": [channel("training"), channel("model")],
        "OutputDataConfig": {"S3OutputPath": f"{BUCKET}/output"},
        "CheckpointConfig": {"S3Uri": f"{BUCKET}/checkpoints/1"},
        "ResourceConfig": {
            "InstanceType": "ml.m5.large",
            "InstanceCount": 1,
            "VolumeSizeInGB": 1,
        },
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
    } | changes


def channel(name: str) -> dict[str, Any]:
    place = {
        "S3DataType": "S3Prefix",
        "S3Uri": f"{BUCKET}/{name}/",
        "S3DataDistributionType": "FullyReplicated",
    }
    return {"ChannelName": name, "DataSource": {"S3DataSource": place}}


def until(condition: Callable[[], Any], seconds: float = START_S) -> Any:
    """Ask until something true comes back; returns it."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.02)
    return found


def ended(client: Any, name: str = "job-1") -> dict[str, Any]:
    """The job once it has ended."""

    def look() -> dict[str, Any] | None:
        job: dict[str, Any] = client.describe_training_job(TrainingJobName=name)
        return job if job["TrainingJobStatus"] in ("Completed", "Failed", "Stopped") else None

    found: dict[str, Any] = until(look)
    return found
