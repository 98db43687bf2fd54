"""The account: buckets, queues, tables, and the functions that work in it."""

from __future__ import annotations

import contextlib
import gzip
import importlib
import io
import json
import logging
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from moto import mock_aws
from moto.core.botocore_stubber import BotocoreStubber

import tests.atomic_moto  # importing it is what it takes
import tests.quick_moto  # noqa: F401  # the same
from chalicelib import aws
from chalicelib.drafting import endpoint
from chalicelib.handlers import contexts
from chalicelib.observability import logger
from chalicelib.settings import current_settings
from tests.account import encrypted
from tests.account.landed import Context, Landed
from tests.account.model import RecordingModel, Runtime
from tests.account.settings import BATCH_SIZE, LANDING, PRE_TRAINED, REGION, RESULTS, SETTINGS
from tests.account.texts import decode, lines

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

# How SageMaker words what only its message tells.
_SAID = {"ValidationError": "Endpoint impressions of account 123456789012 not found."}


@cache
def _inspectors() -> tuple[S3Client, SQSClient, DynamoDBClient]:
    """The tests' own clients, which no fault is put into; moto serves them in every world."""
    session = boto3.Session("testing", "testing", region_name=REGION)
    return session.client("s3"), session.client("sqs"), session.client("dynamodb")


