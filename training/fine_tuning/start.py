"""Starts a fine-tune, or finds the one that the same command started before.

On this machine a job that was killed leaves its checkpoint behind: the next job with the same data,
base and hyperparameters goes on from there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from local.settings import ROOT
from training import channel, s3
from training.aws import Target, explained
from training.config import FineTune
from training.errors import SettingError
from training.fine_tuning import data, laptop

State = Literal["started", "resumed", "running", "done"]
# The model that a local job starts from, as JumpStart's starts from FLAN-T5.
BASE = ROOT / "local" / "models" / "pre-trained"

# What a job that was there before means for the command that would start the same one.
MET: dict[str, State] = {"InProgress": "running", "Stopping": "running", "Completed": "done"}


@dataclass(frozen=True)
class Started:
    """A job and how this call met it: `running` and `done` were there before."""

    job_name: str
    state: State


def start(config: FineTune, target: Target) -> Started:
    """Put the data where the job reads it, then start the job, unless it was before.

    Raises:
        CollectionError: the data cannot be trained on.
        SettingError: a setting cannot be used.
        AwsError: AWS refused, or was not reached.
    """
    _check_backend(target)
    return _start_here(config, target)


def dry_run(config: FineTune, target: Target) -> dict[str, Any]:
    """The CreateTrainingJob request that `start` would send; nothing is put, nothing started.

    Raises:
        CollectionError: the data cannot be trained on.
        SettingError: a setting cannot be used.
        AwsError: AWS refused, or was not reached.
    """
    _check_backend(target)
    return _request_here(config, target, put=False)


def _check_backend(target: Target) -> None:
    if target.backend != "local":
        raise SettingError("--backend sagemaker", "is not built yet; use --backend local")


def _with_data(config: FineTune, target: Target, *, put: bool) -> FineTune:
    """The same job with its data in S3, put there when it is a folder of this machine."""
    if s3.is_s3(config.data):
        data.digest(target, s3.parse(config.data))  # it is there, and can be read
        return config
    folder = channel.folder_of(Path(config.data))
    bucket = s3.parse(config.output).bucket
    place = data.put(target, folder, bucket) if put else data.place_of(folder, bucket)
    return replace(config, data=str(place))


def _start_here(config: FineTune, target: Target) -> Started:
    request = _request_here(config, target, put=True)
    before = list(_same(target, request["CheckpointConfig"]["S3Uri"]))
    for job in before:
        if job["TrainingJobStatus"] in MET:
            return Started(job["TrainingJobName"], MET[job["TrainingJobStatus"]])
    name = request["TrainingJobName"]
    if any(job["TrainingJobName"] == name for job in before):
        # Names are never free again; the same command goes on under the next one.
        name = request["TrainingJobName"] = f"{name[:58]}-{len(before) + 1}"
    with explained(f"training job {name}"):
        target.client("sagemaker").create_training_job(**request)
    return Started(name, "resumed" if before else "started")


def _request_here(config: FineTune, target: Target, *, put: bool) -> dict[str, Any]:
    bucket = s3.parse(config.output).bucket
    config = _with_data(config, target, put=put)
    base = _base(config, target, bucket, put=put)
    content = str(data.digest(target, s3.parse(config.data))) if put else config.data
    mark = laptop.fingerprint(content, str(base), config.hyperparameters)
    now = datetime.now(UTC).strftime("%Y%m%d%H%M%S")
    name = config.job_name or f"{laptop.JOB_PREFIX}-{mark[:6]}-{now}"
    return laptop.request(config, name, base, s3.S3Uri(bucket, f"checkpoints/{mark}"))


def _base(config: FineTune, target: Target, bucket: str, *, put: bool) -> s3.S3Uri:
    """The model to start from: named, or the committed one."""
    if config.base and s3.is_s3(config.base):
        place = s3.parse(config.base)
        if next(s3.objects(target.client("s3"), place), None) is None:
            raise SettingError(config.base, "is not there; name a model.tar.gz")
        return place
    archive = laptop.archive(Path(config.base) if config.base else BASE)
    return archive.put(target, bucket) if put else archive.place(bucket)


def _same(target: Target, checkpoints: str) -> Iterator[dict[str, Any]]:
    """The jobs that would make the same model, the newest first."""
    client = target.client("sagemaker")
    with explained("training jobs"):
        pages = client.get_paginator("list_training_jobs").paginate(
            SortBy="CreationTime", SortOrder="Descending"
        )
        for page in pages:
            for summary in page["TrainingJobSummaries"]:
                name = summary["TrainingJobName"]
                job = client.describe_training_job(TrainingJobName=name)
                if job.get("CheckpointConfig", {}).get("S3Uri") == checkpoints:
                    yield job
