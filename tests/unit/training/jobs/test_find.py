from __future__ import annotations

from typing import Any

import pytest

from common.aws import Target
from training.config import MODEL_TAG, PROJECT_TAG
from training.errors import JobError
from training.jobs import find


def make(moto_target: Target, name: str, **tags: str) -> None:
    moto_target.client("sagemaker").create_training_job(
        TrainingJobName=name,
        RoleArn="arn:aws:iam::123456789012:role/r",
        AlgorithmSpecification={"TrainingImage": "registry/image:1", "TrainingInputMode": "File"},
        OutputDataConfig={"S3OutputPath": "s3://bucket/jobs"},
        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        StoppingCondition={"MaxRuntimeInSeconds": 60},
        Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
    )


OURS = dict([PROJECT_TAG])


def test_the_newest_is_one_of_ours(moto_target: Target) -> None:
    assert find.newest(moto_target) is None
    make(moto_target, "before", project="another")
    make(moto_target, "ours", **OURS)
    make(moto_target, "theirs", project="another")
    found = find.newest(moto_target)
    assert found is not None
    assert found["TrainingJobName"] == "ours"


def test_the_newest_finished_job_is_the_one_to_deploy(moto_target: Target) -> None:
    with pytest.raises(JobError, match="run `fine-tune` first"):
        find.finished(moto_target, None)
    make(moto_target, "done", **OURS)  # moto's jobs are done at once
    assert find.finished(moto_target, None)["TrainingJobName"] == "done"
    assert find.finished(moto_target, "done")["TrainingJobName"] == "done"


@pytest.mark.parametrize(
    ("job", "says"),
    [
        ({"TrainingJobStatus": "Failed", "FailureReason": "exit code: 1"}, "failed: exit code: 1"),
        ({"TrainingJobStatus": "InProgress"}, "is InProgress; wait for it with"),
        ({"TrainingJobStatus": "Stopped"}, "ended as Stopped without a model"),
    ],
)
def test_a_job_without_a_model_is_not_deployed(
    moto_target: Target, monkeypatch: pytest.MonkeyPatch, job: dict[str, Any], says: str
) -> None:
    monkeypatch.setattr(find, "describe", lambda *_: {"TrainingJobName": "j"} | job)
    with pytest.raises(JobError, match=f"j: {says}"):
        find.finished(moto_target, "j")


def test_the_model_id_is_a_tag_or_else_the_image(moto_target: Target) -> None:
    make(moto_target, "tagged", **{MODEL_TAG: "flan"})
    make(moto_target, "plain")
    assert find.model_id(moto_target, find.describe(moto_target, "tagged")) == "flan"
    assert find.model_id(moto_target, find.describe(moto_target, "plain")) == "image:1"
