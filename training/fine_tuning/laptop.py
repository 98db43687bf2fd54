"""The same job with no AWS: a small T5, asked for with the request that SageMaker would get."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from local.archives import pack
from training import s3
from training.aws import Target, explained
from training.config import MODEL_TAG, FineTune
from training.errors import SettingError

IMAGE = "impressions-local/small-t5:1"
MODEL_ID, MODEL_VERSION = "impressions-local-small-t5", "1"
INSTANCE_TYPE = "ml.m5.large"  # two cores, as a laptop has; the local SageMaker reads none of it
ROLE_ARN = "arn:aws:iam::000000000000:role/impressions-local-training"
JOB_PREFIX = "local-small-t5"
CHECKPOINTS = "/opt/ml/checkpoints"
MODEL_FILES = ("config.json", "model.safetensors", "sentencepiece.model")


def job(data: str, output: str, **changes: Any) -> FineTune:  # noqa: ANN401  # FineTune's own
    """The local job's settings; `changes` are fields of FineTune."""
    plain = FineTune(
        data=data,
        output=output,
        role_arn=ROLE_ARN,
        model_id=MODEL_ID,
        model_version=MODEL_VERSION,
        instance_type=INSTANCE_TYPE,
        volume_gb=1,
        max_runtime_s=86_400,
        hyperparameters={},
    )
    return replace(plain, **changes)


def request(config: FineTune, name: str, base: s3.S3Uri, checkpoints: s3.S3Uri) -> dict[str, Any]:
    """The CreateTrainingJob request; `base` is the model to start from, a tar."""
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
            "InstanceType": config.instance_type,
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


def fingerprint(data: str, base: str, hyperparameters: Mapping[str, str]) -> str:
    """Sixteen hex digits that two jobs share when they would make the same model."""
    text = json.dumps([data, base, sorted(hyperparameters.items())])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Archive:
    """A model folder as the `model.tar.gz` that jobs and endpoints read."""

    data: bytes

    def place(self, bucket: str) -> s3.S3Uri:
        """Where it goes: under a name made of its content."""
        digest = hashlib.sha256(self.data).hexdigest()[:16]
        return s3.S3Uri(bucket, f"models/{digest}/model.tar.gz")

    def put(self, target: Target, bucket: str) -> s3.S3Uri:
        """Put it there; once.

        Raises:
            AwsError: the bucket is missing or denied.
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
            raise SettingError(str(folder), f"is no model: {name} is missing")
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
