"""Starting a job on the first instance type that there is, against moto's SageMaker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.backends import get_backend

from common.aws import Target
from common.errors import AwsError, SettingError
from training.config import FINGERPRINT_TAG, FineTune
from training.errors import CapacityError
from training.fine_tuning import sagemaker
from training.fine_tuning.request import Plan
from training.fine_tuning.started import Started

P3, P4D, G5 = "ml.p3.16xlarge", "ml.p4d.24xlarge", "ml.g5.48xlarge"
MARK = "0123456789abcdef"
CONFIG = FineTune(data="s3://b/d", output="s3://b/o", role_arn="arn", job_name=None)
NO_CAPACITY = "CapacityError: Unable to provision requested ML compute capacity."
GONE = f"The requested resource training-job/{P3} is not available in this region"


def request(name: str, instance_type: str) -> dict[str, Any]:
    return {
        "TrainingJobName": name,
        "AlgorithmSpecification": {"TrainingImage": "image", "TrainingInputMode": "File"},
        "OutputDataConfig": {"S3OutputPath": "s3://b/jobs"},
        "ResourceConfig": {
            "InstanceType": instance_type,
            "InstanceCount": 1,
            "VolumeSizeInGB": 300,
        },
        "RoleArn": "arn:aws:iam::123456789012:role/training",
        "StoppingCondition": {"MaxRuntimeInSeconds": 60},
        "Tags": [{"Key": FINGERPRINT_TAG, "Value": MARK}],
    }


def plan(*types: str, stem: str = f"flan-{MARK[:6]}-1") -> Plan:
    names = [stem, *(f"{stem}-{number}" for number in range(2, len(types) + 1))]
    return Plan(requests=tuple(map(request, names, types)), listed=(G5, P3, P4D, "ml.g5.24xlarge"))


@contextmanager
def refusing(target: Target, refusals: dict[str, tuple[str, str]]) -> Iterator[list[str]]:
    """Let CreateTrainingJob refuse these types; yields the types that are asked for."""
    asked: list[str] = []

    def refuse(params: dict[str, Any], **_: Any) -> None:
        name = params["ResourceConfig"]["InstanceType"]
        asked.append(name)
        if name in refusals:
            code, message = refusals[name]
            error: Any = {"Error": {"Code": code, "Message": message}}
            raise ClientError(error, "CreateTrainingJob")

    events = target.client("sagemaker").meta.events
    events.register("provide-client-params.sagemaker.CreateTrainingJob", refuse)
    try:
        yield asked
    finally:
        events.unregister("provide-client-params.sagemaker.CreateTrainingJob", refuse)


def became(name: str, status: str, reason: str = "", *, hours_ago: float = 0) -> None:
    """Let a job have ended like this: moto's are all Completed at once."""
    job: Any = get_backend("sagemaker")["123456789012"]["us-east-1"].training_jobs[name]
    job.training_job_status = job.secondary_status = status
    job.failure_reason = reason
    job.creation_time -= timedelta(hours=hours_ago)


def start(target: Target, wanted: Plan, config: FineTune = CONFIG, **more: Any) -> Started:
    return sagemaker.start(config, target, wanted, more.pop("say", lambda _: None), **more)


@pytest.mark.parametrize(
    "refusal", [("ResourceLimitExceeded", "limit is 0"), ("ValidationException", GONE)]
)
def test_the_next_type_is_tried_where_one_is_refused(
    moto_target: Target, refusal: tuple[str, str]
) -> None:
    said: list[str] = []
    with refusing(moto_target, {P3: refusal}) as asked:
        started = start(moto_target, plan(P3, P4D, G5), say=said.append)

    assert asked == [P3, P4D]
    assert (started.job_name, started.state) == (f"flan-{MARK[:6]}-1-2", "started")
    assert started.next_types == (G5,)
    assert len(said) == 1
    assert said[0].startswith(f"{P3}: ")
    assert said[0].endswith(f"trying {P4D}")


def test_where_all_are_refused_the_error_names_each_and_what_to_try(moto_target: Target) -> None:
    refusals = {P3: ("ValidationException", GONE), P4D: ("ResourceLimitExceeded", "limit is 0")}
    with refusing(moto_target, refusals), pytest.raises(CapacityError) as caught:
        start(moto_target, plan(P3, P4D))

    said = str(caught.value)
    assert GONE in said
    assert f"{P4D}: the account's quota is used up" in said
    assert said.endswith(f"or with --instance-type {G5},ml.g5.24xlarge")
    assert not moto_target.client("sagemaker").list_training_jobs()["TrainingJobSummaries"]


