"""Starts a fine-tune, or finds the one that the same command started before.

On this machine a job that was killed leaves its checkpoint behind: the next job with the same data,
base and hyperparameters goes on from there.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from training import channel, s3
from training.aws import Target
from training.config import FineTune
from training.fine_tuning import cloud, data, laptop
from training.fine_tuning.started import Started
from training.instances import PRICES


def start(config: FineTune, target: Target) -> Started:
    """Put the data where the job reads it, then start the job, unless it was before.

    Raises:
        CollectionError: the data cannot be trained on.
        SettingError: a setting cannot be used.
        AwsError: AWS refused, or was not reached.
    """
    if target.backend == "local":
        found, content = _with_data(config, target, put=True)
        return laptop.start(found, target, content)
    # Composed first: what cannot be asked for leaves no data behind.
    found, content = _with_data(config, target, put=False)
    request = cloud.request(found, target, content)
    _with_data(config, target, put=True)
    return cloud.start(found, target, request)


def dry_run(config: FineTune, target: Target) -> dict[str, Any]:
    """The CreateTrainingJob request that `start` would send; nothing is put, nothing started.

    Raises:
        CollectionError: the data cannot be trained on.
        SettingError: a setting cannot be used.
        AwsError: AWS refused, or was not reached.
    """
    found, content = _with_data(config, target, put=False)
    if target.backend == "local":
        return laptop.request_of(found, target, content, put=False)
    return cloud.request(found, target, content)


def price(config: FineTune, target: Target) -> str:
    """What the job can cost at most, in words: the class, not a sum."""
    if target.backend == "local":
        return "no price: it runs on this machine"
    return f"{cloud.price_class(config)}; {PRICES}"


def _with_data(config: FineTune, target: Target, *, put: bool) -> tuple[FineTune, str]:
    """The same job with its data in S3, put there when it is a folder of this machine.

    The second is a digest of the data's content.
    """
    if s3.is_s3(config.data):
        place = data.channel_of(target, s3.parse(config.data))
        return replace(config, data=f"{place}/"), data.digest(target, place)
    folder = channel.folder_of(Path(config.data))
    bucket = s3.parse(config.output).bucket
    place = (
        data.put(target, folder, bucket, config.kms_key) if put else data.place_of(folder, bucket)
    )
    return replace(config, data=f"{place}/"), channel.digest(folder)
