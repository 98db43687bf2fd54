"""Brings an endpoint's auto scaling to what is configured: sends only what differs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from common.aws import Target, explained
from training.config import Serving
from training.serving import plan
from training.serving.plan import Request

# In the order in which they are sent.
OPERATIONS = {
    "RegisterScalableTarget": "register_scalable_target",
    "PutScalingPolicy": "put_scaling_policy",
    "PutScheduledAction": "put_scheduled_action",
    "DeleteScheduledAction": "delete_scheduled_action",
}


def requests(target: Target, serving: Serving) -> dict[str, list[Request]]:
    """The requests by operation, empty if nothing differs. Only reads.

    Raises:
        AwsError: AWS rejected the request or could not be reached.
    """
    if serving.scaling is None:
        return {}
    client = target.client("application-autoscaling")
    resource = plan.scalable(serving.endpoint_name)
    id_ = resource["ResourceId"]
    with explained(f"scaling of {serving.endpoint_name}"):
        targets = client.describe_scalable_targets(
            ServiceNamespace=plan.NAMESPACE, ResourceIds=[id_]
        )["ScalableTargets"]
        policies = client.describe_scaling_policies(
            ServiceNamespace=plan.NAMESPACE, ResourceId=id_
        )["ScalingPolicies"]
        actions = client.describe_scheduled_actions(
            ServiceNamespace=plan.NAMESPACE, ResourceId=id_
        )["ScheduledActions"]
    wanted = plan.scaling(serving)
    put = [one for one in wanted["PutScheduledAction"] if not _is_in(one, actions)]
    names = {one["ScheduledActionName"] for one in wanted["PutScheduledAction"]}
    # Only those that `deploy` names: a schedule that someone else added is left alone.
    unwanted = [
        one["ScheduledActionName"]
        for one in actions
        if one["ScheduledActionName"] in plan.action_names(serving.endpoint_name) - names
    ]
    bounds = [one for one in wanted["RegisterScalableTarget"] if not _is_in(one, targets)]
    if _is_night(resource, wanted["PutScheduledAction"], targets):
        bounds = []
    found = {
        "RegisterScalableTarget": bounds,
        "PutScalingPolicy": [
            one for one in wanted["PutScalingPolicy"] if not _is_in(one, policies)
        ],
        "PutScheduledAction": put,
        "DeleteScheduledAction": [resource | {"ScheduledActionName": name} for name in unwanted],
    }
    return {operation: sent for operation, sent in found.items() if sent}


def send(target: Target, serving: Serving, wanted: Mapping[str, list[Request]]) -> None:
    """Send the requests of auto scaling.

    Raises:
        AwsError: AWS rejected the request or could not be reached.
    """
    client = target.client("application-autoscaling")
    with explained(f"scaling of {serving.endpoint_name}"):
        for operation, method in OPERATIONS.items():
            for request in wanted.get(operation, ()):
                getattr(client, method)(**request)


def _is_night(resource: Request, actions: list[Request], targets: list[Request]) -> bool:
    """Whether a scheduled action has set the bounds, which are to stay until the next one."""
    return any(_is_in(resource | one["ScalableTargetAction"], targets) for one in actions)


def _is_in(wanted: Request, found: list[Request]) -> bool:
    return any(_matches(wanted, one) for one in found)


def _matches(wanted: Any, found: Any) -> bool:  # noqa: ANN401  # any JSON
    """Whether `found` has all that is wanted; AWS adds members of its own."""
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and all(
            name in found and _matches(value, found[name]) for name, value in wanted.items()
        )
    return bool(wanted == found)
