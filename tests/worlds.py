"""A pretended account to break things in: moto for the stores, a real local SageMaker runtime.

The functions' real entry point is called with what lies in the queue, as Lambda would do it.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import importlib
import io
import json
import logging
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote_plus

import boto3
import msgspec
import pytest
from botocore.awsrequest import AWSResponse
from moto import mock_aws

from chalicelib import aws
from chalicelib.drafting import endpoint
from chalicelib.observability import logger
from chalicelib.settings import current_settings
from local.sagemaker.app import create_app
from local.sagemaker.payload import GenerationParameters
from local.sagemaker.server import RuntimeServer, bind_loopback

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

REGION = "us-east-1"
LANDING = "landing-test"
RESULTS = "results-test"
FINE_TUNED = "impressions-fine-tuned"
PRE_TRAINED = "impressions-pre-trained"
PROMPT_HEAD = "Generate radiology report impressions based on the following findings. Findings: "
BATCH_SIZE = 5
INVOCATION_MS = 900_000
START_S = 20
# What template.yaml sets; World adds the names of what it makes.
SETTINGS = {
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    "LANDING_BUCKET": LANDING,
    "RESULTS_BUCKET": RESULTS,
    "IDEMPOTENCY_TABLE": "idempotency-test",
    "PROGRESS_TABLE": "progress-test",
    "FINE_TUNED_ENDPOINT": FINE_TUNED,
    "FINE_TUNED_MODEL_ID": "model-fine-tuned",
    "FINE_TUNED_MODEL_VERSION": "1",
    "FINE_TUNED_CODEC": "text2text-v1",
    "FINE_TUNED_PROMPT": PROMPT_HEAD + "{findings}",
    "FINE_TUNED_GENERATION": '{"max_length": 80, "num_beams": 10, "num_return_sequences": 1}',
    "CHUNK_RECORDS": "50",
    "MICRO_BATCH_RECORDS": "8",
    "MAX_FINDINGS_CHARACTERS": "20000",
    "MAX_OBJECT_BYTES": "150000000",
    "RETRY_DELAY_S": "30",
    "BASELINE_SENTENCE": "No acute cardiopulmonary abnormality.",
    "LOG_LEVEL": "INFO",
}


# How SageMaker words what only its message tells.
_SAID = {"ValidationError": "Endpoint impressions of account 123456789012 not found."}


def draft_of(prompt: str) -> str:
    """What the test model writes for a prompt: other prompts, other drafts."""
    return f"Draft {hashlib.sha256(prompt.encode()).hexdigest()[:16]}."


def draft_for(findings: str) -> str:
    """What the test model writes for findings under the default prompt."""
    return draft_of(PROMPT_HEAD + findings)


class RecordingModel:
    """A deterministic model behind the real server that remembers what reached it."""

    def __init__(self) -> None:
        self.prompts: list[str] = []
        self.write: Callable[[str], str] = draft_of

    def generate(self, texts: Sequence[str], parameters: GenerationParameters) -> list[list[str]]:
        """Write `num_return_sequences` equal drafts for each text."""
        self.prompts += texts
        return [[self.write(text)] * parameters.num_return_sequences for text in texts]

    def forget(self) -> None:
        """Be as new."""
        self.prompts.clear()
        self.write = draft_of


class Runtime(NamedTuple):
    """A local SageMaker runtime that is up."""

    url: str
    fine_tuned: RecordingModel
    pre_trained: RecordingModel


@contextlib.contextmanager
def runtime() -> Iterator[Runtime]:
    """Serve two recording models on a free port of the loopback."""
    models = {FINE_TUNED: RecordingModel(), PRE_TRAINED: RecordingModel()}
    ready = threading.Event()
    with bind_loopback("127.0.0.1", 0) as listener:
        server = RuntimeServer(create_app(models), ready.set)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            assert ready.wait(START_S)
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            yield Runtime(url, models[FINE_TUNED], models[PRE_TRAINED])
        finally:
            server.should_exit = True
            thread.join(START_S)


@dataclass
class Context:
    """Stands in for the context object that Lambda hands to a function."""

    aws_request_id: str
    function_name: str = "summarize"
    function_version: str = "$LATEST"
    memory_limit_in_mb: int = 1024
    invoked_function_arn: str = f"arn:aws:lambda:{REGION}:123456789012:function:summarize"
    log_group_name: str = "/aws/lambda/summarize"

    def get_remaining_time_in_millis(self) -> int:
        """Always the whole invocation."""
        return INVOCATION_MS


class Landed(NamedTuple):
    """One object that lies in the landing bucket."""

    key: str
    etag: str
    version_id: str

    def notification(self, *, versioned: bool = True, event: str = "ObjectCreated:Put") -> str:
        """The message that S3 sends for it."""
        return json.dumps({"Records": [self.record(versioned=versioned, event=event)]})

    def record(self, *, versioned: bool = True, event: str = "ObjectCreated:Put") -> dict[str, Any]:
        """One record of an S3 notification: the key is a form field, quoted."""
        found = {
            "key": quote_plus(self.key, safe="/"),
            "size": 1,
            "eTag": self.etag,
            "sequencer": "0055AED6DCD90281E5",
        }
        return {
            "eventVersion": "2.1",
            "eventSource": "aws:s3",
            "awsRegion": REGION,
            "eventTime": "2026-11-02T03:04:05.678Z",
            "eventName": event,
            "s3": {
                "s3SchemaVersion": "1.0",
                "configurationId": "incoming",
                "bucket": {"name": LANDING, "arn": f"arn:aws:s3:::{LANDING}"},
                "object": found | ({"versionId": self.version_id} if versioned else {}),
            },
        }

    def bridged(self, detail_type: str = "Object Created") -> str:
        """The same as EventBridge sends it: the key is not quoted."""
        found = {"key": self.key, "size": 1, "etag": self.etag, "version-id": self.version_id}
        event = {
            "version": "0",
            "id": "17793124-05d4-b198-2fde-7ededc63b103",
            "detail-type": detail_type,
            "source": "aws.s3",
            "account": "123456789012",
            "time": "2026-11-02T03:04:05Z",
            "region": REGION,
            "resources": [f"arn:aws:s3:::{LANDING}"],
            "detail": {"version": "0", "bucket": {"name": LANDING}, "object": found},
        }
        return json.dumps(event)

    def own(self, **more: int) -> str:
        """The message that the project's own parts send."""
        return json.dumps({"bucket": LANDING, "key": self.key, "etag": self.etag, **more})


