"""Starts a fine-tune, or finds the one that the same command started before.

On this machine a job that was killed leaves its checkpoint behind: the next job with the same data,
base and hyperparameters goes on from there.
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
    """Put the data where the job reads it, then start the job, unless it was before.

    Raises:
        CollectionError: the data cannot be trained on.
        SettingError: a setting cannot be used.
        AwsError: AWS refused, or was not reached.
    """
    found, content, folder = _located(config, target)
    if target.backend == "local":
        _put(found, target, folder)
        return local.start(found, target, content)
    # Composed first: what cannot be asked for leaves no data behind.
    request = sagemaker.request(found, target, content)
    _put(found, target, folder)
    return sagemaker.start(found, target, request)


def dry_run(config: FineTune, target: Target) -> dict[str, Any]:
    """The CreateTrainingJob request that `start` would send; nothing is put, nothing started.

    Raises:
        CollectionError: the data cannot be trained on.
        SettingError: a setting cannot be used.
        AwsError: AWS refused, or was not reached.
    """
    found, content, _ = _located(config, target)
    if target.backend == "local":
        return local.request_of(found, target, content, put=False)
    return sagemaker.request(found, target, content)


def price(config: FineTune, target: Target) -> str:
    """What the job can cost at most, in words: the class, not a sum."""
    if target.backend == "local":
        return "no price: it runs on this machine"
    return f"{sagemaker.price_class(config)}; {PRICES}"


def _located(config: FineTune, target: Target) -> tuple[FineTune, str, Path | None]:
    """The same job with its data where it is, or will be, in S3; nothing is put.

    The second is a digest of the data's content, the third their folder on this machine, if any.
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
