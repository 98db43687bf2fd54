"""The nights of a pretended account: a SageMaker whose transform jobs tests can make go wrong."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import ClientError

from chalicelib import aws
from chalicelib.nightly import run
from chalicelib.nightly.context import Continuation, NightlyContext
from chalicelib.settings import current_settings
from tests.account.account import Account
from tests.account.model import draft_of
from tests.account.settings import INVOCATION_MS, RESULTS

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient

BEGAN = datetime(2026, 11, 3, 2, 5, tzinfo=UTC)
TOOK = timedelta(seconds=90)
MODEL = "model-behind-the-endpoint"

# One output line of the job: the row's id, and the text; what comes back is written instead.
Change = Callable[[list[str]], list[str]]


class Killed(BaseException):
    """A process that is killed: nothing of the project catches it."""


@dataclass
class Transforms:
    """SageMaker's control plane as far as a night uses it; jobs end when a test says so."""

    account: Account
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    refuses: str = ""

    def describe_endpoint(self, EndpointName: str) -> dict[str, Any]:
        return {"EndpointName": EndpointName, "EndpointConfigName": f"config-{EndpointName}"}

    def describe_endpoint_config(self, EndpointConfigName: str) -> dict[str, Any]:
        assert EndpointConfigName.startswith("config-")
        return {"ProductionVariants": [{"ModelName": MODEL}]}

    def create_transform_job(self, **request: Any) -> None:
        if self.refuses:
            raise refusal(self.refuses, "No.", "CreateTransformJob")
        name = request["TransformJobName"]
        if name in self.jobs:
            raise refusal("ResourceInUse", "Job name must be unique within an AWS account.")
        self.jobs[name] = request | {"TransformJobStatus": "InProgress"}

    def describe_transform_job(self, TransformJobName: str) -> dict[str, Any]:
        if TransformJobName not in self.jobs:
            raise refusal("ValidationException", "Could not find requested job")
        return self.jobs[TransformJobName]

    def complete(self, name: str, change: Change = list) -> None:
        """Draft the shards as a container would, and end the job; `change` breaks an output."""
        job = self.jobs[name]
        assert ast.literal_eval(job["Environment"]["HYPER_PARAMS"])["num_beams"] == 10
        source = job["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"]
        prefix = source.removeprefix(f"s3://{RESULTS}/")
        out = job["TransformOutput"]["S3OutputPath"].removeprefix(f"s3://{RESULTS}/")
        for key in self.account.list_keys():
            if key.startswith(prefix):
                lines = [json.loads(line) for line in self.account.read(key).splitlines()]
                drafted = [
                    str({"id": line["id"], "generated_texts": [draft_of(line["text_inputs"])]})
                    for line in lines
                ]
                body = "\n".join(change(drafted)).encode()
                target = f"{out}/{key.removeprefix(prefix)}.out"
                self.account.s3.put_object(Bucket=RESULTS, Key=target, Body=body)
        self.end(name, "Completed")

    def end(self, name: str, status: str) -> None:
        """Give a job its last status."""
        self.jobs[name] |= {
            "TransformJobStatus": status,
            "TransformStartTime": BEGAN,
            "TransformEndTime": BEGAN + TOOK,
        }

    def event_of(self, name: str) -> str:
        """The event that EventBridge delivers when a job has ended."""
        job = self.jobs[name]
        event = {
            "version": "0",
            "id": "7a8f-1",
            "detail-type": "SageMaker Transform Job State Change",
            "source": "aws.sagemaker",
            "account": "123456789012",
            "time": "2026-11-03T02:10:00Z",
            "region": "us-east-1",
            "resources": [],
            "detail": {
                "TransformJobName": name,
                "TransformJobStatus": job["TransformJobStatus"],
            },
        }
        return json.dumps(event)


def refusal(code: str, message: str, operation: str = "Operation") -> ClientError:
    """What botocore raises."""
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


@dataclass
class Nights:
    """The nightly function of a world."""

    account: Account
    sagemaker: Transforms
    now: float = 0.0
    owner: str = ""
    handed_on: list[Continuation] = field(default_factory=list)
    seconds_left: Callable[[], float] = lambda: INVOCATION_MS / 1000

    @property
    def context(self) -> NightlyContext:
        """What the function works with."""
        return NightlyContext(
            settings=current_settings(),
            s3=aws.s3(),
            sqs=aws.sqs(),
            dynamodb=aws.dynamodb(),
            sagemaker=cast("SageMakerClient", self.sagemaker),
            seconds_left=self.seconds_left,
            hand_on=self.handed_on.append,
            clock=lambda: self.now,
            owner=self.owner,
        )

    def run(self) -> run.NightlyResult:
        """Run the night, with all its continuations."""
        told = run.run(self.context, None)
        while told.continues:
            told = run.run(self.context, self.handed_on.pop())
        return told

    @property
    def only_job(self) -> str:
        """The one job that there is."""
        (name,) = self.sagemaker.jobs
        return name

    def tell(self, name: str) -> None:
        """Deliver SageMaker's event of a job, and do all that follows."""
        self.account.deliver(self.sagemaker.event_of(name))
        self.account.drain()

    def finish(self, change: Change = list) -> None:
        """Complete the only job and do all that follows."""
        self.sagemaker.complete(self.only_job, change)
        self.tell(self.only_job)


def nights_of(account: Account, monkeypatch: pytest.MonkeyPatch) -> Nights:
    """The nights of a world, whose function finds the pretended SageMaker too."""
    sagemaker = Transforms(account)
    monkeypatch.setattr(aws, "sagemaker", cache(lambda: sagemaker))
    return Nights(account, sagemaker, now=datetime.now(UTC).timestamp())


def reports(count: int, start: int = 0) -> bytes:
    """So many reports, no two alike, JSON Lines."""
    return b"\n".join(
        json.dumps({"report_id": f"r{n}", "findings": f"Findings {n}."}).encode()
        for n in range(start, start + count)
    )