@cache
def _inspectors() -> tuple[S3Client, SQSClient, DynamoDBClient]:
    """The tests' own clients, which no fault is put into; moto serves them in every world."""
    session = boto3.Session("testing", "testing", region_name=REGION)
    return session.client("s3"), session.client("sqs"), session.client("dynamodb")


@dataclass
class World:
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

    def call(self, name: str, event: dict[str, Any]) -> Any:
        """Call one of the functions by its entry point."""
        entry = getattr(importlib.import_module("app"), name)
        self.invocations += 1
        context = Context(f"request-{self.invocations}")
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
            body = f"<Error><Code>{code}</Code><Message>No.</Message></Error>".encode()
            headers = {"Content-Type": "application/xml"}
            return AWSResponse(request.url, status, headers, _Raw(body))  # type: ignore[arg-type]

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
            headers = {"Content-Type": "application/json", "x-amzn-ErrorType": code}
            raw = _Raw(json.dumps(said).encode())
            return AWSResponse(request.url, status, headers, raw)  # type: ignore[arg-type]

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
def world(up: Runtime, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Make a new world; it is gone afterwards."""
    up.fine_tuned.forget()
    up.pre_trained.forget()
    # Back-off is bounded by count here, nobody waits for it.
    monkeypatch.setattr(endpoint, "FIRST_WAIT_S", 0.0)
    # A session keeps what it read of the services' models: much of a test's time otherwise.
    with mock_aws(config={"core": {"reset_boto3_session": False}}):
        made = World(up, monkeypatch)
        _keep_clients_of_worlds()
        yield made
    current_settings.cache_clear()
    for service in made.renewed:
        getattr(aws, service).cache_clear()


_kept_sessions: list[object] = []


def _keep_clients_of_worlds() -> None:
    """Use the function's clients of the last world again, but never those of another test."""
    if [aws.session()] != _kept_sessions:
        aws.forget_clients()
        _kept_sessions[:] = [aws.session()]


def decode(line: bytes) -> Any:
    """Read JSON strictly: NaN and Infinity are refused."""
    return msgspec.json.decode(line)


def lines(data: bytes) -> list[bytes]:
    """Cut JSON Lines as its readers do: at every newline, CR too."""
    assert data.endswith(b"\n")
    assert b"\r" not in data
    return data[:-1].split(b"\n")


def json_lines(*records: object) -> bytes:
    """Write JSON Lines."""
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)
