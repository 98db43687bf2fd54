"""AWS's limits, checked before anything is sent."""

from __future__ import annotations

import time
from typing import Any

import pytest

from common.aws import Target
from common.errors import SettingError
from training import limits

TARGET = Target(region="us-east-1")
JOB: dict[str, Any] = {
    "TrainingJobName": "job",
    "AlgorithmSpecification": {"TrainingImage": "image", "TrainingInputMode": "File"},
    "HyperParameters": {"epochs": "3"},
    "OutputDataConfig": {"S3OutputPath": "s3://bucket/jobs"},
    "ResourceConfig": {"InstanceType": "ml.g5.48xlarge", "InstanceCount": 1},
    "RoleArn": "arn:aws:iam::123456789012:role/training",
    "StoppingCondition": {"MaxRuntimeInSeconds": 1},
}


def check(change: dict[str, Any]) -> None:
    limits.check(TARGET, "sagemaker", "CreateTrainingJob", JOB | change)


def test_a_request_within_the_limits_passes() -> None:
    check({})
    # A type that this botocore does not know: JumpStart's metadata decides, not our SDK's age.
    check({"ResourceConfig": {"InstanceType": "ml.g9.large", "InstanceCount": 1}})
    check({"TrainingJobName": "j" * 63})


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"TrainingJobName": "j" * 64}, "TrainingJobName has a length of 64, at most 63"),
        ({"TrainingJobName": "two words"}, "TrainingJobName 'two words' does not match"),
        ({"HyperParameters": {"a": "x" * 2501}}, "HyperParameters.a has a length of 2,501"),
        ({"HyperParameters": {"a" * 257: "x"}}, "HyperParameters.key has a length of 257"),
        ({"HyperParameters": {str(i): "x" for i in range(101)}}, "HyperParameters has a length"),
        ({"Tags": [{"Key": "k", "Value": "v"}] * 51}, "Tags has a length of 51, at most 50"),
        ({"Tags": [{"Key": "k" * 129, "Value": "v"}]}, "Tags.0.Key has a length of 129"),
        ({"RoleArn": "arn:aws:iam::1:role/short"}, "RoleArn"),
        (
            {"VpcConfig": {"Subnets": ["s"], "SecurityGroupIds": [f"g{i}" for i in range(6)]}},
            "VpcConfig.SecurityGroupIds has a length of 6, at most 5",
        ),
        (
            {"StoppingCondition": {"MaxRuntimeInSeconds": 1, "MaxPendingTimeInSeconds": 9**9}},
            "StoppingCondition.MaxPendingTimeInSeconds is 387,420,489",
        ),
        ({"StoppingCondition": {"MaxRuntimeInSeconds": 0}}, "MaxRuntimeInSeconds"),  # botocore's
        ({"Unknown": 1}, "Unknown"),  # botocore's
    ],
)
def test_what_the_service_would_reject_is_refused_by_name(
    change: dict[str, Any], says: str
) -> None:
    with pytest.raises(SettingError) as caught:
        check(change)
    assert says in str(caught.value)
    assert str(caught.value).startswith("CreateTrainingJob: ")
    assert "\n" not in str(caught.value)


def test_a_long_value_takes_no_longer() -> None:
    began = time.process_time()
    with pytest.raises(SettingError):
        check({"TrainingJobName": "a-" * 1_000_000})
    with pytest.raises(SettingError):
        check({"TrainingJobName": "a-" * 31})
    assert time.process_time() - began < 1


RESERVED = ("project", "fingerprint")


@pytest.mark.parametrize(
    ("tags", "says"),
    [
        ({"project": "x"}, "--tag project: is set by this project"),
        ({"AWS:x": "1"}, "keys that begin with aws: are reserved"),
        ({"k" * 129: "v"}, "a key has at most 128 characters"),
        ({"k": "v" * 257}, "a value 256"),
        ({"k": "a*"}, "'*' is not allowed in a tag"),
        ({"k": "two\nlines"}, "'\\n' is not allowed in a tag"),
        ({str(n): "v" for n in range(49)}, "49 tags are given; a resource takes 48 more"),
    ],
)
def test_tags_that_aws_or_this_project_cannot_use(tags: dict[str, str], says: str) -> None:
    with pytest.raises(SettingError) as caught:
        limits.check_tags(tags, RESERVED)
    assert says in str(caught.value)


def test_tags_as_aws_takes_them() -> None:
    limits.check_tags({"Kostenstelle": "Köln 7/A_b.c:d=e+f-g@h", "empty": ""}, RESERVED)
    limits.check_tags({str(n): "v" for n in range(48)}, RESERVED)
