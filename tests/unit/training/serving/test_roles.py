"""Which endpoints a job's model gets: their names, weights and versions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from common.aws import Target
from common.errors import SettingError
from common.stack_state import Outputs
from training import stack
from training.fine_tuning import local
from training.serving import roles

JOB = {
    "TrainingJobName": "job-7",
    "TrainingJobArn": "arn:aws:sagemaker:us-east-1:123456789012:training-job/job-7",
    "TrainingJobStatus": "Completed",
    "ModelArtifacts": {"S3ModelArtifacts": "s3://b/job-7/model.tar.gz"},
    "InputDataConfig": [
        {"ChannelName": name, "DataSource": {"S3DataSource": {"S3Uri": f"s3://b/{name}"}}}
        for name in ("training", "model")
    ],
}


@pytest.fixture
def laptop(moto_target: Target) -> Target:
    return replace(moto_target, backend="local")


def deployed(monkeypatch: pytest.MonkeyPatch, **parameters: str) -> None:
    """Let the stack be deployed with these parameters."""

    def describe(target: Target) -> stack.DeployedStack:
        return stack.DeployedStack("impressions", target, Outputs(*"abcdefgh"), parameters)

    monkeypatch.setattr(stack, "describe", describe)


class TestNames:
    def test_without_a_stack_are_the_template_s(self, moto_target: Target) -> None:
        assert roles.endpoint_names(moto_target) == {
            "fine-tuned": "impressions-fine-tuned",
            "pre-trained": "impressions-pre-trained",
        }

    def test_are_those_that_the_functions_call(
        self, moto_target: Target, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        deployed(monkeypatch, FineTunedEndpoint="mine", PreTrainedEndpoint="")

        assert roles.endpoint_names(moto_target) == {
            "fine-tuned": "mine",
            "pre-trained": "impressions-pre-trained",
        }


class TestOnThisMachine:
    def test_each_role_serves_its_own_weights(self, laptop: Target) -> None:
        tuned, plain = roles.servings(laptop, JOB, ("fine-tuned", "pre-trained"))

        assert (tuned.role, tuned.endpoint_name) == ("fine-tuned", "impressions-fine-tuned")
        assert (tuned.container.weights, tuned.version) == ("s3://b/job-7/model.tar.gz", "job-7")
        assert (plain.role, plain.endpoint_name) == ("pre-trained", "impressions-pre-trained")
        assert (plain.container.weights, plain.version) == ("s3://b/model", local.MODEL_VERSION)
        assert {tuned.scaling, plain.scaling} == {None}

    def test_only_the_roles_that_were_asked_for_are_made(self, laptop: Target) -> None:
        (made,) = roles.servings(laptop, JOB, ("pre-trained",))

        assert made.role == "pre-trained"

    def test_what_was_given_takes_the_place_of_what_would_be(self, laptop: Target) -> None:
        (made,) = roles.servings(laptop, JOB, ("fine-tuned",), endpoint_name="other", volume_gb=9)

        assert (made.endpoint_name, made.volume_gb, made.version) == ("other", 9, "job-7")

    def test_a_job_without_a_base_has_no_pre_trained_endpoint(self, laptop: Target) -> None:
        job = JOB | {"InputDataConfig": []}

        with pytest.raises(SettingError, match="job-7: has no base model"):
            roles.servings(laptop, job, ("pre-trained",))


class TestOnSageMaker:
    def test_needs_a_role_before_anything_is_asked(self, moto_target: Target) -> None:
        with pytest.raises(SettingError, match=r"^execution_role_arn: give the role"):
            roles.servings(moto_target, JOB, ("fine-tuned",))

    @pytest.mark.parametrize(
        ("tags", "missing"),
        [({}, "model-id"), ({"model-version": "1"}, "model-id"), ({"model-id": "t5"}, "model-ver")],
    )
    def test_of_a_job_of_another_origin_says_which_tag_is_missing(
        self, moto_target: Target, tags: dict[str, str], missing: str
    ) -> None:
        given: Any = [{"Key": key, "Value": value} for key, value in tags.items()]
        moto_target.client("sagemaker").create_training_job(
            TrainingJobName="job-7",
            RoleArn="arn:aws:iam::123456789012:role/r",
            AlgorithmSpecification={"TrainingImage": "image", "TrainingInputMode": "File"},
            OutputDataConfig={"S3OutputPath": "s3://b/jobs"},
            ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
            StoppingCondition={"MaxRuntimeInSeconds": 60},
            Tags=given,
        )

        with pytest.raises(SettingError, match=f"job-7: has no tag {missing}"):
            roles.servings(moto_target, JOB, ("fine-tuned",), execution_role_arn="arn")


class TestStatus:
    def test_tells_of_each_role_s_endpoint(self, moto_target: Target) -> None:
        client = moto_target.client("sagemaker")
        variant: Any = {
            "VariantName": "all",
            "ModelName": "m",
            "InitialInstanceCount": 2,
            "InstanceType": "ml.m5.large",
            "InitialVariantWeight": 1.0,
        }
        role = "arn:aws:iam::123456789012:role/r"
        client.create_model(ModelName="m", ExecutionRoleArn=role, PrimaryContainer={"Image": "i"})
        client.create_endpoint_config(EndpointConfigName="c", ProductionVariants=[variant])
        client.create_endpoint(EndpointName="impressions-fine-tuned", EndpointConfigName="c")

        found = roles.status(moto_target)

        assert found["pre-trained"] == {
            "endpoint": "impressions-pre-trained",
            "status": "not deployed",
        }
        assert found["fine-tuned"] == {
            "endpoint": "impressions-fine-tuned",
            "status": "InService",
            "configuration": "c",
            "instances": 2,
            "failure_reason": "",
        }
