"""Deletes what deploys made: endpoints, their configurations, models, scaling. Never data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from training.aws import Target, explained
from training.jobs.find import is_ours
from training.serving import endpoints, plan

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
    """What is there of these endpoints: what has the project's tag and their names before it.

    Raises:
        AwsError: AWS refused, or was not reached.
    """
    client = target.client("sagemaker")
    there = [name for name in names if (endpoints.describe(target, name)) is not None]
    ours = [name for name in there if _has_tag(target, name)]
    configs: list[str] = []
    models: list[str] = []
    for name in names:
        for operation, member, key, into in (
            ("list_endpoint_configs", "EndpointConfigs", "EndpointConfig", configs),
            ("list_models", "Models", "Model", models),
        ):
            with explained(member):
                pages = client.get_paginator(operation).paginate(NameContains=name)
                for page in pages:
                    into += [
                        one[f"{key}Name"]
                        for one in page[member]
                        if one[f"{key}Name"].startswith(f"{name}-")
                        and is_ours(target, one[f"{key}Arn"])
                    ]
    return Found(tuple(ours), tuple(configs), tuple(models), tuple(_scaled(target, ours)))


def delete(target: Target, found: Found) -> None:
    """Delete it; what is gone by now is no error.

    Raises:
        AwsError: AWS refused, or was not reached.
    """
    client = target.client("sagemaker")
    if found.scaled:
        scaling = target.client("application-autoscaling")
        for name in found.scaled:
            # Policies and scheduled actions go with their target.
            with explained(f"scaling of {name}"):
                scaling.deregister_scalable_target(
                    ServiceNamespace=plan.NAMESPACE,
                    ResourceId=plan.resource_id(name),
                    ScalableDimension=plan.DIMENSION,
                )
    for name in found.endpoints:
        with explained(f"endpoint {name}"):
            client.delete_endpoint(EndpointName=name)
    for name in found.configs:
        with explained(f"endpoint configuration {name}"):
            client.delete_endpoint_config(EndpointConfigName=name)
    for name in found.models:
        with explained(f"model {name}"):
            client.delete_model(ModelName=name)


def _has_tag(target: Target, name: str) -> bool:
    found = endpoints.describe(target, name)
    return found is not None and is_ours(target, found["EndpointArn"])


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
