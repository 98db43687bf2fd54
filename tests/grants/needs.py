"""Which actions on which resources an API call must be allowed, as AWS documents it.

Everything that the functions read and write is encrypted with the stack's key, so calls of S3, SQS
and DynamoDB need the key too. No AWS on one machine checks that: these needs are from the pages
named beside them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.account.settings import REGION
from tests.grants.engine import Need
from tests.grants.roles import ACCOUNT, DATA_KEY, STACK

DECRYPT = Need("kms:Decrypt", DATA_KEY)
GENERATE = Need("kms:GenerateDataKey", DATA_KEY)
# SQS developer guide, "Key management": a producer needs both, a consumer only Decrypt.
_SEND = (GENERATE, DECRYPT)
# DynamoDB developer guide, "Encryption at rest: usage notes": DynamoDB asks for the table's key in
# the caller's name every five minutes.
_ITEM = (DECRYPT,)
_VPC_ACTIONS = (
    *("CreateNetworkInterface", "DeleteNetworkInterface", "DescribeNetworkInterfaces"),
    *("DescribeSubnets", "AssignPrivateIpAddresses", "UnassignPrivateIpAddresses"),
)


@dataclass(frozen=True)
class Call:
    """One API call of a function; `is_missing`: the object that it names does not exist."""

    service: str
    operation: str
    parameters: Mapping[str, Any]
    is_missing: bool = False


def needs_of(call: Call) -> Iterator[Need]:
    """What a call must be allowed.

    Raises:
        KeyError: an operation that no function used so far; say here what it needs.
    """
    yield from _BY_SERVICE[call.service](call)


def _s3(call: Call) -> Iterator[Need]:
    bucket = f"arn:aws:s3:::{call.parameters['Bucket']}"
    key = f"{bucket}/{call.parameters.get('Key', '')}"
    if call.operation in {"GetObject", "HeadObject"}:
        version = "Version" if "VersionId" in call.parameters else ""
        yield Need(f"s3:GetObject{version}", key)
        if call.operation == "GetObject":
            yield DECRYPT
        if call.is_missing:
            # Without it, S3 answers 403 for a key that does not exist (S3 API, GetObject).
            yield Need("s3:ListBucket", bucket)
    elif call.operation == "PutObject":
        yield Need("s3:PutObject", key)
        yield GENERATE
        if "IfMatch" in call.parameters:
            # S3 user guide, "Conditional writes": S3 reads the ETag.
            yield Need("s3:GetObject", key)
    elif call.operation == "ListObjectsV2":
        prefix = ("s3:prefix", call.parameters.get("Prefix", ""))
        yield Need("s3:ListBucket", bucket, (prefix,))
    else:
        yield Need({"DeleteObject": "s3:DeleteObject"}[call.operation], key)


def _sqs(call: Call) -> Iterator[Need]:
    name = call.parameters["QueueUrl"].rpartition("/")[2]
    action, more = {
        "SendMessage": ("SendMessage", _SEND),
        "SendMessageBatch": ("SendMessage", _SEND),
        "ReceiveMessage": ("ReceiveMessage", (DECRYPT,)),
        "DeleteMessage": ("DeleteMessage", ()),
        "ChangeMessageVisibility": ("ChangeMessageVisibility", ()),
        "GetQueueAttributes": ("GetQueueAttributes", ()),
    }[call.operation]
    yield Need(f"sqs:{action}", f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}")
    yield from more


def _dynamodb(call: Call) -> Iterator[Need]:
    assert call.operation in {"GetItem", "PutItem", "UpdateItem", "DeleteItem"}, call.operation
    table = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{call.parameters['TableName']}"
    yield Need(f"dynamodb:{call.operation}", table)
    yield from _ITEM


def _sagemaker(call: Call) -> Iterator[Need]:
    kind, member = {
        "InvokeEndpoint": ("endpoint", "EndpointName"),
        "CreateTransformJob": ("transform-job", "TransformJobName"),
        "DescribeTransformJob": ("transform-job", "TransformJobName"),
        "DescribeEndpoint": ("endpoint", "EndpointName"),
        "DescribeEndpointConfig": ("endpoint-config", "EndpointConfigName"),
    }[call.operation]
    # SageMaker's ARNs are in lower case.
    name = call.parameters[member].lower()
    arn = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:{kind}/{name}"
    yield Need(f"sagemaker:{call.operation}", arn)


def _lambda(call: Call) -> Iterator[Need]:
    assert call.operation == "Invoke", call.operation
    yield Need("lambda:InvokeFunction", call.parameters["FunctionName"])


_BY_SERVICE = {
    "s3": _s3,
    "sqs": _sqs,
    "dynamodb": _dynamodb,
    "sagemaker": _sagemaker,
    "sagemaker-runtime": _sagemaker,
    "lambda": _lambda,
}


def made_by_lambda(function: str) -> set[Need]:
    """What Lambda itself does under a function's role: no call of the function, so listed here."""
    group = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/lambda/{STACK}-{function}"
    stream = f"{group}:log-stream:2026/11/26/[$LATEST]0123"
    needs = {
        # AWS Lambda developer guide, "Sending Lambda function logs to CloudWatch Logs".
        Need("logs:CreateLogStream", stream),
        Need("logs:PutLogEvents", stream),
        # The same, "Visualize Lambda function invocations using AWS X-Ray".
        Need("xray:PutTraceSegments", "*"),
        Need("xray:PutTelemetryRecords", "*"),
        # The same, "Securing Lambda environment variables".
        DECRYPT,
        # The same, "Giving Lambda functions access to resources in an Amazon VPC".
        *(Need(f"ec2:{action}", "*") for action in _VPC_ACTIONS),
    }
    queue = f"arn:aws:sqs:{REGION}:{ACCOUNT}"
    if function == "summarize":
        # The same, "Using Lambda with Amazon SQS": the poller works under the function's role.
        polling = ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")
        needs |= {Need(f"sqs:{action}", f"{queue}:work") for action in polling}
    if function == "nightly":
        # The same, "Retaining records of asynchronous invocations".
        needs |= {Need("sqs:SendMessage", f"{queue}:failed-invocations"), *_SEND}
    return needs
