"""The CreateTrainingJob requests of a fine-tune on SageMaker: one per instance type, in turn."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from common import s3
from common.aws import Target
from common.errors import SettingError
from training import choice, images, limits
from training.config import (
    FINGERPRINT_TAG,
    MODEL_ID,
    MODEL_TAG,
    TRAINING_TYPE,
    VERSION_TAG,
    FineTune,
)
from training.fine_tuning.data import fingerprint
from training.instances import gpus_of, has_volume
from training.jumpstart import job, listing, metadata
from training.jumpstart.listing import Listing
from training.jumpstart.metadata import TrainingCard

LONGEST_NAME = 63
_NAME = re.compile(rf"(?=.{{1,{LONGEST_NAME}}}$)[A-Za-z0-9]+(-[A-Za-z0-9]+)*")
# What the training toolkit in JumpStart's images needs to run a script from a channel.
_SCRIPT = {
    "sagemaker_submit_directory": "/opt/ml/input/data/code/sourcedir.tar.gz",
    "sagemaker_program": "transfer_learning.py",
    "sagemaker_container_log_level": "20",
}
NOT_READ = "with --image-uri and --model-uri, JumpStart's metadata is not read"


@dataclass(frozen=True, kw_only=True)
class Offer:
    """The types to try in turn, those that the model supports, and what to say about them.

    `listing` is None if JumpStart's metadata is not read; then nothing is known to be supported.
    """

    instance_types: tuple[str, ...]
    listing: Listing | None
    notes: tuple[str, ...]

    @property
    def listed(self) -> tuple[str, ...]:
        """The types that the model supports."""
        return self.listing.instance_types if self.listing else ()


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a fine-tune sends: the first request, and the next one if there is no capacity."""

    requests: tuple[dict[str, Any], ...]
    notes: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()


def offer(config: FineTune, target: Target) -> Offer:
    """Which instance types to use, and what JumpStart says about the model.

    Raises:
        SettingError: a setting is invalid, or the model does not exist.
        AwsError: AWS rejected the request or could not be reached.
    """
    _check(config, target)
    if config.own.are_complete:
        if not config.instance_types:
            raise SettingError("--instance-type", f"give one: {NOT_READ}, so there is no default")
        notes = [f"{NOT_READ}: it cannot check the instance type and the hyperparameters"]
        if not config.own.script:
            notes.append("without --script-uri, the image must contain its own training script")
        return Offer(instance_types=config.instance_types, listing=None, notes=tuple(notes))
    wanted = listing.Wanted(
        model_id=config.model_id,
        version=config.model_version,
        tolerates_vulnerable=config.tolerates_vulnerable,
    )
    found = listing.read(target, wanted, "training")
    if config.instance_types:
        return Offer(
            instance_types=config.instance_types, listing=found, notes=tuple(found.warnings)
        )
    # The article's type fits the article's model; JumpStart's default fits any other.
    preferred = TRAINING_TYPE if config.model_id == MODEL_ID else found.default_type
    chosen = choice.nearest(preferred, found.instance_types, found.default_type)
    notes = list(found.warnings)
    if chosen != preferred:
        notes.append(choice.said(preferred, chosen, found.name))
    return Offer(instance_types=(chosen,), listing=found, notes=tuple(notes))


def plan(config: FineTune, target: Target, content: str) -> Plan:
    """The requests; `content` is a digest of the training channel. Sends nothing.

    Raises:
        SettingError: a setting is invalid.
        AwsError: AWS rejected the request or could not be reached.
    """
    offered = offer(config, target)
    changes = _changes(config, offered.listing)
    cards = [_card(config, target, offered, name, changes) for name in offered.instance_types]
    mark = _mark(config, cards[0], content, {**cards[0].hyperparameters, **changes})
    name = config.job_name or _name(config.model_id, mark)
    asked = replace(
        config,
        output=f"{config.output.rstrip('/')}/",
        hyperparameters=changes,
        base=config.own.model or config.base,
    )
    checkpoints = str(s3.S3Uri(s3.parse(config.output).bucket, f"checkpoints/{mark}/"))
    requests = []
    for number, (instance_type, card) in enumerate(zip(offered.instance_types, cards, strict=True)):
        if problem := choice.storage_problem(instance_type, config.volume_gb):
            raise SettingError(f"--instance-type {instance_type}", problem)
        marks = {MODEL_TAG: card.model_id, VERSION_TAG: card.version, FINGERPRINT_TAG: mark}
        attempt = job.Attempt(
            name=_numbered(name, number),
            instance_type=instance_type,
            tags={**config.tags, **marks},
            checkpoints=checkpoints,
        )
        made = job.request(asked, target, card, attempt)
        limits.check(target, "sagemaker", "CreateTrainingJob", made)
        requests.append(made)
    notes = [*offered.notes]
    if config.volume_gb != FineTune.volume_gb:
        notes += [
            f"{name} has {gpus.storage_gb:,} GB of its own storage: --volume-gb is not used"
            for name in offered.instance_types
            if not has_volume(name) and (gpus := gpus_of(name))
        ]
    if config.spot_max_wait_s is not None:
        notes.append(
            f"spot: checkpoints that the script writes to {job.CHECKPOINTS} are kept in"
            f" {checkpoints}; a script that writes none starts over after an interruption"
        )
    return Plan(requests=tuple(requests), notes=tuple(notes), listed=offered.listed)