@dataclass
class Account:
    """The account, its buckets, queues and tables, and the function that works in it."""

    runtime: Runtime
    monkeypatch: pytest.MonkeyPatch
    queue_url: str = ""
    dead_letter_url: str = ""
    given_back: list[MessageTypeDef] = field(default_factory=list)
    invocations: int = 0
    renewed: set[str] = field(default_factory=set)
    _said: io.StringIO = field(default_factory=io.StringIO)

    def __post_init__(self) -> None:
        """Make the buckets, queues and tables."""
        self.s3, self.sqs, self.dynamodb = _inspectors()
        for bucket in (LANDING, RESULTS):
            self.s3.create_bucket(Bucket=bucket)
            self.s3.put_bucket_versioning(
                Bucket=bucket, VersioningConfiguration={"Status": "Enabled"}
            )
        self._make_queues()
        self._make_table(SETTINGS["IDEMPOTENCY_TABLE"], "id")
        self._make_table(SETTINGS["PROGRESS_TABLE"], "object_id")
        self.configure(
            SETTINGS
            | {
                "WORK_QUEUE_URL": self.queue_url,
                "DEAD_LETTER_QUEUE_URL": self.dead_letter_url,
                "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME": self.runtime.url,
            }
        )

    @property
    def model(self) -> RecordingModel:
        """The live model."""
        return self.runtime.fine_tuned

    @property
    def logs(self) -> str:
        """All that the function printed or logged, by whatever way."""
        return self._said.getvalue()

    def configure(self, environment: Mapping[str, str]) -> None:
        """Set environment variables; the function reads them as a new process would."""
        for name, value in environment.items():
            self.monkeypatch.setenv(name, value)
        current_settings.cache_clear()

    def stop_encrypting(self) -> None:
        """Answer ETags as buckets without SSE-KMS do: the same bytes, the same ETag."""
        encrypted.stop_encrypting(self.monkeypatch)

    def renew_client(self, service: str) -> Any:
        """Make the function make one of its clients anew, now and after this world."""
        make = getattr(aws, service)
        make.cache_clear()
        self.renewed.add(service)
        return make()

    def add_pre_trained(self) -> RecordingModel:
        """Register the second model."""
        self.configure(
            {
                "PRE_TRAINED_ENDPOINT": PRE_TRAINED,
                "PRE_TRAINED_MODEL_ID": "model-pre-trained",
                "PRE_TRAINED_MODEL_VERSION": "1",
            }
        )
        return self.runtime.pre_trained

    def put(self, key: str, data: bytes) -> Landed:
        """Land an object of which no event tells."""
        made = self.s3.put_object(Bucket=LANDING, Key=key, Body=data)
        return Landed(key, made["ETag"].strip('"'), made["VersionId"])

    def drop(self, key: str, data: bytes) -> Landed:
        """Land an object, with the event that S3 sends."""
        landed = self.put(key, data)
        self.deliver(landed.notification())
        return landed

    def deliver(self, *bodies: str) -> None:
        """Put messages into the work queue."""
        for body in bodies:
            self.sqs.send_message(QueueUrl=self.queue_url, MessageBody=body)

    def finish(self, key: str, data: bytes) -> Any:
        """Drop, drain and return the result document; nothing may be given back."""
        self.drop(key, data)
        self.drain()
        assert self.given_back == []
        return self.result(key)

    def drain(self) -> None:
        """Call the function with what is in the queue until nothing is visible there."""
        while messages := self._receive():
            event = {"Records": [self._sqs_record(message) for message in messages]}
            answer = self.invoke(event)
            kept = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
            for message in messages:
                if message["MessageId"] in kept:
                    self.given_back.append(message)
                else:
                    self.sqs.delete_message(
                        QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"]
                    )

    def redeliver(self) -> None:
        """Let the time pass for which messages that were given back stay hidden."""
        for message in self.given_back:
            self.sqs.change_message_visibility(
                QueueUrl=self.queue_url,
                ReceiptHandle=message["ReceiptHandle"],
                VisibilityTimeout=0,
            )
        self.given_back.clear()

    def invoke(self, event: dict[str, Any]) -> dict[str, Any]:
        """Call the function's entry point once, as Lambda does."""
        answer: dict[str, Any] = self.call("summarize", event)
        return answer

    def call(self, name: str, event: dict[str, Any], context: Context | None = None) -> Any:
        """Call one of the functions by its entry point, with a context of its own if None."""
        entry = getattr(importlib.import_module("app"), name)
        self.invocations += 1
        context = context or Context(f"request-{self.invocations}")
        with self._listening(), warnings.catch_warnings():
            # As chalicelib.observability asks for; pytest takes that filter away.
            warnings.filterwarnings("ignore", "No application metrics to publish")
            return json.loads(json.dumps(entry(event, context)))

    def waiting(self) -> int:
        """Messages in the work queue, hidden ones too."""
        found = self.sqs.get_queue_attributes(QueueUrl=self.queue_url, AttributeNames=["All"])
        counts = found["Attributes"]
        visible = int(counts["ApproximateNumberOfMessages"])
        return visible + int(counts["ApproximateNumberOfMessagesNotVisible"])

    def list_keys(self, bucket: str = RESULTS) -> list[str]:
        """The keys of a bucket."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        return [item["Key"] for page in pages for item in page.get("Contents", [])]

    def read(self, key: str) -> bytes:
        """The bytes of an object of the results bucket."""
        return self.s3.get_object(Bucket=RESULTS, Key=key)["Body"].read()

    def result(self, key: str) -> Any:
        """The result document of a landing key."""
        return decode(self.read(f"results/{key}.json"))

    def entries(self, key: str) -> list[Any]:
        """The impressions of a landing key's result, from its parts when it has some."""
        document = self.result(key)
        if "parts" not in document:
            return list(document["impressions"])
        return [decode(line) for part in document["parts"] for line in lines(self.read(part))]

    def rows(self, table: str) -> list[Any]:
        """The rows of a table of the lake, in the order of its keys."""
        found = [key for key in self.list_keys() if key.startswith(f"lake/{table}/")]
        return [decode(line) for key in found for line in lines(gzip.decompress(self.read(key)))]

    def only_failure(self) -> Any:
        """The one row of the failures table."""
        (row,) = self.rows("failures")
        return row

    def refuse(self, service: str, operation: str, status: int, code: str) -> None:
        """Let every call that the function makes of an operation fail."""
        client = self.renew_client(service)

        def answer(request: Any, **_: Any) -> AWSResponse:
            request.refused = True
            body = f"<Error><Code>{code}</Code><Message>No.</Message></Error>".encode()
            headers = HTTPHeaders.from_dict({"Content-Type": "application/xml"})
            return AWSResponse(request.url, status, headers, _Raw(body))

        event = f"before-send.{client.meta.service_model.service_id.hyphenize()}.{operation}"
        client.meta.events.register_first(event, answer)

    def trouble_endpoint(self, decide: Callable[[str, str], tuple[int, str] | None]) -> None:
        """Let calls of endpoints fail as `decide` says of the endpoint's name and the body.

        It returns a status and an error code, or None for a call that goes through.
        """
        client = self.renew_client("sagemaker_runtime")

        def answer(request: Any, **_: Any) -> AWSResponse | None:
            name = request.url.split("/endpoints/")[1].split("/")[0]
            body = request.body if isinstance(request.body, bytes) else request.body.read()
            if not isinstance(request.body, bytes):
                request.body.seek(0)
            found = decide(name, body.decode())
            if found is None:
                return None
            status, code = found
            said = {"Message": _SAID.get(code, "No."), "OriginalStatusCode": 500}
            headers = HTTPHeaders.from_dict(
                {"Content-Type": "application/json", "x-amzn-ErrorType": code}
            )
            raw = _Raw(json.dumps(said).encode())
            return AWSResponse(request.url, status, headers, raw)

        client.meta.events.register_first("before-send.sagemaker-runtime.InvokeEndpoint", answer)

    def _receive(self) -> list[MessageTypeDef]:
        got = self.sqs.receive_message(
            QueueUrl=self.queue_url, MaxNumberOfMessages=BATCH_SIZE, AttributeNames=["All"]
        )
        return got.get("Messages", [])

    def _sqs_record(self, message: MessageTypeDef) -> dict[str, Any]:
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message["Attributes"],
            "messageAttributes": {},
            "md5OfBody": message["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": f"arn:aws:sqs:{REGION}:123456789012:work",
            "awsRegion": REGION,
        }

    @contextlib.contextmanager
    def _listening(self) -> Iterator[None]:
        said = self._said
        everything = logging.StreamHandler(said)
        root = logging.getLogger()
        own = logger.registered_handler
        assert isinstance(own, logging.StreamHandler)
        before = own.setStream(said)
        root.addHandler(everything)
        try:
            with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
                yield
        finally:
            root.removeHandler(everything)
            own.setStream(before)

    def _make_queues(self) -> None:
        dead = self.sqs.create_queue(QueueName="dead")["QueueUrl"]
        policy = {
            "deadLetterTargetArn": f"arn:aws:sqs:{REGION}:123456789012:dead",
            "maxReceiveCount": 5,
        }
        made = self.sqs.create_queue(
            QueueName="work",
            Attributes={"VisibilityTimeout": "5400", "RedrivePolicy": json.dumps(policy)},
        )
        self.queue_url, self.dead_letter_url = made["QueueUrl"], dead

    def _make_table(self, name: str, key: str) -> None:
        self.dynamodb.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
            KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
        )


