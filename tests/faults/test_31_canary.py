"""Report text, keys and ids in everything that can go wrong.

Injected: A canary string as findings, impression, id, metadata, key and message, in successful
runs, rejected records, broken files, unknown messages, refused calls and errors that nobody thought
of.
Asserted: The canary is in no log line or metric, in no message or type of a failure, and in no item
of DynamoDB. It is where it belongs: in the result and in the lake's rows.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from chalicelib.output import scoring
from tests.account.account import Account
from tests.account.settings import LANDING
from tests.account.texts import json_lines

CANARY = "XyzzyCanary"
KEY = f"incoming/ward-{CANARY}/{CANARY}.json"
GOOD = {
    "report_id": f"id-{CANARY}",
    "findings": f"Findings {CANARY}.",
    "impression": f"Impression {CANARY}.",
    "patient": CANARY,
    CANARY: {"nested": [CANARY]},
}
BAD_RECORDS = {
    "findings null": {**GOOD, "findings": None},
    "findings list": {**GOOD, "findings": [CANARY]},
    "findings blank": {**GOOD, "findings": " "},
    "findings absent": {CANARY: CANARY},
    "findings over-long": {**GOOD, "findings": CANARY * 2000},
    "impression number": {**GOOD, "impression": {CANARY: CANARY}},
    "id object": {**GOOD, "report_id": {CANARY: CANARY}},
    "id over-long": {**GOOD, "report_id": CANARY * 100},
    "not an object": [CANARY],
    "text": CANARY,
}
BROKEN = {
    "no JSON": CANARY.encode(),
    "cut object": f'{{"{CANARY}": "{CANARY}'.encode(),
    "cut array": f'[{{"findings": "{CANARY}"}}, {{"{CANARY}'.encode(),
    "bad text": f'{{"findings": "{CANARY} \\ud800"}}'.encode(),
    "bad bytes": f'{{"findings": "{CANARY} '.encode() + b'\xff"}',
    "twice": f'{{"findings": "{CANARY}", "{CANARY}": 1, "{CANARY}": 2}}'.encode(),
    "NaN": f'{{"findings": "{CANARY}", "{CANARY}": NaN}}'.encode(),
    "deep": f'{{"findings": "{CANARY}", "{CANARY}": '.encode() + b"[" * 5000,
    "utf-16": b"\xff\xfe" + f'{{"findings": "{CANARY}'.encode("utf-16-le") + b"\x00\xd8",
    "gzip": b"\x1f\x8b" + CANARY.encode(),
}


@pytest.fixture(autouse=True)
def _everything_is_logged(account: Account) -> Iterator[None]:
    """The function's own logger at its lowest level."""
    root = logging.getLogger("impressions")
    before = root.level
    account.configure({"LOG_LEVEL": "DEBUG"})
    root.setLevel(logging.DEBUG)
    yield
    root.setLevel(before)


def assert_not_said(account: Account) -> None:
    assert account.logs
    assert CANARY not in account.logs
    for row in account.rows("failures"):
        assert CANARY not in row["error_message"]
        assert CANARY not in row["error_type"]


def stored_items(account: Account) -> str:
    tables = ("idempotency-test", "progress-test")
    return json.dumps([account.dynamodb.scan(TableName=name)["Items"] for name in tables])


@pytest.mark.parametrize("lane", ["incoming", "evaluation"])
@pytest.mark.parametrize("chunk_records", ["50", "1"])
def test_31_success_says_nothing(account: Account, lane: str, chunk_records: str) -> None:
    account.configure({"CHUNK_RECORDS": chunk_records})
    key = KEY.replace("incoming", lane, 1)

    account.finish(key, json_lines(GOOD, GOOD))

    assert len(account.rows("rouge_scores")) >= 8
    assert CANARY in json.dumps(account.rows("impressions"))
    assert_not_said(account)
    assert CANARY not in stored_items(account)


@pytest.mark.parametrize("bad", BAD_RECORDS)
def test_31_rejected_record_says_nothing(account: Account, bad: str) -> None:
    account.finish(KEY, json_lines(GOOD, BAD_RECORDS[bad]))

    assert account.only_failure()["record_index"] == 1
    assert_not_said(account)


