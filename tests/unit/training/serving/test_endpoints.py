"""Bringing endpoints about, against a small SageMaker that goes through its statuses."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from common.errors import AwsError
from training.config import Container, Serving
from training.errors import EndpointError
from training.serving import endpoints, plan

SERVING = Serving(
    role="fine-tuned",
    endpoint_name="e",
    model_id="flan",
    version="job-1",
    container=Container(image="image", weights="s3://b/model.tar.gz"),
    execution_role_arn="arn:aws:iam::123456789012:role/r",
    scaling=None,
)
CONFIG = plan.config_name(SERVING)


def refused(code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "Operation")


@dataclass
class SageMaker:
    """One endpoint; `ahead` are the statuses that it goes through after it was changed."""

    endpoint: dict[str, Any] | None = None
    ahead: list[str] = field(default_factory=lambda: ["Creating", "InService"])
    is_there: bool = False
    calls: list[str] = field(default_factory=list)
    reason: str = ""
    tags: list[dict[str, str]] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("on_"):
            return lambda **_: {}  # an operation that changes nothing here

        def call(**request: Any) -> Any:
            self.calls.append(name)
            return getattr(self, f"on_{name}")(**request)

        return call

    def on_describe_model(self, **_: Any) -> None:
        if not self.is_there:
            raise refused("ValidationException", 'Could not find model "arn".')

    def on_describe_endpoint_config(self, **_: Any) -> None:
        if not self.is_there:
            raise refused("ValidationException", 'Could not find endpoint configuration "arn".')

    def on_list_tags(self, **_: Any) -> dict[str, Any]:
        return {"Tags": self.tags}

    def on_create_model(self, **_: Any) -> None:
        if self.is_there:
            raise refused("ValidationException", 'Cannot create already existing model "m".')

    def on_create_endpoint(self, EndpointConfigName: str, **_: Any) -> None:
        self.endpoint = {
            "EndpointArn": "arn",
            "EndpointConfigName": EndpointConfigName,
            "EndpointStatus": self.ahead.pop(0),
        }

    def on_update_endpoint(self, EndpointConfigName: str, **_: Any) -> None:
        assert self.endpoint
        self.endpoint |= {"EndpointStatus": "Updating", "EndpointConfigName": EndpointConfigName}

    def on_delete_endpoint(self, **_: Any) -> None:
        self.endpoint = None

    def on_describe_endpoint(self, **_: Any) -> dict[str, Any]:
        if self.endpoint is None:
            raise refused("ValidationException", 'Could not find endpoint "arn".')
        shown = dict(self.endpoint)
        if shown["EndpointStatus"].endswith("ing"):
            self.endpoint["EndpointStatus"] = self.ahead.pop(0)
            self.endpoint["FailureReason"] = self.reason
        return shown

    def deploy(self) -> str:
        target: Any = SimpleNamespace(backend="local", client=lambda _: self)
        return endpoints.deploy(target, SERVING, lambda _: None, lambda _: None)


def there(config: str, status: str = "InService") -> dict[str, Any]:
    return {"EndpointArn": "arn", "EndpointConfigName": config, "EndpointStatus": status}


def test_a_new_endpoint_is_created_and_waited_for() -> None:
    sagemaker = SageMaker()
    assert sagemaker.deploy() == "created"
    assert "add_tags" not in sagemaker.calls


def test_what_is_there_is_left_as_it_is() -> None:
    sagemaker = SageMaker(endpoint=there(CONFIG), is_there=True)
    assert sagemaker.deploy() == "unchanged"
    assert "update_endpoint" not in sagemaker.calls
    assert "create_endpoint" not in sagemaker.calls


def test_another_model_is_an_update_and_ours_from_then_on() -> None:
    sagemaker = SageMaker(endpoint=there("other"), ahead=["InService"])
    assert sagemaker.deploy() == "updated"
    assert "add_tags" in sagemaker.calls


def test_one_that_is_on_its_way_is_waited_for_first() -> None:
    sagemaker = SageMaker(endpoint=there(CONFIG, "Creating"), ahead=["InService"])
    assert sagemaker.deploy() == "unchanged"


def test_a_failed_one_is_made_anew() -> None:
    sagemaker = SageMaker(endpoint=there(CONFIG, "Failed"))
    assert sagemaker.deploy() == "created"
    assert "delete_endpoint" in sagemaker.calls


def test_a_failure_is_told_with_its_reason() -> None:
    sagemaker = SageMaker(ahead=["Creating", "Failed"], reason="the image has no weights")
    with pytest.raises(EndpointError, match=r"endpoint e: .*the image has no weights"):
        sagemaker.deploy()


def test_another_refusal_is_not_taken_for_one_that_exists() -> None:
    class Full(SageMaker):
        def on_create_model(self, **_: Any) -> None:
            raise refused("ResourceLimitExceeded", "limit is 0")

    sagemaker = Full()
    with pytest.raises(AwsError, match="quota is used up"):
        sagemaker.deploy()


def test_an_endpoint_that_never_settles_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter(range(0, 100_000, 1000))
    monkeypatch.setattr(time, "monotonic", lambda: float(next(ticks)))
    sagemaker = SageMaker(ahead=["Creating"] * 50)
    with pytest.raises(EndpointError, match="is still Creating after 60 minutes"):
        sagemaker.deploy()
