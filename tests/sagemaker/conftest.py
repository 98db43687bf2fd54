"""Tests with the real SageMaker SDK against moto; an environment of their own, for its gigabyte."""

from __future__ import annotations

import importlib.util
import json
import logging
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from common.aws import Target
    from training.config import FineTune

collect_ignore_glob = [] if importlib.util.find_spec("sagemaker") else ["test_*.py"]


@pytest.fixture(scope="session", autouse=True)
def _imported() -> None:
    """The SDK warns of its own code when it is imported for the first time; here warnings fail."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from sagemaker.train import ModelTrainer  # noqa: F401  # for the warnings of importing it


REGION, BUCKET = "us-east-1", "hospital-training"


@dataclass(frozen=True)
class Account:
    """An AWS of moto's: where it is called, and where the prepared reports are."""

    url: str
    client: Callable[[str], Any]
    target: Target
    data: str


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The URL of a moto server on loopback."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    try:
        yield "http://{}:{}".format(*running.get_host_and_port())
    finally:
        running.stop()


@pytest.fixture
def aws(server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Account:
    """An account with JumpStart's bucket and prepared reports."""
    import boto3
    import requests

    from common.aws import Target
    from common.paths import ROOT
    from local.stack import jumpstart_bucket

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))

    def client(service: str) -> Any:
        return boto3.client(service, endpoint_url=server, region_name=REGION)

    requests.post(f"{server}/moto-api/reset", timeout=10).raise_for_status()
    s3 = client("s3")
    for name in (jumpstart_bucket.bucket_name(REGION), BUCKET):
        s3.create_bucket(Bucket=name)
    jumpstart_bucket.seed(s3, REGION, ROOT / "local" / "models" / "pre-trained")
    for name, text in (
        ("train/train.jsonl", '{"prompt":"Clear.","completion":"Normal."}\n'),
        ("train/template.json", '{"prompt":"{prompt}","completion":"{completion}"}'),
        ("evaluation/set.jsonl", "{}\n"),
    ):
        s3.put_object(Bucket=BUCKET, Key=f"prepared/{name}", Body=text.encode())
    return Account(
        url=server,
        client=client,
        target=Target(region=REGION, endpoint_url=server),
        data=f"s3://{BUCKET}/prepared",
    )


@pytest.fixture
def config(aws: Account) -> FineTune:
    from training.config import FineTune

    return FineTune(
        data=aws.data,
        output=f"s3://{BUCKET}/jobs",
        role_arn="arn:aws:iam::123456789012:role/training",
        job_name="the-job",
    )


Offer = Callable[..., None]


@pytest.fixture
def offer(aws: Account) -> Iterator[Offer]:
    """Changes what JumpStart offers: the specification of a version, members None are left out."""
    from sagemaker.core.jumpstart import accessors

    from local.stack import jumpstart_bucket

    def change(model_id: str = jumpstart_bucket.MODEL_ID, **members: Any) -> None:
        version = jumpstart_bucket.PINNED
        specs = jumpstart_bucket.specification(version, REGION) | {"model_id": model_id} | members
        bucket = jumpstart_bucket.bucket_name(REGION)
        key = f"community_models/{model_id}/specs_v{version}.json"
        kept = {name: value for name, value in specs.items() if value is not None}
        entry = jumpstart_bucket.manifest()[0] | {"model_id": model_id, "spec_key": key}
        listed = [one for one in jumpstart_bucket.manifest() if one["model_id"] != model_id]
        for name, content in ((key, kept), ("models_manifest.json", [*listed, entry])):
            body = json.dumps(content).encode()
            aws.client("s3").put_object(Bucket=bucket, Key=name, Body=body)
        accessors.JumpStartModelsAccessor.reset_cache()  # the SDK remembers what it has read

    accessors.JumpStartModelsAccessor.reset_cache()
    yield change
    accessors.JumpStartModelsAccessor.reset_cache()


@pytest.fixture
def dropped(aws: Account) -> Iterator[None]:
    """Lets JumpStart have other models only."""
    from sagemaker.core.jumpstart import accessors

    from local.stack import jumpstart_bucket

    others = [one | {"model_id": "another-model"} for one in jumpstart_bucket.manifest()]
    aws.client("s3").put_object(
        Bucket=jumpstart_bucket.bucket_name(REGION),
        Key="models_manifest.json",
        Body=json.dumps(others).encode(),
    )
    accessors.JumpStartModelsAccessor.reset_cache()
    yield
    accessors.JumpStartModelsAccessor.reset_cache()


@pytest.fixture
def call(aws: Account) -> Callable[..., int]:
    """Runs a verb as a user types it; its exit status."""
    from training.__main__ import VERBS, parser

    def run(verb: str, *more: str) -> int:
        there = ("--endpoint-url", aws.url, "--region", REGION)
        options = parser().parse_args([verb, *more, *there])
        status: int = VERBS[verb].run(options)
        return status

    return run
