"""The embedded models, as resources that can be described and updated."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from local.sagemaker.control.endpoints import variants_of
from local.sagemaker.control.hosting import container_of
from local.sagemaker.control.kinds import CONFIGS, ENDPOINTS, MODELS
from local.sagemaker.control.naming import arn, now
from local.sagemaker.control.store import Document, Store

# The container's environment variable that names a seed, which is not in S3. It is not a path,
# because paths change when the project is moved.
VARIABLE = "IMPRESSIONS_SEED"
IMAGE = "impressions-local/small-t5:1"
VARIANT = "AllTraffic"


def sow(store: Store, seeds: Mapping[str, Path]) -> None:
    """Create the missing endpoints of `seeds`; a model deployed to one of them is kept."""
    for name in seeds:
        with store.lock:
            endpoint = store.get(ENDPOINTS, name)
            if endpoint is None or is_own(endpoint):
                _sow(store, name, endpoint)


def is_own(endpoint: Document) -> bool:
    """Whether an endpoint has a seed's configuration, which has the endpoint's name."""
    return bool(endpoint["EndpointConfigName"] == endpoint["EndpointName"])


def seed_of(model: Document) -> str | None:
    """The name of the seed that a model is, if it is one."""
    found: str | None = container_of(model).get("Environment", {}).get(VARIABLE)
    return found


def _sow(store: Store, name: str, existing: Document | None) -> None:
    """Write a seed's documents; those of an earlier version may differ."""
    at = existing["CreationTime"] if existing else now()
    model = {
        "ModelName": name,
        "ModelArn": arn("model", name),
        "CreationTime": at,
        "PrimaryContainer": {"Image": IMAGE, "Environment": {VARIABLE: name}},
    }
    variant = {
        "VariantName": VARIANT,
        "ModelName": name,
        "InstanceType": "ml.m5.large",
        "InitialInstanceCount": 1,
        "InitialVariantWeight": 1.0,
    }
    config = {
        "EndpointConfigName": name,
        "EndpointConfigArn": arn("endpoint-config", name),
        "CreationTime": at,
        "ProductionVariants": [variant],
    }
    store.put(MODELS, name, model)
    store.put(CONFIGS, name, config)
    endpoint = {
        "EndpointName": name,
        "EndpointArn": arn("endpoint", name),
        "EndpointConfigName": name,
        "ProductionVariants": variants_of(store, config),
        "EndpointStatus": "InService",
        "CreationTime": at,
        "LastModifiedTime": at,
    }
    store.put(ENDPOINTS, name, endpoint | (existing or {}))
