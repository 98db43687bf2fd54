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
from training.fine_tuning.started import Started
from training.instances import PRICES


def start(config: FineTune, target: Target) -> Started:
    """Upload the data, then start the job unless it was started before.

    Raises:
        CollectionError: the data is invalid or missing.
        SettingError: a setting is invalid.
        AwsError: AWS rejected the request or could not be reached.
    """
    found, content, folder = _located(config, target)
    if target.backend == "local":
        _put(found, target, folder)
        return local.start(found, target, content)
    # Composed first, so that an invalid request uploads no data.
    request = sagemaker.request(found, target, content)
    _put(found, target, folder)
    return sagemaker.start(found, target, request)


def dry_run(config: FineTune, target: Target) -> dict[str, Any]:
    """The CreateTrainingJob request that `start` would send; uploads and starts nothing.

    Raises:
        CollectionError: the data is invalid or missing.
        SettingError: a setting is invalid.
        AwsError: AWS rejected the request or could not be reached.
    """
    found, content, _ = _located(config, target)
    if target.backend == "local":
        return local.request_of(found, target, content, put=False)
    return sagemaker.request(found, target, content)


def price(config: FineTune, target: Target) -> str:
    """What the job is billed for at most, in words: instances and hours, not an amount."""
    if target.backend == "local":
        return "not billed: it runs on this machine"
    return f"{sagemaker.price_class(config)}; {PRICES}"


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
