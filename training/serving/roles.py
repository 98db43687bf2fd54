"""Maps models to roles: the endpoints that `deploy` creates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from common.aws import Target
from common.errors import SettingError
from training import stack
from training.config import Artefacts, Container, Role, Serving
from training.fine_tuning import local
from training.jobs.find import Job, artefact
from training.serving import endpoints, hosting
from training.serving.hosting import Hosting, Say
from training.serving.register import PREFIXES

# Used without a deployed stack: the names in template.yaml and the local stack.
ENDPOINTS: dict[Role, str] = {
    "fine-tuned": "impressions-fine-tuned",
    "pre-trained": "impressions-pre-trained",
}


def servings(
    target: Target,
    job: Job,
    roles: Sequence[Role],
    own: Artefacts = Artefacts(),  # noqa: B008  # frozen
    say: Say = lambda _: None,
    **changes: Any,  # noqa: ANN401  # Serving's fields
) -> list[Serving]:
    """The endpoints of a job's model and of its base model.

    `own` replaces what JumpStart provides, `say` is told what to know about the model. `changes`
    are fields of Serving; SageMaker requires `execution_role_arn`.

    Raises:
        SettingError: a required setting is missing.
        AwsError: AWS rejected the request or could not be reached.
    """
    names = endpoint_names(target)
    if target.backend == "local":
        made = [_on_this_machine(job, role, names[role]) for role in roles]
    else:
        if not changes.get("execution_role_arn"):
            raise SettingError(
                "execution_role_arn", "give the role that SageMaker assumes to serve"
            )
        found = hosting.read(target, job, roles, changes.get("instance_type"), own, say)
        made = [
            _on_sagemaker(target, job, role, names[role], found, own, changes) for role in roles
        ]
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


def _on_sagemaker(  # noqa: PLR0913, PLR0917  # one role of one `servings` call
    target: Target,
    job: Job,
    role: Role,
    endpoint: str,
    found: Hosting,
    own: Artefacts,
    changes: Mapping[str, Any],
) -> Serving:
    container, made = hosting.container(target, job, role, found, own)
    return Serving(
        role=role,
        endpoint_name=endpoint,
        model_id=found.card.model_id,
        version=job["TrainingJobName"] if role == "fine-tuned" else found.card.version,
        container=container,
        repack=made,
        execution_role_arn=changes["execution_role_arn"],
        instance_type=found.instance_type,
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
