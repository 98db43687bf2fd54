from __future__ import annotations

from typing import Any

import pytest

from common.aws import Target
from training.config import PROJECT_TAG, Container, Scaling, Serving
from training.serving import plan, teardown

OURS = [{"Key": PROJECT_TAG[0], "Value": PROJECT_TAG[1]}]


@pytest.fixture
def deployed(moto_target: Target) -> Serving:
    """An endpoint with all that deploy makes for it."""
    serving = Serving(
        role="fine-tuned",
        endpoint_name="impressions",
        model_id="flan",
        version="1",
        container=Container(image="image", weights="s3://b/model.tar.gz"),
        execution_role_arn="arn:aws:iam::123456789012:role/r",
        instance_type="ml.m5.large",  # moto knows no g5
        scaling=Scaling(),
    )
    sagemaker, wanted = moto_target.client("sagemaker"), plan.requests(serving)
    sagemaker.create_model(**wanted["CreateModel"][0])
    sagemaker.create_endpoint_config(**wanted["CreateEndpointConfig"][0])
    sagemaker.create_endpoint(**wanted["CreateEndpoint"][0])
    scaling = moto_target.client("application-autoscaling")
    scaling.register_scalable_target(**wanted["RegisterScalableTarget"][0])
    scaling.put_scaling_policy(**wanted["PutScalingPolicy"][0])
    return serving


def left(moto_target: Target) -> dict[str, list[str]]:
    sagemaker = moto_target.client("sagemaker")
    return {
        "endpoints": [one["EndpointName"] for one in sagemaker.list_endpoints()["Endpoints"]],
        "models": [one["ModelName"] for one in sagemaker.list_models()["Models"]],
    }


def test_all_that_deploy_made_is_found_and_goes(moto_target: Target, deployed: Serving) -> None:
    found = teardown.find(moto_target, ["impressions"])
    assert found.lines() == [
        "scaling of impressions",
        "endpoint impressions",
        f"endpoint configuration {plan.config_name(deployed)}",
        f"model {plan.model_name(deployed)}",
    ]
    teardown.delete(moto_target, found)
    assert left(moto_target) == {"endpoints": [], "models": []}
    scaling = moto_target.client("application-autoscaling")
    assert not scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"]
    assert not teardown.find(moto_target, ["impressions"]).lines()


def test_what_is_gone_meanwhile_is_no_error(moto_target: Target, deployed: Serving) -> None:
    found = teardown.find(moto_target, ["impressions"])
    moto_target.client("sagemaker").delete_endpoint(EndpointName="impressions")
    teardown.delete(moto_target, found)
    assert left(moto_target) == {"endpoints": [], "models": []}


def test_what_others_made_is_left_alone(moto_target: Target) -> None:
    sagemaker = moto_target.client("sagemaker")
    variant: dict[str, Any] = {
        "VariantName": "AllTraffic",
        "ModelName": "impressions-0123456789",
        "InstanceType": "ml.m5.large",
        "InitialInstanceCount": 1,
    }
    sagemaker.create_model(
        ModelName="impressions-0123456789",
        PrimaryContainer={"Image": "image", "ModelDataUrl": "s3://b/m.tar.gz"},
        ExecutionRoleArn="arn:aws:iam::123456789012:role/r",
        Tags=OURS,
    )
    sagemaker.create_endpoint_config(EndpointConfigName="theirs", ProductionVariants=[variant])
    sagemaker.create_endpoint(EndpointName="impressions", EndpointConfigName="theirs")
    # Even our model stays: an endpoint that is not ours may be serving it.
    assert not teardown.find(moto_target, ["impressions"]).lines()