class _Raw(io.BytesIO):
    """The raw response that botocore reads from."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        """Yield all of it."""
        yield self.read()


@contextlib.contextmanager
def account_in_moto(up: Runtime, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """Make a new world; it is gone afterwards."""
    up.fine_tuned.forget()
    up.pre_trained.forget()
    # A new process has learned nothing about its endpoints.
    contexts.call_sizes.cache_clear()
    # Back-off is bounded by count here, nobody waits for it.
    monkeypatch.setattr(endpoint, "FIRST_WAIT_S", 0.0)
    # A session keeps what it read of the services' models: much of a test's time otherwise.
    # Every handler of botocore's event is called: moto would carry out what was refused.
    monkeypatch.setattr(BotocoreStubber, "__call__", _carry_out)
    encrypted.encrypt(monkeypatch)
    with mock_aws(config={"core": {"reset_boto3_session": False}}):
        made = Account(up, monkeypatch)
        _keep_clients_of_worlds()
        yield made
    current_settings.cache_clear()
    for service in made.renewed:
        getattr(aws, service).cache_clear()


_stub = BotocoreStubber.__call__


def _carry_out(stubber: BotocoreStubber, event_name: str, request: Any, **more: Any) -> Any:
    return (
        None if getattr(request, "refused", False) else _stub(stubber, event_name, request, **more)
    )


_kept_sessions: list[object] = []


def _keep_clients_of_worlds() -> None:
    """Use the function's clients of the last world again, but never those of another test."""
    if [aws.session()] != _kept_sessions:
        aws.forget_clients()
        _kept_sessions[:] = [aws.session()]
