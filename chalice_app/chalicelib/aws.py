"""The only access to AWS: creates every boto3 client, once per process."""

from __future__ import annotations

import threading
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import boto3
from botocore.config import Config

from chalicelib import aws_calls
from chalicelib.errors import SettingsError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sagemaker import SageMakerClient
    from mypy_boto3_sagemaker_runtime import SageMakerRuntimeClient
    from mypy_boto3_sqs import SQSClient

CONNECT_TIMEOUT_S = 5
# InvokeEndpoint responds within 60 s or fails (SageMaker API reference); the socket waits 70 s.
LONGEST_CALL_S = 70.0
# More than botocore's 10: what exceeds them opens a connection for each call.
CONNECTIONS = 50
# `standard` retries throttling, 5xx and lost connections with back-off.
_STORES = Config(
    connect_timeout=CONNECT_TIMEOUT_S,
    read_timeout=20,
    retries={"mode": "standard", "total_max_attempts": 4},
    # The messages of a batch are processed at the same time, and each writes several objects.
    max_pool_connections=CONNECTIONS,
)
# The endpoint client has its own back-off, limited by the time left. botocore would also retry a
# slow call that has already been paid for.
_RUNTIME = Config(
    connect_timeout=CONNECT_TIMEOUT_S,
    read_timeout=LONGEST_CALL_S,
    retries={"mode": "standard", "total_max_attempts": 1},
)
# A session is not safe in threads, the clients that it creates are.
_creating = threading.Lock()


@cache
def session() -> boto3.Session:
    """The session of all clients.

    Raises:
        SettingsError: there are no credentials.
    """
    new = boto3.Session()
    if new.get_credentials() is None:
        problem = "is not set, and there are no other AWS credentials; give the function a role"
        raise SettingsError("AWS_ACCESS_KEY_ID", problem)
    return new


@cache
def s3() -> S3Client:
    """Amazon S3."""
    return cast("S3Client", _client("s3", _STORES))


@cache
def sqs() -> SQSClient:
    """Amazon SQS."""
    return cast("SQSClient", _client("sqs", _STORES))


@cache
def dynamodb() -> DynamoDBClient:
    """Amazon DynamoDB."""
    return cast("DynamoDBClient", _client("dynamodb", _STORES))


@cache
def sagemaker_runtime() -> SageMakerRuntimeClient:
    """The runtime of SageMaker endpoints."""
    return cast("SageMakerRuntimeClient", _client("sagemaker-runtime", _RUNTIME))


@cache
def sagemaker() -> SageMakerClient:
    """Amazon SageMaker's control plane."""
    return cast("SageMakerClient", _client("sagemaker", _STORES))


@cache
def functions() -> LambdaClient:
    """AWS Lambda, for starting the next invocation of a nightly run."""
    return cast("LambdaClient", _client("lambda", _STORES))


def create_clients() -> None:
    """Create the clients of the work queue's function, each once, before its threads begin.

    Raises:
        SettingsError: there are no credentials.
    """
    for create in (s3, sqs, dynamodb, sagemaker_runtime):
        create()


def _client(service: Any, config: Config) -> object:  # noqa: ANN401  # the stubs know each by name
    with _creating:
        client = session().client(service, config=config)
        # botocore makes the classes of a client's errors on first use, and twice if two threads ask
        # at once: `except client.exceptions.X` would then miss errors of the other set.
        _ = client.exceptions
    aws_calls.name_failed_calls(client)
    return client


def forget_clients() -> None:
    """Drop the cached clients, for tests that change credentials or endpoints."""
    for cached in (session, s3, sqs, dynamodb, sagemaker_runtime, sagemaker, functions):
        cached.cache_clear()
