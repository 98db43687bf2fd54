"""What a failed call is called: its IAM action and the kind of its resource, without any key."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib import aws
from chalicelib.errors import failed_call
from tests.account.account import Account
from tests.account.settings import LANDING, RESULTS, SETTINGS

KEY = "incoming/ward/secret.json"


def failure(account: Account, service: str, operation: str, **request: Any) -> str:
    """The words for a call that is refused, for good: nothing is gained by retries."""
    name = "".join(word.capitalize() for word in operation.split("_"))
    account.refuse(service, name, 400, "InvalidRequest")
    with pytest.raises(ClientError) as caught:
        getattr(getattr(aws, service)(), operation)(**request)
    return failed_call(caught.value).removesuffix(" failed with InvalidRequest")


@pytest.mark.parametrize(
    ("operation", "request_", "call"),
    [
        ("get_object", {"Key": KEY}, "s3:GetObject on incoming/ in the landing bucket"),
        (
            "get_object",
            {"Key": KEY, "VersionId": "v"},
            "s3:GetObjectVersion on incoming/ in the landing bucket",
        ),
        ("put_object", {"Key": "results/a.json"}, "s3:PutObject on results/ in the landing bucket"),
        ("delete_object", {"Key": "secret"}, "s3:DeleteObject on the landing bucket"),
        ("delete_object", {"Key": "secret/a"}, "s3:DeleteObject on the landing bucket"),
        ("list_objects_v2", {"Prefix": KEY}, "s3:ListBucket on the landing bucket"),
    ],
)
def test_an_object_is_called_by_its_bucket_and_folder(
    account: Account, operation: str, request_: dict[str, str], call: str
) -> None:
    said = failure(account, "s3", operation, Bucket=LANDING, **request_)

    assert said.startswith(call)
    assert "secret" not in said


@pytest.mark.parametrize(
    ("bucket", "kind"),
    [(LANDING, "the landing bucket"), (RESULTS, "the results bucket"), ("no", "another bucket")],
)
def test_a_bucket_is_called_by_its_role(account: Account, bucket: str, kind: str) -> None:
    assert f" in {kind}" in failure(account, "s3", "get_object", Bucket=bucket, Key=KEY)


@pytest.mark.parametrize(
    ("setting", "kind"),
    [("WORK_QUEUE_URL", "the work queue"), ("DEAD_LETTER_QUEUE_URL", "the dead-letter queue")],
)
def test_a_queue_is_called_by_its_role(account: Account, setting: str, kind: str) -> None:
    urls = {
        "WORK_QUEUE_URL": account.queue_url,
        "DEAD_LETTER_QUEUE_URL": account.dead_letter_url,
    }
    entries = [{"Id": "0", "MessageBody": "secret"}]

    said = failure(account, "sqs", "send_message_batch", QueueUrl=urls[setting], Entries=entries)

    assert said.startswith(f"sqs:SendMessage on {kind}")


@pytest.mark.parametrize(
    ("setting", "kind"),
    [("IDEMPOTENCY_TABLE", "the idempotency table"), ("PROGRESS_TABLE", "the progress table")],
)
def test_a_table_is_called_by_its_role(account: Account, setting: str, kind: str) -> None:
    key: Any = {"id": {"S": "secret"}}

    said = failure(account, "dynamodb", "get_item", TableName=SETTINGS[setting], Key=key)

    assert said.startswith(f"dynamodb:GetItem on {kind}")


@pytest.mark.parametrize(
    ("service", "operation", "request_", "call"),
    [
        (
            "sagemaker",
            "describe_endpoint",
            {"EndpointName": "live"},
            "sagemaker:DescribeEndpoint on endpoint live",
        ),
        (
            "sagemaker",
            "describe_endpoint_config",
            {"EndpointConfigName": "live-3"},
            "sagemaker:DescribeEndpointConfig on the endpoint's configuration",
        ),
        (
            "sagemaker",
            "describe_transform_job",
            {"TransformJobName": "job"},
            "sagemaker:DescribeTransformJob on the transform job",
        ),
        (
            "sagemaker_runtime",
            "invoke_endpoint",
            {"EndpointName": "live", "Body": b"secret"},
            "sagemaker:InvokeEndpoint on endpoint live",
        ),
        (
            "functions",
            "invoke",
            {"FunctionName": "nightly", "Payload": json.dumps({}).encode()},
            "lambda:InvokeFunction on the function itself",
        ),
    ],
)
def test_other_calls_say_what_they_are_for(
    account: Account, service: str, operation: str, request_: dict[str, Any], call: str
) -> None:
    assert failure(account, service, operation, **request_).startswith(call)


def test_a_call_that_succeeds_is_left_as_it_is(account: Account) -> None:
    found = aws.s3().list_objects_v2(Bucket=LANDING)

    assert "Call" not in found