def _card(
    config: FineTune, target: Target, offered: Offer, instance_type: str, changes: Mapping[str, str]
) -> TrainingCard:
    """JumpStart's metadata for a type, with the replacements that were given."""
    own = config.own
    if offered.listing is None:
        return TrainingCard(
            model_id=config.model_id,
            version="given" if "*" in config.model_version else config.model_version,
            image=own.image or "",  # both are given: without a listing, they are complete
            model_uri=own.model or "",
            script_uri=own.script,
            hyperparameters=_SCRIPT if own.script else {},
        )
    card = metadata.for_training(target, offered.listing, instance_type, changes)
    return replace(
        card,
        image=own.image or card.image,
        script_uri=own.script or card.script_uri,
    )


def _changes(config: FineTune, found: Listing | None) -> dict[str, str]:
    """The hyperparameters that are not JumpStart's defaults."""
    changes = dict(config.hyperparameters)
    if not config.lora:
        return changes
    if found is None:
        raise SettingError("--lora", f"{NOT_READ}: set your script's own --hyperparameter")
    for name, value in found.lora().items():
        if changes.setdefault(name, value) != value:
            raise SettingError("--lora", f"contradicts --hyperparameter {name}={changes[name]}")
    return changes


def _mark(config: FineTune, card: TrainingCard, content: str, values: Mapping[str, str]) -> str:
    """The fingerprint: equal for jobs that would produce the same model."""
    base = config.own.model or config.base or f"{card.model_uri} {card.version}"
    replaced = " ".join(one for one in (config.own.image, config.own.script) if one)
    return fingerprint(content, f"{base} {replaced}".rstrip(), values)


def _check(config: FineTune, target: Target) -> None:
    """Raise SettingError for errors that neither the SDK nor botocore checks."""
    _check_sources(config, target)
    if config.volume_gb < 1:
        raise SettingError("--volume-gb", "must be at least 1")
    if config.max_runtime_s < 1:
        raise SettingError("--max-runtime-hours", "must be more than 0")
    if config.max_runtime_s > limits.MAX_RUNTIME_S:
        raise SettingError("--max-runtime-hours", "SageMaker stops a job after 28 days: 672 hours")
    if config.spot_max_wait_s is not None and config.spot_max_wait_s < config.max_runtime_s:
        problem = "is the time of waiting and running: at least --max-runtime-hours"
        raise SettingError("--max-wait-hours", problem)
    if len(set(config.instance_types)) < len(config.instance_types):
        raise SettingError("--instance-type", "names a type twice")
    if config.job_name and not _NAME.fullmatch(config.job_name):
        problem = f"use at most {LONGEST_NAME} letters, digits and single hyphens"
        raise SettingError(f"--job-name {config.job_name}", problem)


def _check_sources(config: FineTune, target: Target) -> None:
    """Raise SettingError for an image or an archive that SageMaker cannot read."""
    own = config.own
    if own.image:
        images.check("--image-uri", own.image, target.session().region_name)
    for option, uri in (
        ("--base", config.base),
        ("--model-uri", own.model),
        ("--script-uri", own.script),
    ):
        if uri:
            images.check_archive(option, uri)
    if own.model and config.base:
        raise SettingError("--base, --model-uri", "both name the model to start from: give one")


def _name(model_id: str, mark: str) -> str:
    now = datetime.now(UTC).strftime("%Y%m%d%H%M%S")
    end = f"-{mark[:6]}-{now}"
    start = re.sub(r"[^A-Za-z0-9]+", "-", model_id)[: LONGEST_NAME - len(end)].strip("-")
    return start + end


def _numbered(name: str, number: int) -> str:
    """The name of the job for the type at this place: a failed job keeps its name."""
    if number == 0:
        return name
    end = f"-{number + 1}"
    return name[: LONGEST_NAME - len(end)].rstrip("-") + end
