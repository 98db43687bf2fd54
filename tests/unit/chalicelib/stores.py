"""A small AWS for the tests of the core: buckets, queue and tables in moto, a stub endpoint."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3

from chalicelib.drafting.call_size import CallSizes
from chalicelib.drafting.endpoint import Draft, EndpointClient
from chalicelib.drafting.shared_calls import SharedCalls
from chalicelib.errors import EndpointRejectedError, ModelError
from chalicelib.intake.chunk_plan import Plans
from chalicelib.objects import ObjectRef, result_key
from chalicelib.processing.context import ProcessingContext
from chalicelib.queue.messages import WorkItem
from chalicelib.settings import Model, Settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

LANDING, RESULTS = "landing-bucket", "results-bucket"
IDEMPOTENCY, PROGRESS = "idempotency-table", "progress-table"
LIVE = Model("fine-tuned", "live-endpoint", "small", "1")
RIVAL = Model("pre-trained", "rival-endpoint", "plain", "0")
NOTICED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
POISON = "poison"


class StubEndpoint(EndpointClient):
    """Drafts `seen: <findings>`, refuses one text, and raises each of `trouble` once."""

    def __init__(self, *trouble: Exception) -> None:
        self._sizes = CallSizes()
        self.trouble = list(trouble)
        self.refuses = POISON
        self.calls: list[tuple[str, list[str]]] = []
        self.prompts: list[str] = []

    def draft(
        self,
        model: Model,
        prompts: Sequence[str],
        micro_batch: int,
        drafts: list[Draft | ModelError] | None = None,
    ) -> list[Draft | ModelError]:
        assert micro_batch > 0
        drafts = [] if drafts is None else drafts
        self.prompts += prompts[len(drafts) :]
        asked = findings_of(model, prompts[len(drafts) :])
        self.calls.append((model.role, asked))
        if self.trouble:
            raise self.trouble.pop(0)
        drafts += [
            EndpointRejectedError("refused")
            if text == self.refuses
            else Draft(f"seen: {text}", 1.5)
            for text in asked
        ]
        return drafts


def findings_of(model: Model, prompts: Sequence[str]) -> list[str]:
    """The findings in prompts without context."""
    before, _, after = model.prompt.partition("{findings}")
    return [one.removeprefix(before).removesuffix(after) for one in prompts]


@dataclass
class Stores:
    """The clients and what lies behind them."""

    s3: S3Client
    sqs: SQSClient
    dynamodb: DynamoDBClient
    settings: Settings
    endpoint: StubEndpoint = field(default_factory=StubEndpoint)

    def land(self, key: str, body: bytes) -> WorkItem:
        """Upload a landing object and tell of it as a notification would."""
        answer = self.s3.put_object(Bucket=LANDING, Key=key, Body=body)
        ref = ObjectRef(LANDING, key, answer["ETag"].strip('"'), answer["VersionId"])
        return WorkItem(ref, NOTICED)

    def run(self, *, attempt: int = 1) -> ProcessingContext:
        return ProcessingContext(
            settings=self.settings,
            s3=self.s3,
            sqs=self.sqs,
            dynamodb=self.dynamodb,
            seat=SharedCalls(self.endpoint, self.settings.micro_batch_records).seat(),
            plans=Plans(self.dynamodb, self.settings.progress_table),
            attempt=attempt,
            request_id="request-1",
            started_at=NOTICED,
        )

    def keys(self, prefix: str) -> list[str]:
        found = self.s3.list_objects_v2(Bucket=RESULTS, Prefix=prefix)
        return sorted(one["Key"] for one in found.get("Contents", []))

    def content(self, key: str) -> bytes:
        return self.s3.get_object(Bucket=RESULTS, Key=key)["Body"].read()

    def everything(self, prefix: str = "") -> dict[str, bytes]:
        return {key: self.content(key) for key in self.keys(prefix)}

    def result(self, ref: ObjectRef) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.content(result_key(ref)))
        return document

    def rows(self, table: str) -> list[dict[str, Any]]:
        lines = b"".join(gzip.decompress(self.content(key)) for key in self.keys(f"lake/{table}/"))
        return [json.loads(line) for line in lines.splitlines()]

    def messages(self) -> list[MessageTypeDef]:
        """Receive every message of the work queue that is not hidden."""
        found: list[MessageTypeDef] = []
        while True:
            answer = self.sqs.receive_message(
                QueueUrl=self.settings.work_queue_url,
                MaxNumberOfMessages=10,
                MessageSystemAttributeNames=["All"],
            )
            if "Messages" not in answer:
                return found
            found += answer["Messages"]


class Context:
    """What the tests need of a LambdaContext."""

    aws_request_id = "request-1"
    function_name = "summarize"
    memory_limit_in_mb = 1024
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:summarize"

    def __init__(self, milliseconds: int = 900_000) -> None:
        self._milliseconds = milliseconds

    def get_remaining_time_in_millis(self) -> int:
        return self._milliseconds


class ShortPages:
    """An S3 client that lists so few keys a page."""

    def __init__(self, real: Any, size: int) -> None:
        self._real, self._size = real, size

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def get_paginator(self, name: str) -> ShortPages:
        return ShortPages(self._real.get_paginator(name), self._size)

    def paginate(self, **asked: Any) -> Any:
        return self._real.paginate(**asked, PaginationConfig={"PageSize": self._size})


@cache
def _clients() -> tuple[S3Client, SQSClient, DynamoDBClient]:
    # Moto answers them whenever it is in force; making them anew takes longer than most tests.
    clients = boto3.client("s3"), boto3.client("sqs"), boto3.client("dynamodb")
    for client in clients:
        _ = client.exceptions  # before threads ask for it, as in `chalicelib.aws`
    return clients


def build_stores() -> Stores:
    """Make everything; moto has to be in force."""
    s3, sqs, dynamodb = _clients()
    for bucket in (LANDING, RESULTS):
        s3.create_bucket(Bucket=bucket)
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    queue = sqs.create_queue(QueueName="work", Attributes={"VisibilityTimeout": "5400"})
    for table, key in ((IDEMPOTENCY, "id"), (PROGRESS, "object_id")):
        dynamodb.create_table(
            TableName=table,
            KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    settings = Settings(
        results_bucket=RESULTS,
        work_queue_url=queue["QueueUrl"],
        idempotency_table=IDEMPOTENCY,
        progress_table=PROGRESS,
        models=(LIVE, RIVAL),
        chunk_records=4,
        micro_batch_records=8,
        max_object_bytes=1_000_000,
    )
    return Stores(s3, sqs, dynamodb, settings)
