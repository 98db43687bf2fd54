"""Bringing endpoints about, against a small SageMaker that goes through its statuses."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from common.aws import Target
from common.errors import AwsError, SettingError
from training.config import Container, Network, Scaling, Serving
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
ARN = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/e"


def client_of(service: str) -> Any:
    return boto3.client(service, region_name="us-east-1")


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
    updates: list[dict[str, Any]] = field(default_factory=list)

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
            "EndpointArn": ARN,
            "EndpointConfigName": EndpointConfigName,
            "EndpointStatus": self.ahead.pop(0),
        }

    def on_update_endpoint(self, EndpointConfigName: str, **more: Any) -> None:
        assert self.endpoint
        self.updates.append({"EndpointConfigName": EndpointConfigName, **more})
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

    @property
    def meta(self) -> Any:
        """The service model of the real SDK, by which requests are checked."""
        return client_of("sagemaker").meta

    def target(self) -> Any:
        return SimpleNamespace(backend="local", client=lambda _: self)

    def deploy(self) -> str:
        return endpoints.deploy(self.target(), SERVING, lambda _: None, lambda _: None)


def there(config: str, status: str = "InService") -> dict[str, Any]:
    return {
        "EndpointArn": ARN,
        "EndpointConfigName": config,
        "EndpointStatus": status,
        "ProductionVariants": [{"VariantName": plan.VARIANT}],
    }


def test_a_new_endpoint_is_created_and_waited_for() -> None:
    sagemaker = SageMaker()
    assert sagemaker.deploy() == "created"
    assert "add_tags" not in sagemaker.calls


def test_what_is_there_is_left_as_it_is() -> None:
    sagemaker = SageMaker(endpoint=there(CONFIG), is_there=True, tags=plan.tags(SERVING))
    assert sagemaker.deploy() == "unchanged"
    assert all(call.startswith(("describe_", "list_")) for call in sagemaker.calls)


def test_another_model_is_an_update_and_ours_from_then_on() -> None:
    sagemaker = SageMaker(endpoint=there("other"), ahead=["InService"])
    assert sagemaker.deploy() == "updated"
    assert "add_tags" in sagemaker.calls


def test_an_update_keeps_the_instances_but_no_capture_of_reports() -> None:
    sagemaker = SageMaker(endpoint=there("other"), ahead=["InService"])
    sagemaker.deploy()
    kept = {"DesiredWeight", "DataCaptureConfig"}
    assert sagemaker.updates == [
        {
            "EndpointName": "e",
            "EndpointConfigName": CONFIG,
            "RetainAllVariantProperties": True,
            "ExcludeRetainedVariantProperties": [
                {"VariantPropertyType": kind} for kind in sorted(kept, reverse=True)
            ],
        }
    ]


def test_an_update_keeps_nothing_of_a_variant_that_is_not_ours() -> None:
    foreign = there("other") | {"ProductionVariants": [{"VariantName": "blue"}]}
    sagemaker = SageMaker(endpoint=foreign, ahead=["InService"])
    sagemaker.deploy()
    assert sagemaker.updates == [{"EndpointName": "e", "EndpointConfigName": CONFIG}]


@pytest.mark.parametrize(
    ("endpoint", "operations"),
    [
        (None, ["CreateModel", "CreateEndpointConfig", "CreateEndpoint"]),
        ("other", ["CreateModel", "CreateEndpointConfig", "UpdateEndpoint", "AddTags"]),
        (CONFIG, ["CreateModel", "CreateEndpointConfig", "AddTags"]),
    ],
)
def test_what_is_shown_is_what_is_sent(endpoint: str | None, operations: list[str]) -> None:
    sagemaker = SageMaker(endpoint=there(endpoint) if endpoint else None)
    sagemaker.ahead = ["Creating", "InService"] if endpoint is None else ["InService"]
    shown = endpoints.requests(sagemaker.target(), SERVING)
    assert list(shown) == operations
    assert all(call.startswith(("describe_", "list_")) for call in sagemaker.calls)

    sagemaker.calls.clear()
    sagemaker.deploy()
    sent = [call for call in sagemaker.calls if not call.startswith(("describe_", "list_"))]
    assert sent == [xform_name(operation) for operation in operations]


def test_a_failed_endpoint_is_shown_to_be_replaced() -> None:
    sagemaker = SageMaker(endpoint=there(CONFIG, "Failed"), is_there=True)
    assert list(endpoints.requests(sagemaker.target(), SERVING)) == [
        "DeleteEndpoint",
        "CreateEndpoint",
    ]


def test_a_request_over_a_limit_is_refused_before_anything_is_made() -> None:
    sagemaker = SageMaker()
    long = replace(SERVING, network=Network(subnets=("s",), security_groups=tuple("abcdef")))
    with pytest.raises(SettingError, match="SecurityGroupIds has a length of 6, at most 5"):
        endpoints.requests(sagemaker.target(), long)


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


def test_a_deployment_and_its_repetitions_on_moto(moto_target: Target) -> None:
    night = Scaling(night="cron(0 1 * * ? *)", morning="cron(0 6 * * ? *)")
    wanted = replace(SERVING, instance_type="ml.m5.large", scaling=night)  # moto knows no g5

    def deploy(scaling: Scaling) -> tuple[str, list[str]]:
        serving = replace(wanted, scaling=scaling)
        shown = list(endpoints.requests(moto_target, serving))
        return endpoints.deploy(moto_target, serving, lambda _: None, lambda _: None), shown

    assert deploy(night) == (
        "created",
        [
            "CreateModel",
            "CreateEndpointConfig",
            "CreateEndpoint",
            "RegisterScalableTarget",
            "PutScalingPolicy",
            "PutScheduledAction",
        ],
    )
    assert deploy(night) == ("unchanged", [])
    assert deploy(Scaling(least=2)) == (
        "rescaled",
        ["RegisterScalableTarget", "DeleteScheduledAction"],
    )
    assert deploy(Scaling(least=2)) == ("unchanged", [])
