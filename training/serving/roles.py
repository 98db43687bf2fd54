"""Which model serves in which role: what `deploy` brings into service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from common.aws import Target
from common.errors import SettingError
from training import stack
from training.config import MODEL_TAG, VERSION_TAG, Container, Role, Serving
from training.fine_tuning import local
from training.jobs.find import Job, artefact, tags
from training.jumpstart import metadata
from training.jumpstart.metadata import HostingCard
from training.serving import endpoints
from training.serving.register import PREFIXES

# Without a stack to ask: the names that template.yaml and the local stack use.
ENDPOINTS: dict[Role, str] = {
    "fine-tuned": "impressions-fine-tuned",
    "pre-trained": "impressions-pre-trained",
}
# FLAN-T5 XL fills a GPU: a second worker would load it once more. The article's setting.
ONE_WORKER = {"SAGEMAKER_MODEL_SERVER_WORKERS": "1", "TS_DEFAULT_WORKERS_PER_MODEL": "1"}


def servings(
    target: Target,
    job: Job,
    roles: Sequence[Role],
    **changes: Any,  # noqa: ANN401  # Serving's own fields
) -> list[Serving]:
    """The endpoints of a job's model and of the model that it started from.

    `changes` are fields of Serving; SageMaker needs `execution_role_arn`.

    Raises:
        SettingError: something that is needed is not named.
        AwsError: AWS refused, or was not reached.
    """
    names = endpoint_names(target)
    if target.backend == "local":
        made = [_here(job, role, names[role]) for role in roles]
    else:
        made = [_there(target, job, role, names[role], changes) for role in roles]
    return [replace(one, **changes) for one in made]


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
        weights, version = _base_of(job), local.MODEL_VERSION
    return Serving(
        role=role,
        endpoint_name=endpoint,
        model_id=local.MODEL_ID,
        version=version,
        container=Container(image=local.IMAGE, weights=weights),
        execution_role_arn=local.ROLE_ARN,
        instance_type=local.INSTANCE_TYPE,
        volume_gb=1,
        start_timeout_s=60,
        scaling=None,  # one machine does not grow
    )


def _there(
    target: Target, job: Job, role: Role, endpoint: str, changes: Mapping[str, Any]
) -> Serving:
    if not changes.get("execution_role_arn"):
        raise SettingError("execution_role_arn", "name the role that SageMaker assumes to serve")
    card = hosting_card(target, job, changes.get("instance_type", Serving.instance_type))
    if role == "fine-tuned":
        weights, version = artefact(job), job["TrainingJobName"]
    else:
        weights, version = card.weights, card.version
    return Serving(
        role=role,
        endpoint_name=endpoint,
        model_id=card.model_id,
        version=version,
        container=Container(
            image=card.image, weights=weights, environment={**card.environment, **ONE_WORKER}
        ),
        execution_role_arn=changes["execution_role_arn"],
    )


def hosting_card(target: Target, job: Job, instance_type: str) -> HostingCard:
    """How JumpStart serves the model that a job fine-tuned, in the version that it started from.

    Raises:
        SettingError: the job does not tell its model, or that does not run on the instance type.
        AwsError: AWS refused, or was not reached.
    """
    found = tags(target, job["TrainingJobArn"])
    missing = [name for name in (MODEL_TAG, VERSION_TAG) if not found.get(name)]
    if missing:
        problem = f"has no tag {missing[0]}; was it started by `fine-tune`? Add the tag to the job"
        raise SettingError(job["TrainingJobName"], problem)
    return metadata.for_hosting(
        target,
        metadata.Wanted(
            model_id=found[MODEL_TAG],
            version=found[VERSION_TAG],
            instance_type=instance_type,
            tolerates_vulnerable=True,  # whoever fine-tuned it decided that
        ),
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
