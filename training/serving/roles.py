"""Which model serves in which role: what `deploy` brings into service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from training import stack
from training.aws import Target
from training.config import Container, Role, Serving
from training.errors import SettingError
from training.fine_tuning import laptop
from training.jobs.find import Job, artefact
from training.serving import endpoints
from training.serving.register import PREFIXES

# Without a stack to ask: the names that template.yaml and the local stack use.
ENDPOINTS: dict[Role, str] = {
    "fine-tuned": "impressions-fine-tuned",
    "pre-trained": "impressions-pre-trained",
}


def servings(
    target: Target,
    job: Job,
    roles: Sequence[Role],
    **changes: Any,  # noqa: ANN401  # Serving's own fields
) -> list[Serving]:
    """The endpoints of a job's model and of the model that it started from.

    `changes` are fields of Serving.

    Raises:
        SettingError: something that is needed is not named.
        AwsError: AWS refused, or was not reached.
    """
    if target.backend != "local":
        raise SettingError("--backend sagemaker", "is not built yet; use --backend local")
    names = endpoint_names(target)
    return [replace(_here(job, role, names[role]), **changes) for role in roles]


def endpoint_names(target: Target) -> dict[Role, str]:
    """The names that the functions call: those of the deployed stack."""
    try:
        parameters = stack.describe(target).parameters
    except SettingError:
        parameters = {}
    return {
        role: parameters.get(f"{PREFIXES[role]}Endpoint") or name
        for role, name in ENDPOINTS.items()
    }


def _here(job: Job, role: Role, endpoint: str) -> Serving:
    if role == "fine-tuned":
        weights, version = artefact(job), job["TrainingJobName"]
    else:
        weights, version = _base_of(job), laptop.MODEL_VERSION
    return Serving(
        role=role,
        endpoint_name=endpoint,
        model_id=laptop.MODEL_ID,
        version=version,
        container=Container(image=laptop.IMAGE, weights=weights),
        execution_role_arn=laptop.ROLE_ARN,
        instance_type=laptop.INSTANCE_TYPE,
        volume_gb=1,
        start_timeout_s=60,
        scaling=None,  # one machine does not grow
    )


def _base_of(job: Job) -> str:
    """The model that a job started from: its `model` channel."""
    for channel in job.get("InputDataConfig", []):
        if channel["ChannelName"] == "model":
            uri: str = channel["DataSource"]["S3DataSource"]["S3Uri"]
            return uri
    raise SettingError(job["TrainingJobName"], "started from no model: it has no `model` channel")


def status(target: Target) -> dict[Role, dict[str, Any]]:
    """Each role's endpoint: its name, status, configuration and number of instances.

    Raises:
        AwsError: AWS refused, or was not reached.
    """
    found: dict[Role, dict[str, Any]] = {}
    for role, name in endpoint_names(target).items():
        endpoint = endpoints.describe(target, name)
        if endpoint is None:
            found[role] = {"endpoint": name, "status": "not deployed"}
            continue
        variants = endpoint.get("ProductionVariants", [{}])
        found[role] = {
            "endpoint": name,
            "status": endpoint["EndpointStatus"],
            "configuration": endpoint["EndpointConfigName"],
            "instances": variants[0].get("CurrentInstanceCount"),
            "failure_reason": endpoint.get("FailureReason", ""),
        }
    return found