@pytest.mark.parametrize("data", BROKEN)
def test_31_broken_file_says_nothing(account: Account, data: str) -> None:
    account.finish(KEY, BROKEN[data])

    assert account.rows("failures")
    assert_not_said(account)


@pytest.mark.parametrize(
    "body",
    [
        CANARY,
        json.dumps(CANARY),
        json.dumps({CANARY: CANARY}),
        json.dumps({"Records": [{"eventSource": CANARY}]}),
        json.dumps({"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put"}]}),
        json.dumps({"Records": CANARY}),
        json.dumps({"detail-type": CANARY, "source": CANARY}),
        json.dumps({"bucket": CANARY, "key": [CANARY], "etag": CANARY}),
        json.dumps({"bucket": LANDING, "key": KEY, "etag": CANARY, "start": CANARY}),
    ],
    ids=range(9),
)
def test_31_unknown_message_says_nothing(account: Account, body: str) -> None:
    account.deliver(body)

    account.drain()

    assert len(account.given_back) == 1
    assert_not_said(account)


def test_31_object_gone_says_nothing(account: Account) -> None:
    landed = account.put(KEY, json_lines(GOOD))
    account.s3.delete_object(Bucket=LANDING, Key=KEY, VersionId=landed.version_id)

    account.deliver(landed.notification())
    account.drain()

    assert account.only_failure()["error_type"] == "ObjectGone"
    assert_not_said(account)


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("s3", "GetObject"),
        ("s3", "PutObject"),
        ("dynamodb", "PutItem"),
        ("dynamodb", "UpdateItem"),
        ("sqs", "SendMessageBatch"),
    ],
)
def test_31_refused_aws_call_says_nothing(account: Account, service: str, operation: str) -> None:
    account.configure({"CHUNK_RECORDS": "1"})
    account.refuse(service, operation, 400, CANARY)

    account.drop(KEY, json_lines(GOOD, GOOD))
    account.drain()

    assert account.given_back
    assert "returned to the queue" in account.logs
    without_codes = account.logs.replace(f"failed with {CANARY};", "")
    assert CANARY not in without_codes


def test_31_endpoint_that_repeats_its_input_says_nothing(account: Account) -> None:
    message = json.dumps(
        {
            "Message": f"Received client error (400) from primary with message {CANARY}",
            "OriginalMessage": CANARY,
            "OriginalStatusCode": 400,
        }
    )

    def answer(request: Any, **_: Any) -> AWSResponse:
        headers = HTTPHeaders.from_dict(
            {"x-amzn-ErrorType": "ModelError", "Content-Type": "application/json"}
        )
        return AWSResponse(request.url, 424, headers, _Raw(message.encode()))

    events = account.renew_client("sagemaker_runtime").meta.events
    events.register_first("before-send.sagemaker-runtime.InvokeEndpoint", answer)

    result = account.finish(KEY, json_lines(GOOD))

    assert account.only_failure()["error_type"] == "EndpointRejected"
    assert CANARY not in json.dumps(result["impressions"][0]["error"])
    assert_not_said(account)


class _Raw:
    def __init__(self, content: bytes) -> None:
        self.content = content

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.content

    def read(self, *_: Any) -> bytes:
        content, self.content = self.content, b""
        return content


def test_31_model_that_raises_says_nothing(account: Account) -> None:
    def write(prompt: str) -> str:
        raise ValueError(prompt)

    account.model.write = write

    account.finish(KEY, json_lines(GOOD))

    assert account.only_failure()["stage"] == "model"
    assert_not_said(account)


def test_31_error_that_nobody_thought_of_says_nothing(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(reference: str, draft: str) -> None:
        raise RuntimeError(reference, draft)

    monkeypatch.setattr(scoring, "score", fail)

    account.drop(KEY, json_lines(GOOD))
    account.drain()

    assert len(account.given_back) == 1
    assert "RuntimeError" in account.logs
    assert_not_said(account)
