"""The verbs on SageMaker as a user types them: what they print, what they cost, what they need."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from common.errors import SettingError
from training.instances import has_volume

if TYPE_CHECKING:
    from tests.sagemaker.conftest import Account

ROLE = "arn:aws:iam::123456789012:role/sagemaker"
Verb = Callable[..., int]


@pytest.fixture
def fine_tune(aws: Account, call: Verb) -> Verb:
    return lambda *more: call("fine-tune", "--data", aws.data, "--role-arn", ROLE, *more)


def test_without_yes_the_price_class_is_shown_and_nothing_starts(
    aws: Account, fine_tune: Verb, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fine_tune() == 2
    told = capsys.readouterr()
    assert told.out == ""
    price, next_step = told.err.splitlines()
    assert price == (
        "1 x ml.p3.16xlarge (8 x NVIDIA V100 16 GB each), billed by the second, at most 100"
        " instance-hours; hourly prices in your region:"
        " https://aws.amazon.com/sagemaker/pricing/"
    )
    assert next_step == "nothing was started: check with --dry-run, then add --yes"
    assert not aws.client("sagemaker").list_training_jobs()["TrainingJobSummaries"]


def test_dry_run_prints_the_request_and_nothing_else_on_stdout(
    fine_tune: Verb, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fine_tune("--dry-run", "--instance-count", "2", "--max-runtime-hours", "11") == 0
    told = capsys.readouterr()
    request = json.loads(told.out)
    assert request["ResourceConfig"]["InstanceCount"] == 2
    assert request["StoppingCondition"] == {"MaxRuntimeInSeconds": 39_600}
    assert "at most 22 instance-hours" in told.err


def test_yes_starts_and_does_not_wait(
    aws: Account, fine_tune: Verb, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fine_tune("--yes", "--job-name", "first", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"job": "first", "state": "started"}
    assert aws.client("sagemaker").describe_training_job(TrainingJobName="first")
    assert fine_tune("--yes", "--job-name", "first", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"job": "first", "state": "done"}


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--hyperparameter", "epochs"), "write NAME=VALUE"),
        (("--tag", "=x"), "write NAME=VALUE"),
        (("--subnet", "subnet-1"), "--subnet, --security-group: give both or neither"),
        (("--output", "elsewhere"), "write s3://bucket/prefix"),
    ],
)
def test_options_that_cannot_be(fine_tune: Verb, more: tuple[str, ...], says: str) -> None:
    with pytest.raises(SettingError, match=says):
        fine_tune(*more)


def test_a_role_and_a_place_are_asked_for(aws: Account, call: Verb, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="--role-arn: give the role"):
        call("fine-tune", "--data", aws.data)
    with pytest.raises(SettingError, match="--output: give a location for the model"):
        call("fine-tune", "--data", str(tmp_path), "--role-arn", ROLE)


def test_nobody_but_the_named_aws_is_called(
    aws: Account, fine_tune: Verb, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No telemetry: the SDK would tell its maker of the account."""
    asked: set[str] = set()
    real = socket.getaddrinfo

    def listen(host: Any, *arguments: Any, **more: Any) -> Any:
        asked.add(str(host))
        return real(host, *arguments, **more)

    monkeypatch.setattr(socket, "getaddrinfo", listen)
    assert fine_tune("--yes") == 0
    assert asked == {"127.0.0.1"}


def test_deploy_shows_both_models_as_jumpstart_serves_them(
    call: Verb, fine_tune: Verb, capsys: pytest.CaptureFixture[str]
) -> None:
    fine_tune("--yes", "--job-name", "trained")
    capsys.readouterr()
    assert call("deploy", "--role-arn", ROLE, "--job", "trained", "--dry-run") == 0
    shown = json.loads(capsys.readouterr().out)
    environment = {
        "SAGEMAKER_PROGRAM": "inference.py",
        "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
        "SAGEMAKER_CONTAINER_LOG_LEVEL": "20",
        "SAGEMAKER_MODEL_SERVER_TIMEOUT": "3600",
        "ENDPOINT_SERVER_TIMEOUT": "3600",
        "MODEL_CACHE_ROOT": "/opt/ml/model",
        "SAGEMAKER_ENV": "1",
        "TS_DEFAULT_WORKERS_PER_MODEL": "1",
        "SAGEMAKER_MODEL_SERVER_WORKERS": "1",
    }
    weights = {
        "fine-tuned": "s3://hospital-training/jobs/trained/output/model.tar.gz",
        "pre-trained": "s3://jumpstart-cache-prod-us-east-1/huggingface-infer/prepack/v1.1.2/"
        "infer-prepack-huggingface-text2text-flan-t5-xl.tar.gz",
    }
    for role, uri in weights.items():
        (model,) = shown[role]["CreateModel"]
        assert model["PrimaryContainer"] == {
            "Image": "763104351884.dkr.ecr.us-east-1.amazonaws.com/huggingface-pytorch-inference:"
            "1.13.1-transformers4.26.0-gpu-py39-cu117-ubuntu20.04",
            "ModelDataUrl": uri,
            "Environment": environment,
        }
        assert model["ExecutionRoleArn"] == ROLE
        assert model["EnableNetworkIsolation"] is True
        (variant,) = shown[role]["CreateEndpointConfig"][0]["ProductionVariants"]
        assert variant["InstanceType"] == "ml.g5.2xlarge"
        assert "VolumeSizeInGB" not in variant  # its storage is built in: refused on AWS


