"""Selects the models to register in the stack: the embedded ones, or deployed ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from local.aws import client

if TYPE_CHECKING:
    from common.stack_settings import LocalStackSettings


@dataclass(frozen=True)
class _Role:
    """A role's template parameters, and their values for the embedded model."""

    prefix: str
    endpoint: str
    model_id: str
    version: str

    def parameters(self, found: Mapping[str, str] | None = None) -> dict[str, str]:
        """The role's parameters: from `found`, or by default of the embedded model."""
        own = {
            f"{self.prefix}Endpoint": self.endpoint,
            f"{self.prefix}ModelId": self.model_id,
            f"{self.prefix}ModelVersion": self.version,
        }
        return own if found is None else {name: found.get(name, own[name]) for name in own}


def parameters(
    settings: LocalStackSettings, runtime_url: str, deployed: Mapping[str, str]
) -> dict[str, str]:
    """Endpoints, ids and versions of both models.

    `deployed` are the stack's current parameters. A model that `python -m training deploy`
    registered is kept as long as its endpoint serves it.
    """
    sagemaker = client("sagemaker", runtime_url, settings)
    roles = (
        _Role("FineTuned", settings.endpoint_name, settings.model_id, settings.model_version),
        _Role(
            "PreTrained",
            settings.pre_trained_endpoint_name,
            f"{settings.model_id}-base",
            settings.model_version,
        ),
    )
    result: dict[str, str] = {}
    for role in roles:
        name = deployed.get(f"{role.prefix}Endpoint") or role.endpoint
        result |= role.parameters(deployed if _serves_another(sagemaker, name) else None)
    return result


def are_served(settings: LocalStackSettings, runtime_url: str) -> bool:
    """Whether the endpoints of the embedded models exist; `teardown` deletes them."""
    sagemaker = client("sagemaker", runtime_url, settings)
    try:
        for name in settings.models:
            sagemaker.describe_endpoint(EndpointName=name)
    except ClientError:
        return False
    return True


def _serves_another(sagemaker: Any, endpoint: str) -> bool:  # noqa: ANN401  # boto3's
    """Whether an endpoint exists and serves another model than the embedded one."""
    try:
        found = sagemaker.describe_endpoint(EndpointName=endpoint)
    except ClientError:
        return False
    # The endpoint configurations of the embedded models have the names of their endpoints.
    return bool(found["EndpointConfigName"] != endpoint)
