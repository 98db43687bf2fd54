from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.errorfactory import ClientExceptionsFactory

from chalicelib import aws
from chalicelib.aws import LONGEST_CALL_S


@pytest.fixture(autouse=True)
def _region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    aws.forget_clients()


def test_client_is_made_once_until_it_is_forgotten() -> None:
    first, again = aws.sqs(), aws.sqs()
    aws.forget_clients()

    assert first is again
    assert aws.sqs() is not first


def test_endpoint_is_called_once_and_waited_for_over_its_own_limit() -> None:
    config: Any = aws.sagemaker_runtime().meta.config  # the stubs name none of its attributes

    assert config.read_timeout == LONGEST_CALL_S > 60
    assert config.retries["total_max_attempts"] == 1


@pytest.mark.parametrize("make", [aws.s3, aws.sqs, aws.dynamodb, aws.sagemaker_runtime])
def test_classes_of_errors_are_made_before_threads_ask_for_them(
    make: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make()
    made: list[object] = []
    monkeypatch.setattr(
        ClientExceptionsFactory, "create_client_exceptions", lambda *asked: made.append(asked)
    )

    assert issubclass(client.exceptions.ClientError, Exception)
    assert made == []


@pytest.mark.parametrize("make", [aws.s3, aws.sqs, aws.dynamodb])
def test_stores_are_called_again_within_bounds(make: Callable[[], Any]) -> None:
    config = make().meta.config

    assert config.retries == {"mode": "standard", "total_max_attempts": 4}
    assert config.connect_timeout + config.read_timeout < 60
