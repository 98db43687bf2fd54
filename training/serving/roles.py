"""Maps models to roles: the endpoints that `deploy` creates."""

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

# Used without a deployed stack: the names in template.yaml and the local stack.
ENDPOINTS: dict[Role, str] = {
    "fine-tuned": "impressions-fine-tuned",
    "pre-trained": "impressions-pre-trained",
}
# The article's setting: FLAN-T5 XL fills a GPU, and a second worker would load it again.
ONE_WORKER = {"SAGEMAKER_MODEL_SERVER_WORKERS": "1", "TS_DEFAULT_WORKERS_PER_MODEL": "1"}


def servings(
    target: Target,
    job: Job,
    roles: Sequence[Role],
    **changes: Any,  # noqa: ANN401  # Serving's fields
) -> list[Serving]:
    """The endpoints of a job's model and of its base model.

    `changes` are fields of Serving; SageMaker requires `execution_role_arn`.

    Raises:
        SettingError: a required setting is missing.
        AwsError: AWS rejected the request or could not be reached.
    """
    names = endpoint_names(target)
    if target.backend == "local":
        made = [_on_this_machine(job, role, names[role]) for role in roles]
    else:
        made = [_on_sagemaker(target, job, role, names[role], changes) for role in roles]
    return [replace(one, **changes) for one in made]


def endpoint_names(target: Target) -> dict[Role, str]:
    """The names of the endpoints that the functions of the deployed stack call."""
    try:
        parameters = stack.describe(target).parameters
    except SettingError:
        parameters = {}
    return {
        role: parameters.get(f"{PREFIXES[role]}Endpoint") or name
        for role, name in ENDPOINTS.items()
    }


def _on_this_machine(job: Job, role: Role, endpoint: str) -> Serving:
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
        scaling=None,  # no scaling on one machine
    )


def _on_sagemaker(
    target: Target, job: Job, role: Role, endpoint: str, changes: Mapping[str, Any]
) -> Serving:
    if not changes.get("execution_role_arn"):
        raise SettingError("execution_role_arn", "give the role that SageMaker assumes to serve")
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
    """How JumpStart serves the model and version that a job fine-tuned.

    Raises:
        SettingError: the job has no model tags, or the instance type is not supported.
        AwsError: AWS rejected the request or could not be reached.
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
            tolerates_vulnerable=True,  # already accepted for fine-tuning
        ),
    )


def _base_of(job: Job) -> str:
    """A job's base model: its `model` channel."""
    for channel in job.get("InputDataConfig", []):
        if channel["ChannelName"] == "model":
            uri: str = channel["DataSource"]["S3DataSource"]["S3Uri"]
            return uri
    raise SettingError(job["TrainingJobName"], "has no base model: it has no `model` channel")


def status(target: Target) -> dict[Role, dict[str, Any]]:
    """Each role's endpoint: its name, status, configuration and number of instances.

    Raises:
        AwsError: AWS rejected the request or could not be reached.
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
