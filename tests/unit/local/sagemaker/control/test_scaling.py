"""Application Auto Scaling, as far as endpoints are registered with it."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.unit.local.sagemaker.control.harness import SEED, Server

ONE = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": f"endpoint/{SEED}/variant/AllTraffic",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}
POLICY = {
    "PolicyName": "by-load",
    "PolicyType": "TargetTrackingScaling",
    "TargetTrackingScalingPolicyConfiguration": {
        "TargetValue": 70.0,
        "PredefinedMetricSpecification": {
            "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
        },
    },
}
ACTION = {
    "ScheduledActionName": "night",
    "Schedule": "cron(0 20 * * ? *)",
    "ScalableTargetAction": {"MinCapacity": 1, "MaxCapacity": 1},
}


@pytest.fixture
def scaling(server: Server) -> Any:
    return server.client("application-autoscaling")


def test_what_scales_an_endpoint_is_kept_and_told(scaling: Any) -> None:
    scaling.register_scalable_target(**ONE, MinCapacity=1, MaxCapacity=2)
    scaling.register_scalable_target(**ONE, MaxCapacity=4)
    arn = scaling.put_scaling_policy(**ONE, **POLICY)["PolicyARN"]
    scaling.put_scheduled_action(**ONE, **ACTION)

    [target] = scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"]
    [policy] = scaling.describe_scaling_policies(ServiceNamespace="sagemaker")["ScalingPolicies"]
    found = scaling.describe_scheduled_actions(ServiceNamespace="sagemaker")
    [action] = found["ScheduledActions"]
    activities = scaling.describe_scaling_activities(ServiceNamespace="sagemaker")

    assert (target["MinCapacity"], target["MaxCapacity"]) == (1, 4)
    assert policy["PolicyARN"] == arn
    assert POLICY.items() <= policy.items()
    assert ACTION.items() <= action.items()
    assert activities["ScalingActivities"] == []


def test_a_second_put_changes_the_first(scaling: Any) -> None:
    scaling.register_scalable_target(**ONE, MinCapacity=1, MaxCapacity=2)
    first = scaling.put_scaling_policy(**ONE, **POLICY)["PolicyARN"]
    second = scaling.put_scaling_policy(**ONE, **POLICY)["PolicyARN"]

    assert first == second
    assert len(scaling.describe_scaling_policies(**ONE)["ScalingPolicies"]) == 1


def test_policies_and_actions_go_with_their_target(scaling: Any) -> None:
    scaling.register_scalable_target(**ONE, MinCapacity=1, MaxCapacity=2)
    scaling.put_scaling_policy(**ONE, **POLICY)
    scaling.put_scheduled_action(**ONE, **ACTION)

    scaling.deregister_scalable_target(**ONE)

    assert scaling.describe_scaling_policies(ServiceNamespace="sagemaker")["ScalingPolicies"] == []
    assert (
        scaling.describe_scheduled_actions(ServiceNamespace="sagemaker")["ScheduledActions"] == []
    )
    with pytest.raises(scaling.exceptions.ObjectNotFoundException, match="No scalable target"):
        scaling.deregister_scalable_target(**ONE)


def test_a_policy_and_an_action_can_be_deleted(scaling: Any) -> None:
    scaling.register_scalable_target(**ONE, MinCapacity=1, MaxCapacity=2)
    scaling.put_scaling_policy(**ONE, **POLICY)
    scaling.put_scheduled_action(**ONE, **ACTION)

    scaling.delete_scaling_policy(**ONE, PolicyName="by-load")
    scaling.delete_scheduled_action(**ONE, ScheduledActionName="night")

    with pytest.raises(scaling.exceptions.ObjectNotFoundException, match="by-load"):
        scaling.delete_scaling_policy(**ONE, PolicyName="by-load")


def test_what_scales_an_endpoint_goes_with_it(server: Server, scaling: Any) -> None:
    scaling.register_scalable_target(**ONE, MinCapacity=1, MaxCapacity=2)

    server.client().delete_endpoint(EndpointName=SEED)

    assert scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"] == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"ResourceId": "endpoint/none/variant/AllTraffic"}, "Could not find"),
        ({"ResourceId": "table/x"}, "Unsupported resource id"),
        ({"MinCapacity": 3}, "cannot be less than minimum"),
        ({"ServiceNamespace": "ecs"}, "Only sagemaker is supported here"),
        ({"ScalableDimension": "more"}, "enum value set"),
    ],
)
def test_a_target_that_cannot_be_is_refused(
    scaling: Any, changes: dict[str, Any], problem: str
) -> None:
    with pytest.raises(ClientError, match=problem) as caught:
        scaling.register_scalable_target(**(ONE | {"MinCapacity": 1, "MaxCapacity": 2} | changes))

    assert caught.value.response["Error"]["Code"] == "ValidationException"


def test_a_policy_without_a_target_is_refused(scaling: Any) -> None:
    with pytest.raises(scaling.exceptions.ObjectNotFoundException, match="No scalable target"):
        scaling.put_scaling_policy(**ONE, **POLICY)
