"""The same job without AWS: a small T5, started with the request that SageMaker would receive."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from common import s3
from common.archives import pack
from common.aws import Target, explained
from common.errors import SettingError
from common.paths import ROOT
from training.config import MODEL_TAG, FineTune
from training.fine_tuning.data import fingerprint
from training.fine_tuning.started import MET, Started, create

# The base model of a local job, as FLAN-T5 is that of a JumpStart job.
BASE = ROOT / "local" / "models" / "pre-trained"
IMAGE = "impressions-local/small-t5:1"
MODEL_ID, MODEL_VERSION = "impressions-local-small-t5", "1"
INSTANCE_TYPE = "ml.m5.large"  # required by the API, but ignored by the local SageMaker
ROLE_ARN = "arn:aws:iam::000000000000:role/impressions-local-training"
JOB_PREFIX = "local-small-t5"
CHECKPOINTS = "/opt/ml/checkpoints"
MODEL_FILES = ("config.json", "model.safetensors", "sentencepiece.model")


def job(data: str, output: str, **changes: Any) -> FineTune:  # noqa: ANN401  # FineTune's fields
    """The local job's settings; `changes` are fields of FineTune."""
    plain = FineTune(
        data=data,
        output=output,
        role_arn=ROLE_ARN,
        model_id=MODEL_ID,
        model_version=MODEL_VERSION,
        instance_types=(INSTANCE_TYPE,),
        volume_gb=1,
        max_runtime_s=86_400,
        hyperparameters={},
    )
    return replace(plain, **changes)


def request(config: FineTune, name: str, base: s3.S3Uri, checkpoints: s3.S3Uri) -> dict[str, Any]:
    """The CreateTrainingJob request; `base` is the base model's archive."""
    return {
        "TrainingJobName": name,
        "AlgorithmSpecification": {
            "TrainingImage": IMAGE,
            "TrainingInputMode": "File",
            "MetricDefinitions": [{"Name": m.name, "Regex": m.regex} for m in config.metrics],
        },
        "HyperParameters": dict(config.hyperparameters),
        "InputDataConfig": [
            _channel("training", config.data),
            _channel("model", str(base)) | {"ContentType": "application/x-sagemaker-model"},
        ],
        "OutputDataConfig": {"S3OutputPath": config.output},
        "CheckpointConfig": {"S3Uri": str(checkpoints), "LocalPath": CHECKPOINTS},
        "ResourceConfig": {
            "InstanceType": config.instance_types[0],
            "InstanceCount": config.instance_count,
            "VolumeSizeInGB": config.volume_gb,
        },
        "RoleArn": config.role_arn,
        "StoppingCondition": {"MaxRuntimeInSeconds": config.max_runtime_s},
        "Tags": [
            {"Key": key, "Value": value}
            for key, value in {**config.tags, MODEL_TAG: config.model_id}.items()
        ],
    }


def request_of(config: FineTune, target: Target, content: str, *, put: bool) -> dict[str, Any]:
    """The CreateTrainingJob request; uploads the base model if `put`.

    Raises:
        SettingError: the base model does not exist.
        AwsError: AWS rejected the request or could not be reached.
    """
    bucket = s3.parse(config.output).bucket
    base = _base(config, target, bucket, put=put)
    mark = fingerprint(content, str(base), config.hyperparameters)
    now = datetime.now(UTC).strftime("%Y%m%d%H%M%S")
    name = config.job_name or f"{JOB_PREFIX}-{mark[:6]}-{now}"
    return request(config, name, base, s3.S3Uri(bucket, f"checkpoints/{mark}"))


def start(config: FineTune, target: Target, content: str) -> Started:
    """Start the job, or find the one that produces the same model.

    `content` is a digest of the training channel, `config.data`.

    Raises:
        SettingError: the base model does not exist, or another job has the name.
        AwsError: AWS rejected the request or could not be reached.
    """
    made = request_of(config, target, content, put=True)
    before = list(_same(target, made["CheckpointConfig"]["S3Uri"]))
    for job in before:
        if job["TrainingJobStatus"] in MET:
            return Started(job["TrainingJobName"], MET[job["TrainingJobStatus"]])
    name = made["TrainingJobName"]
    if any(job["TrainingJobName"] == name for job in before):
        # Names cannot be reused: the same command continues under a new one.
        made["TrainingJobName"] = f"{name[:58]}-{len(before) + 1}"
    create(target, made)
    return Started(made["TrainingJobName"], "resumed" if before else "started")


def _base(config: FineTune, target: Target, bucket: str, *, put: bool) -> s3.S3Uri:
    """The base model: the given one, or the committed one."""
    if config.base and s3.is_s3(config.base):
        place = s3.parse(config.base)
        if next(s3.objects(target.client("s3"), place), None) is None:
            raise SettingError(config.base, "does not exist; give a model.tar.gz")
        return place
    found = archive(Path(config.base) if config.base else BASE)
    return found.put(target, bucket) if put else found.place(bucket)


def _same(target: Target, checkpoints: str) -> Iterator[dict[str, Any]]:
    """The jobs that would produce the same model, newest first."""
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


@dataclass(frozen=True)
class Archive:
    """A model folder as the `model.tar.gz` that jobs and endpoints read."""

    data: bytes

    def place(self, bucket: str) -> s3.S3Uri:
        """Its location, derived from its content."""
        digest = hashlib.sha256(self.data).hexdigest()[:16]
        return s3.S3Uri(bucket, f"models/{digest}/model.tar.gz")

    def put(self, target: Target, bucket: str) -> s3.S3Uri:
        """Upload it unless it exists.

        Raises:
            AwsError: the bucket does not exist or access is denied.
        """
        place = self.place(bucket)
        if s3.is_empty(target, s3.S3Uri(bucket, place.key.rpartition("/")[0])):
            with explained(str(place)):
                target.client("s3").put_object(Bucket=bucket, Key=place.key, Body=self.data)
        return place


def archive(folder: Path) -> Archive:
    """A model folder's files in one archive; the same files give the same bytes.

    Raises:
        SettingError: a file of the model is missing.
    """
    for name in MODEL_FILES:
        if not (folder / name).is_file():
            raise SettingError(str(folder), f"is not a model: {name} is missing")
    return Archive(pack(folder, MODEL_FILES))


def _channel(name: str, uri: str) -> dict[str, Any]:
    return {
        "ChannelName": name,
        "DataSource": {
            "S3DataSource": {
                "S3DataType": "S3Prefix",
                "S3Uri": uri,
                "S3DataDistributionType": "FullyReplicated",
            }
        },
        "InputMode": "File",
    }
