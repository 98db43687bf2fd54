"""The one door to AWS: makes every boto3 client, each once a process."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, cast

import boto3
from botocore.config import Config

from chalicelib.endpoint import LONGEST_CALL_S

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sagemaker_runtime import SageMakerRuntimeClient
    from mypy_boto3_sqs import SQSClient

CONNECT_TIMEOUT_S = 5
# `standard` retries throttling, 5xx and lost connections with its own back-off.
_STORES = Config(
    connect_timeout=CONNECT_TIMEOUT_S,
    read_timeout=20,
    retries={"mode": "standard", "total_max_attempts": 4},
)
# The endpoint client has its own back-off, bounded by the time left: botocore would repeat a
# call that may have been slow and paid for.
_RUNTIME = Config(
    connect_timeout=CONNECT_TIMEOUT_S,
    read_timeout=LONGEST_CALL_S,
    retries={"mode": "standard", "total_max_attempts": 1},
)


@cache
def s3() -> S3Client:
    """Amazon S3."""
    return cast("S3Client", boto3.client("s3", config=_STORES))


@cache
def sqs() -> SQSClient:
    """Amazon SQS."""
    return cast("SQSClient", boto3.client("sqs", config=_STORES))


@cache
def dynamodb() -> DynamoDBClient:
    """Amazon DynamoDB."""
    return cast("DynamoDBClient", boto3.client("dynamodb", config=_STORES))


@cache
def sagemaker_runtime() -> SageMakerRuntimeClient:
    """The runtime of SageMaker endpoints."""
    return cast("SageMakerRuntimeClient", boto3.client("sagemaker-runtime", config=_RUNTIME))


def forget_clients() -> None:
    """Make new clients from here on: for tests that change the world under a process."""
    for client in (s3, sqs, dynamodb, sagemaker_runtime):
        client.cache_clear()
