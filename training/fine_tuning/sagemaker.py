"""Fine-tuning on SageMaker: finds the job if it was started before, otherwise starts it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from botocore.validate import ParamValidator

from common import s3
from common.aws import Target, explained
from common.errors import SettingError, one_line
from training.config import MODEL_TAG, VERSION_TAG, FineTune
from training.errors import JobError
from training.fine_tuning.data import fingerprint
from training.fine_tuning.started import MET, Started, create, taken
from training.instances import PriceClass
from training.jobs.find import describe, tags
from training.jumpstart import job, metadata

FINGERPRINT_TAG = "fingerprint"
LONGEST_NAME = 63
_NAME = re.compile(rf"(?=.{{1,{LONGEST_NAME}}}$)[A-Za-z0-9]+(-[A-Za-z0-9]+)*")


def request(config: FineTune, target: Target, content: str) -> dict[str, Any]:
    """The CreateTrainingJob request; `content` is a digest of the training channel.

    Raises:
        SettingError: a setting is invalid.
        AwsError: AWS rejected the request or could not be reached.
    """
    _check(config)
    wanted = metadata.Wanted(
        model_id=config.model_id,
        version=config.model_version,
        instance_type=config.instance_type,
        tolerates_vulnerable=config.tolerates_vulnerable,
    )
    card = metadata.for_training(target, wanted, config.hyperparameters)
    base = config.base or f"{card.model_uri} {card.version}"
    values = {**card.hyperparameters, **config.hyperparameters}
    mark = fingerprint(content, base, values)
    marks = {MODEL_TAG: card.model_id, VERSION_TAG: card.version, FINGERPRINT_TAG: mark}
    made = job.request(
        replace(config, output=f"{config.output.rstrip('/')}/"),
        target,
        card,
        config.job_name or _name(config.model_id, mark),
        {**config.tags, **marks},
    )
    _check_request(target, made)
    return made


def start(config: FineTune, target: Target, made: dict[str, Any]) -> Started:
    """Start the requested job, unless the same one is running or done.

    Raises:
        SettingError: another job has the name.
        AwsError: AWS rejected the request or could not be reached.
    """
    mark = next(tag["Value"] for tag in made["Tags"] if tag["Key"] == FINGERPRINT_TAG)
    for found in _named(target, config.job_name) if config.job_name else _similar(target, mark):
        is_same = tags(target, found["TrainingJobArn"]).get(FINGERPRINT_TAG) == mark
        if is_same and found["TrainingJobStatus"] in MET:
            return Started(found["TrainingJobName"], MET[found["TrainingJobStatus"]])
        if config.job_name:
            raise taken(config.job_name)
    create(target, made)
    return Started(made["TrainingJobName"], "started")


def price_class(config: FineTune) -> PriceClass:
    """What the job is billed for at most, without the hourly price."""
    count = config.instance_count
    return PriceClass(config.instance_type, count, count, config.max_runtime_s / 3600)


def _check(config: FineTune) -> None:
    """Raise SettingError for errors that neither the SDK nor botocore checks."""
    if config.base and not s3.is_s3(config.base):
        raise SettingError(f"--base {config.base}", "give a model in S3: s3://….tar.gz")
    if config.max_runtime_s < 1:
        raise SettingError("--max-runtime-hours", "must be more than 0")
    if config.job_name and not _NAME.fullmatch(config.job_name):
        problem = f"use at most {LONGEST_NAME} letters, digits and single hyphens"
        raise SettingError(f"--job-name {config.job_name}", problem)


def _check_request(target: Target, made: dict[str, Any]) -> None:
    """Validate the request against the service model, as a launch would."""
    model = target.client("sagemaker").meta.service_model
    shape = model.operation_model("CreateTrainingJob").input_shape
    report = ParamValidator().validate(made, shape)
    if report.has_errors():
        raise SettingError("fine-tune", one_line(report.generate_report()))


def _name(model_id: str, mark: str) -> str:
    now = datetime.now(UTC).strftime("%Y%m%d%H%M%S")
    end = f"-{mark[:6]}-{now}"
    start = re.sub(r"[^A-Za-z0-9]+", "-", model_id)[: LONGEST_NAME - len(end)].strip("-")
    return start + end


def _named(target: Target, name: str) -> Iterator[dict[str, Any]]:
    try:
        yield describe(target, name)
    except JobError:
        return


def _similar(target: Target, mark: str) -> Iterator[dict[str, Any]]:
    """Jobs that, judging by their names, may produce the same model; newest first."""
    with explained("training jobs"):
        pages = (
            target.client("sagemaker")
            .get_paginator("list_training_jobs")
            .paginate(NameContains=mark[:6], SortBy="CreationTime", SortOrder="Descending")
        )
        for page in pages:
            yield from page["TrainingJobSummaries"]