def test_another_error_is_no_reason_to_try_another_type(moto_target: Target) -> None:
    with (
        refusing(moto_target, {P3: ("ValidationException", "No S3 objects found")}) as asked,
        pytest.raises(AwsError, match="No S3 objects found"),
    ):
        start(moto_target, plan(P3, P4D))
    assert asked == [P3]


def test_after_a_job_that_failed_for_want_of_instances_only_the_types_after_it(
    moto_target: Target,
) -> None:
    with refusing(moto_target, {}) as asked:
        started = start(moto_target, plan(P3, P4D, G5), after=P4D)
    assert asked == [G5]
    assert started.next_types == ()


def test_a_repeated_command_tries_the_type_without_instances_last(moto_target: Target) -> None:
    first = start(moto_target, plan(P3, P4D))
    became(first.job_name, "Failed", NO_CAPACITY)

    with refusing(moto_target, {}) as asked:
        again = start(moto_target, plan(P3, P4D, stem=f"flan-{MARK[:6]}-2"))
    assert asked == [P4D]
    assert again.next_types == (P3,)


def test_after_an_hour_it_is_tried_first_again(moto_target: Target) -> None:
    first = start(moto_target, plan(P3, P4D))
    became(first.job_name, "Failed", NO_CAPACITY, hours_ago=1.1)

    with refusing(moto_target, {}) as asked:
        start(moto_target, plan(P3, P4D, stem=f"flan-{MARK[:6]}-2"))
    assert asked == [P3]


def test_a_job_on_any_of_the_types_is_the_same_job(moto_target: Target) -> None:
    with refusing(moto_target, {P3: ("ResourceLimitExceeded", "0")}):
        first = start(moto_target, plan(P3, P4D))
    became(first.job_name, "InProgress")

    with refusing(moto_target, {}) as asked:
        again = start(moto_target, plan(P3, P4D, stem=f"flan-{MARK[:6]}-2"))
    assert asked == []
    assert (again.job_name, again.state) == (first.job_name, "running")
    assert again.next_types == ()
    wider = start(moto_target, plan(P3, P4D, G5, stem=f"flan-{MARK[:6]}-3"))
    assert wider.next_types == (G5,)  # those after the type of the job that was found


class TestWithAName:
    NAMED = replace(CONFIG, job_name="mine")

    def test_a_name_whose_job_had_no_instance_continues_with_the_next_one(
        self, moto_target: Target
    ) -> None:
        start(moto_target, plan(P3, P4D, stem="mine"), self.NAMED)
        became("mine", "Failed", NO_CAPACITY)

        again = start(moto_target, plan(P3, P4D, stem="mine"), self.NAMED)
        assert (again.job_name, again.state) == ("mine-2", "started")
        became("mine-2", "InProgress")
        assert start(moto_target, plan(P3, P4D, stem="mine"), self.NAMED).state == "running"

        became("mine-2", "Failed", NO_CAPACITY)
        with pytest.raises(SettingError, match="names cannot be reused"):
            start(moto_target, plan(P3, P4D, stem="mine"), self.NAMED)

    def test_a_name_whose_job_failed_otherwise_is_taken(self, moto_target: Target) -> None:
        start(moto_target, plan(P3, P4D, stem="mine"), self.NAMED)
        became("mine", "Failed", "AlgorithmError: exit code 1")

        with pytest.raises(SettingError, match="--job-name mine: another job has this name"):
            start(moto_target, plan(P3, P4D, stem="mine"), self.NAMED)


def test_the_price_names_every_type_and_spot() -> None:
    config = replace(CONFIG, max_runtime_s=36_000)
    assert sagemaker.price(config, [G5, P4D]).startswith(
        f"1 x {G5} (8 x NVIDIA A10G 24 GB each), billed by the second, at most 10 instance-hours,"
        f" or else 1 x {P4D} (8 x NVIDIA A100 40 GB each)"
    )
    assert "spot" not in sagemaker.price(config, [G5])
    assert "at spot prices, which vary" in sagemaker.price(replace(config, spot_max_wait_s=1), [G5])