def test_deploy_options_reach_the_requests(
    call: Verb, fine_tune: Verb, capsys: pytest.CaptureFixture[str]
) -> None:
    fine_tune("--yes", "--job-name", "trained")
    capsys.readouterr()
    options = ("--instance-type", "ml.p3.2xlarge", "--kms-key", "alias/k", "--min-instances", "2")
    network = ("--subnet", "subnet-1", "--security-group", "sg-1", "--tag", "a=b")
    scaling = ("--max-instances", "6", "--invocations-per-instance", "7")
    clock = ("--night", "cron(0 1 * * ? *)", "--morning", "cron(0 6 * * ? *)")
    role = ("--role", "fine-tuned", "--role-arn", ROLE, "--dry-run", "--night-instances", "5")
    assert call("deploy", *role, *options, *network, *scaling, *clock) == 0
    made = json.loads(capsys.readouterr().out)["fine-tuned"]
    (config,) = made["CreateEndpointConfig"]
    assert config["KmsKeyId"] == "alias/k"
    assert config["ProductionVariants"][0]["InitialInstanceCount"] == 2
    assert config["ProductionVariants"][0]["VolumeSizeInGB"] == 256
    assert made["CreateModel"][0]["VpcConfig"] == {
        "Subnets": ["subnet-1"],
        "SecurityGroupIds": ["sg-1"],
    }
    assert {"Key": "a", "Value": "b"} in made["CreateEndpoint"][0]["Tags"]
    (target,) = made["RegisterScalableTarget"]
    assert (target["MinCapacity"], target["MaxCapacity"]) == (2, 6)
    policy = made["PutScalingPolicy"][0]["TargetTrackingScalingPolicyConfiguration"]
    assert policy["TargetValue"] == 7.0
    night, morning = made["PutScheduledAction"]
    assert (night["Schedule"], night["ScalableTargetAction"]["MinCapacity"]) == (clock[1], 5)
    assert (morning["Schedule"], morning["ScalableTargetAction"]["MinCapacity"]) == (clock[3], 2)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--instance-type", "ml.m5.large"), "use one of ml.g4dn.2xlarge, ml.g5.2xlarge"),
        (("--min-instances", "5"), "at least 1 and at most the maximum"),
        (("--night", "cron(0 1 * * ? *)"), "the night never ends"),
    ],
)
def test_deploy_options_that_cannot_be(
    call: Verb, fine_tune: Verb, more: tuple[str, ...], says: str
) -> None:
    fine_tune("--yes", "--job-name", "trained")
    with pytest.raises(SettingError, match=says):
        call("deploy", "--role-arn", ROLE, "--dry-run", *more)


def test_deploy_shows_what_is_billed_before_it_is(
    aws: Account, call: Verb, fine_tune: Verb, capsys: pytest.CaptureFixture[str]
) -> None:
    fine_tune("--yes", "--job-name", "trained")
    capsys.readouterr()
    assert call("deploy", "--role-arn", ROLE) == 2
    told = capsys.readouterr().out.splitlines()
    assert told[0] == (
        "impressions-fine-tuned: 1 to 4 x ml.g5.2xlarge (1 x NVIDIA A10G 24 GB each), billed by the"
        " second, until deleted"
    )
    assert not aws.client("sagemaker").list_models()["Models"]


def test_a_job_that_does_not_tell_its_model_is_not_deployed(aws: Account, call: Verb) -> None:
    aws.client("sagemaker").create_training_job(
        TrainingJobName="foreign",
        RoleArn=ROLE,
        AlgorithmSpecification={"TrainingImage": "image", "TrainingInputMode": "File"},
        OutputDataConfig={"S3OutputPath": "s3://hospital-training/jobs"},
        ResourceConfig={"InstanceType": "ml.p3.2xlarge", "InstanceCount": 1, "VolumeSizeInGB": 1},
        StoppingCondition={"MaxRuntimeInSeconds": 60},
    )
    with pytest.raises(SettingError, match="foreign: has no tag model-id"):
        call("deploy", "--role-arn", ROLE, "--job", "foreign", "--dry-run")


@pytest.mark.parametrize(
    "name", ["ml.p3.16xlarge", "ml.p3dn.24xlarge", "ml.g5.2xlarge", "ml.g4dn.xlarge", "ml.m5.large"]
)
def test_which_types_have_a_volume_is_as_the_sdk_says(name: str) -> None:
    from sagemaker.core.common_utils import volume_size_supported

    assert has_volume(name) == volume_size_supported(name)
