"""Deletes what `deploy` created: endpoints, configurations, models, scaling. Never data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from common.aws import Target, explained
from common.errors import AwsError
from training.jobs.find import is_ours
from training.serving import endpoints, plan

CONFIG, MODEL = "EndpointConfig", "Model"
KEPT = "kept: buckets and their objects, training jobs and their models, logs, the lake, the stack"


@dataclass(frozen=True)
class Found:
    """What a teardown would delete, by name."""

    endpoints: tuple[str, ...]
    configs: tuple[str, ...]
    models: tuple[str, ...]
    scaled: tuple[str, ...]

    def lines(self) -> list[str]:
        """One line each, in the order of deletion."""
        return [
            *(f"scaling of {name}" for name in self.scaled),
            *(f"endpoint {name}" for name in self.endpoints),
            *(f"endpoint configuration {name}" for name in self.configs),
            *(f"model {name}" for name in self.models),
        ]


def find(target: Target, names: Sequence[str]) -> Found:
    """The existing resources of these endpoints: named after them and tagged by this project.

    Raises:
        AwsError: AWS rejected the request or could not be reached.
    """
    client = target.client("sagemaker")
    found = {name: endpoints.describe(target, name) for name in names}
    there = {name: one for name, one in found.items() if one is not None}
    ours = [name for name, one in there.items() if is_ours(target, one["EndpointArn"])]
    configs: list[str] = []
    models: list[str] = []
    for name in names:
        if name in there and name not in ours:
            continue  # not ours, nor are its configurations and models
        configs += _named(target, client.get_paginator("list_endpoint_configs"), name, CONFIG)
        models += _named(target, client.get_paginator("list_models"), name, MODEL)
    return Found(tuple(ours), tuple(configs), tuple(models), tuple(_scaled(target, ours)))


def delete(target: Target, found: Found) -> None:
    """Delete the resources; one that is already gone is not an error.

    Raises:
        AwsError: AWS rejected the request or could not be reached.
    """
    client = target.client("sagemaker")
    if found.scaled:
        scaling = target.client("application-autoscaling")
        for name in found.scaled:
            # Policies and scheduled actions are deleted with their target.
            with explained(f"scaling of {name}"):
                scaling.deregister_scalable_target(
                    ServiceNamespace=plan.NAMESPACE,
                    ResourceId=plan.resource_id(name),
                    ScalableDimension=plan.DIMENSION,
                )
    for name in found.endpoints:
        _delete(f"endpoint {name}", client.delete_endpoint, EndpointName=name)
    for name in found.configs:
        _delete(
            f"endpoint configuration {name}",
            client.delete_endpoint_config,
            EndpointConfigName=name,
        )
    for name in found.models:
        _delete(f"model {name}", client.delete_model, ModelName=name)


def _delete(item: str, delete: Callable[..., Any], **which: str) -> None:
    try:
        with explained(item):
            delete(**which)
    except AwsError as error:
        if not endpoints.is_missing(error):
            raise


def _named(
    target: Target,
    paginator: Any,  # noqa: ANN401  # untyped boto3 client
    name: str,
    kind: str,
) -> list[str]:
    """What `deploy` created for an endpoint: named after it and tagged by this project."""
    with explained(kind):
        return [
            one[f"{kind}Name"]
            for page in paginator.paginate(NameContains=name)
            for one in page[f"{kind}s"]
            if plan.is_made_for(one[f"{kind}Name"], name) and is_ours(target, one[f"{kind}Arn"])
        ]


def _scaled(target: Target, names: Sequence[str]) -> list[str]:
    if target.backend == "local" or not names:
        return []  # no scaling on one machine
    with explained("scaling"):
        found = target.client("application-autoscaling").describe_scalable_targets(
            ServiceNamespace=plan.NAMESPACE,
            ResourceIds=[plan.resource_id(name) for name in names],
        )["ScalableTargets"]
    ids = {one["ResourceId"] for one in found}
    return [name for name in names if plan.resource_id(name) in ids]
