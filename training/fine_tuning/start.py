"""Starts a fine-tuning job, or finds the one that the same command started before.

A local job that was killed leaves a checkpoint: the next job with the same data, base model and
hyperparameters resumes from it.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from common import s3
from common.aws import Target
from training import channel
from training.config import FineTune
from training.fine_tuning import data, local, sagemaker
from training.fine_tuning import request as requests
from training.fine_tuning.sagemaker import Say
from training.fine_tuning.started import Started


def start(
    config: FineTune, target: Target, say: Say = lambda _: None, after: str | None = None
) -> Started:
    """Upload the data, then start the job unless it was started before.

    `say` is told what to know about the model before anything is sent. `after` is the instance type
    of a job that has failed for want of capacity: the types after it are tried.

    Raises:
        CollectionError: the data is invalid or missing.
        SettingError: a setting is invalid.
        CapacityError: none of the instance types is available.
        AwsError: AWS rejected the request or could not be reached.
    """
    found, content, folder = _located(config, target)
    if target.backend == "local":
        _put(found, target, folder)
        return local.start(found, target, content)
    # Composed first, so that an invalid request uploads no data.
    plan = requests.plan(found, target, content)
    if after is None:
        for note in plan.notes:
            say(note)
    _put(found, target, folder)
    return sagemaker.start(found, target, plan, say, after)


def dry_run(config: FineTune, target: Target, say: Say = lambda _: None) -> dict[str, Any]:
    """The first of `dry_runs`: the request that `start` sends, unless there is no capacity.

    Raises:
        CollectionError: the data is invalid or missing.
        SettingError: a setting is invalid.
        AwsError: AWS rejected the request or could not be reached.
    """
    return dry_runs(config, target, say)[0]


def dry_runs(
    config: FineTune, target: Target, say: Say = lambda _: None
) -> tuple[dict[str, Any], ...]:
    """The CreateTrainingJob requests that `start` would send: one per instance type, in turn.

    Uploads and starts nothing.

    Raises:
        CollectionError: the data is invalid or missing.
        SettingError: a setting is invalid.
        AwsError: AWS rejected the request or could not be reached.
    """
    found, content, _ = _located(config, target)
    if target.backend == "local":
        return (local.request_of(found, target, content, put=False),)
    plan = requests.plan(found, target, content)
    for note in plan.notes:
        say(note)
    return plan.requests


def price(config: FineTune, target: Target) -> str:
    """What the job is billed for at most, in words: instances and hours, not an amount.

    Raises:
        SettingError: a setting is invalid.
        AwsError: AWS rejected the request or could not be reached.
    """
    if target.backend == "local":
        return "not billed: it runs on this machine"
    types = config.instance_types or requests.offer(config, target).instance_types
    return sagemaker.price(config, types)


def _located(config: FineTune, target: Target) -> tuple[FineTune, str, Path | None]:
    """The job with the S3 location of its data, their digest and their local folder, if any.

    Uploads nothing.
    """
    if s3.is_s3(config.data):
        place = data.channel_of(target, s3.parse(config.data))
        return replace(config, data=f"{place}/"), data.digest(target, place), None
    folder = channel.folder_of(Path(config.data))
    place = data.place_of(folder, s3.parse(config.output).bucket)
    return replace(config, data=f"{place}/"), channel.digest(folder), folder


def _put(config: FineTune, target: Target, folder: Path | None) -> None:
    if folder is not None:
        data.put(target, folder, s3.parse(config.output).bucket, config.kms_key)
