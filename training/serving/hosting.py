"""How SageMaker serves a job's model and its base model: image, weights, script, instance type."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from common import s3
from common.aws import Target
from common.errors import SettingError
from training import choice, images
from training.config import (
    MODEL_ID,
    MODEL_TAG,
    SERVING_TYPE,
    VERSION_TAG,
    Artefacts,
    Container,
    Repack,
    Role,
)
from training.fine_tuning.request import NOT_READ
from training.jobs.find import Job, artefact, tags
from training.jumpstart import listing, metadata
from training.jumpstart.metadata import HostingCard
from training.serving import repack

# The article's setting: FLAN-T5 XL fills a GPU, and a second worker would load it again.
ONE_WORKER = {"SAGEMAKER_MODEL_SERVER_WORKERS": "1", "TS_DEFAULT_WORKERS_PER_MODEL": "1"}
# What versions 1.x of JumpStart's text2text models set; used where the metadata is not read.
ENVIRONMENT = {
    "SAGEMAKER_PROGRAM": "inference.py",
    "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
    "SAGEMAKER_CONTAINER_LOG_LEVEL": "20",
    "SAGEMAKER_MODEL_SERVER_TIMEOUT": "3600",
    "ENDPOINT_SERVER_TIMEOUT": "3600",
    "MODEL_CACHE_ROOT": "/opt/ml/model",
    "SAGEMAKER_ENV": "1",
}

Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Hosting:
    """How both roles of a job are served. `needs_script`: before and after fine-tuning."""

    card: HostingCard
    instance_type: str
    needs_script: tuple[bool, bool]
    environment: Mapping[str, str]


def read(  # noqa: PLR0913, PLR0917  # one `deploy` call
    target: Target,
    job: Job,
    roles: Sequence[Role],
    instance_type: str | None,
    own: Artefacts,
    say: Say,
) -> Hosting:
    """The model and version that a job fine-tuned, as JumpStart serves them, or as given.

    `own.model` are the weights before fine-tuning. JumpStart's metadata is not read if an image is
    given, and these weights unless no role needs them. `say` is told what to know about the model.

    Raises:
        SettingError: the job has no model tags, or a setting is invalid.
        AwsError: AWS rejected the request or could not be reached.
    """
    if own.image:
        images.check("--image-uri", own.image, target.session().region_name)
    for option, uri in (("--model-uri", own.model), ("--script-uri", own.script)):
        if uri:
            images.check_archive(option, uri)
    found = tags(target, job["TrainingJobArn"])
    missing = [name for name in (MODEL_TAG, VERSION_TAG) if not found.get(name)]
    if missing:
        problem = f"has no tag {missing[0]}; was it started by `fine-tune`? Add the tag to the job"
        raise SettingError(job["TrainingJobName"], problem)
    if own.image and (own.model or "pre-trained" not in roles):
        say(f"{NOT_READ}: it cannot check the instance type")
        card = HostingCard(
            model_id=found[MODEL_TAG],
            version=found[VERSION_TAG],
            image=own.image,
            weights=own.model or "",
            script_uri=own.script,
            environment=ENVIRONMENT,
        )
        return Hosting(
            card=card,
            instance_type=instance_type or SERVING_TYPE,
            needs_script=(bool(own.script), bool(own.script)),
            environment=ENVIRONMENT,
        )
    wanted = listing.Wanted(
        model_id=found[MODEL_TAG],
        version=found[VERSION_TAG],
        tolerates_vulnerable=True,  # already accepted for fine-tuning
    )
    listed = listing.read(target, wanted, "inference")
    for warning in listed.warnings:
        say(warning)
    if instance_type is None:
        preferred = SERVING_TYPE if wanted.model_id == MODEL_ID else listed.default_type
        instance_type = choice.nearest(preferred, listed.instance_types, listed.default_type)
        if instance_type != preferred:
            say(choice.said(preferred, instance_type, listed.name))
    card = metadata.for_hosting(target, listed, instance_type)
    return Hosting(
        card=card,
        instance_type=instance_type,
        needs_script=listed.needs_script,
        environment=card.environment,
    )


def container(
    target: Target, job: Job, role: Role, hosting: Hosting, own: Artefacts
) -> tuple[Container, Repack | None]:
    """What a role's endpoint runs, and the archive that has to be made for it.

    Raises:
        SettingError: the weights are no archive, but need a script.
        AwsError: AWS rejected the request or could not be reached.
    """
    card = hosting.card
    if role == "fine-tuned":
        weights, needs_script = artefact(job), hosting.needs_script[1]
    else:
        weights, needs_script = own.model or card.weights, hosting.needs_script[0]
    made = None
    script = own.script or card.script_uri
    if needs_script and script:
        made = repack.plan(target, weights, script, s3.parse(artefact(job)).bucket)
        weights = made.place
    return (
        Container(
            image=own.image or card.image,
            weights=weights,
            environment={**hosting.environment, **ONE_WORKER},
        ),
        made,
    )
