"""The CreateTrainingJob request, word for word: what is shown, and what moto is sent."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from common.errors import AwsError, CommandError, SettingError
from local.stack import jumpstart_bucket
from training.config import FineTune, Network
from training.errors import CapacityError, CollectionError
from training.fine_tuning import start

if TYPE_CHECKING:
    from tests.sagemaker.conftest import Account

REGISTRY = "763104351884.dkr.ecr.us-east-1.amazonaws.com"
LIBRARY = "s3://jumpstart-cache-prod-us-east-1"
NUMBER = "([0-9.]+(?:e[-+]?[0-9]+)?)"
HYPERPARAMETERS = {
    "epochs": "3",
    "max_steps": "-1",
    "seed": "42",
    "batch_size": "64",
    "learning_rate": "0.0001",
    "lr_scheduler_type": "constant_with_warmup",
    "warmup_ratio": "0.0",
    "validation_split_ratio": "0.05",
    "train_data_split_seed": "0",
    "max_input_length": "-1",
    "max_output_length": "128",
    "pad_to_max_length": "True",
    "gradient_accumulation_steps": "1",
    "weight_decay": "0.0",
    "adam_epsilon": "1e-08",
    "load_best_model_at_end": "True",
    "early_stopping_patience": "3",
    "logging_strategy": "steps",
    "logging_steps": "500",
    "save_strategy": "epoch",
    "eval_accumulation_steps": "None",
    "gradient_checkpointing": "True",
    "peft_type": "none",
    "sagemaker_submit_directory": "/opt/ml/input/data/code/sourcedir.tar.gz",
    "sagemaker_program": "transfer_learning.py",
    "sagemaker_container_log_level": "20",
}


def channel(name: str, uri: str, **more: str) -> dict[str, Any]:
    source = {
        "S3DataType": "S3Prefix",
        "S3Uri": uri,
        "S3DataDistributionType": "FullyReplicated",
    }
    return {
        "ChannelName": name,
        "DataSource": {"S3DataSource": source},
        "InputMode": "File",
        **more,
    }


def articles(mark: str) -> dict[str, Any]:
    """The article's settings as one request."""
    return {
        "TrainingJobName": "the-job",
        "AlgorithmSpecification": {
            "TrainingInputMode": "File",
            "TrainingImage": f"{REGISTRY}/huggingface-pytorch-training:"
            "1.13.1-transformers4.26.0-gpu-py39-cu117-ubuntu20.04",
            "MetricDefinitions": [
                {"Name": "val_loss", "Regex": f"'eval_loss': {NUMBER}"},
                {"Name": "train_loss", "Regex": f"'loss': {NUMBER}"},
                {"Name": "epoch", "Regex": f"'epoch': {NUMBER}"},
            ],
        },
        "HyperParameters": HYPERPARAMETERS,
        "InputDataConfig": [
            channel("training", "s3://hospital-training/prepared/train/"),
            channel(
                "model",
                f"{LIBRARY}/huggingface-training/train-huggingface-text2text-flan-t5-xl.tar.gz",
                ContentType="application/x-sagemaker-model",
            ),
            channel(
                "code",
                f"{LIBRARY}/source-directory-tarballs/huggingface/transfer_learning/text2text/"
                "prepack/v1.1.2/sourcedir.tar.gz",
            ),
        ],
        "OutputDataConfig": {
            "S3OutputPath": "s3://hospital-training/jobs/",
            "CompressionType": "GZIP",
        },
        "ResourceConfig": {
            "InstanceType": "ml.p3.16xlarge",
            "InstanceCount": 1,
            "VolumeSizeInGB": 300,
        },
        "RoleArn": "arn:aws:iam::123456789012:role/training",
        "StoppingCondition": {"MaxRuntimeInSeconds": 360_000},
        "EnableNetworkIsolation": True,
        "EnableInterContainerTrafficEncryption": True,
        "Tags": [
            {"Key": "project", "Value": "radiology-impressions"},
            {"Key": "model-id", "Value": "huggingface-text2text-flan-t5-xl"},
            {"Key": "model-version", "Value": "1.2.1"},
            {"Key": "fingerprint", "Value": mark},
        ],
    }


def mark_of(request: dict[str, Any]) -> str:
    return str(next(tag["Value"] for tag in request["Tags"] if tag["Key"] == "fingerprint"))


def test_the_request_is_the_articles_word_for_word(aws: Account, config: FineTune) -> None:
    shown = start.dry_run(config, aws.target)
    assert shown == articles(mark_of(shown))
    assert json.loads(json.dumps(shown)) == shown


def test_a_dry_run_asks_for_nothing_that_changes_anything(aws: Account, config: FineTune) -> None:
    before = objects(aws)
    start.dry_run(config, aws.target)
    assert objects(aws) == before
    assert not aws.client("sagemaker").list_training_jobs()["TrainingJobSummaries"]


def objects(aws: Account) -> list[str]:
    s3 = aws.client("s3")
    return [
        f"{bucket['Name']}/{item['Key']}"
        for bucket in s3.list_buckets()["Buckets"]
        for item in s3.list_objects_v2(Bucket=bucket["Name"]).get("Contents", [])
    ]


def test_moto_records_what_was_shown(aws: Account, config: FineTune) -> None:
    shown = start.dry_run(config, aws.target)
    assert start.start(config, aws.target).state == "started"
    sagemaker = aws.client("sagemaker")
    recorded = sagemaker.describe_training_job(TrainingJobName="the-job")
    # moto makes its own metric definitions up.
    recorded["AlgorithmSpecification"].pop("MetricDefinitions")
    expected = articles(mark_of(shown))
    expected["AlgorithmSpecification"].pop("MetricDefinitions")
    tags = sagemaker.list_tags(ResourceArn=recorded["TrainingJobArn"])["Tags"]
    assert tags == expected.pop("Tags")
    assert {name: recorded[name] for name in expected} == expected


def test_what_is_sent_is_what_was_shown(
    aws: Account, config: FineTune, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[dict[str, Any]] = []
    client = aws.target.client("sagemaker")
    client.meta.events.register(
        "provide-client-params.sagemaker.CreateTrainingJob",
        lambda params, **_: sent.append(dict(params)),
    )
    start.start(config, aws.target)
    assert sent == [articles(mark_of(sent[0]))]


def test_keys_network_and_tags_are_passed_on(aws: Account, config: FineTune) -> None:
    asked = replace(
        config,
        kms_key="alias/reports",
        network=Network(subnets=("subnet-1", "subnet-2"), security_groups=("sg-1",)),
        tags={"project": "radiology-impressions", "cost-centre": "7"},
        instance_count=2,
        hyperparameters={"epochs": "5", "learning_rate": "1e-05"},
    )
    shown = start.dry_run(asked, aws.target)
    assert shown["OutputDataConfig"]["KmsKeyId"] == "alias/reports"
    assert shown["ResourceConfig"] == {
        "InstanceType": "ml.p3.16xlarge",
        "InstanceCount": 2,
        "VolumeSizeInGB": 300,
        "VolumeKmsKeyId": "alias/reports",
    }
    assert shown["VpcConfig"] == {
        "Subnets": ["subnet-1", "subnet-2"],
        "SecurityGroupIds": ["sg-1"],
    }
    assert {"Key": "cost-centre", "Value": "7"} in shown["Tags"]
    assert shown["HyperParameters"] == {**HYPERPARAMETERS, **asked.hyperparameters}


def test_no_volume_key_where_the_storage_is_built_in(aws: Account, config: FineTune) -> None:
    asked = replace(config, kms_key="alias/reports", instance_types=("ml.g5.48xlarge",))
    shown = start.dry_run(asked, aws.target)
    assert "VolumeKmsKeyId" not in shown["ResourceConfig"]
    assert shown["OutputDataConfig"]["KmsKeyId"] == "alias/reports"


def test_the_pin_keeps_to_its_line(aws: Account, config: FineTune) -> None:
    newest = start.dry_run(replace(config, model_version="2.*"), aws.target)
    assert {"Key": "model-version", "Value": jumpstart_bucket.NEWER} in newest["Tags"]


def test_the_same_command_finds_the_job(aws: Account, config: FineTune) -> None:
    unnamed = replace(config, job_name=None)
    first = start.start(unnamed, aws.target)
    assert first.state == "started"
    # moto's jobs are done at once.
    assert start.start(unnamed, aws.target) == replace(first, state="done")
    assert start.start(replace(unnamed, hyperparameters={"epochs": "4"}), aws.target) != first
    assert len(aws.client("sagemaker").list_training_jobs()["TrainingJobSummaries"]) == 2


def test_a_taken_name_is_refused_for_another_job(aws: Account, config: FineTune) -> None:
    start.start(config, aws.target)
    with pytest.raises(SettingError, match="the-job: another job has this name"):
        start.start(replace(config, hyperparameters={"epochs": "4"}), aws.target)


def test_a_folder_is_put_into_s3_only_by_a_launch(
    aws: Account, config: FineTune, tmp_path: Path
) -> None:
    (tmp_path / "train").mkdir()
    pair = '{"prompt":"Lungs are clear.","completion":"Normal."}\n'
    (tmp_path / "train" / "train.jsonl").write_text(pair)
    here = replace(config, data=str(tmp_path))
    shown = start.dry_run(here, aws.target)
    uri = shown["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"]
    bucket, _, prefix = uri.removeprefix("s3://").partition("/")
    listed = {"Bucket": bucket, "Prefix": prefix}
    s3 = aws.client("s3")
    assert s3.list_objects_v2(**listed)["KeyCount"] == 0
    start.start(here, aws.target)
    assert s3.get_object(Bucket=bucket, Key=f"{prefix}train.jsonl")["Body"].read().decode() == pair


WRONG: list[tuple[dict[str, Any], type[CommandError], str]] = [
    (
        {"instance_types": ("ml.t3.medium",)},
        SettingError,
        "use one of ml.g5.24xlarge, ml.g5.48xlarge",
    ),
    ({"model_version": "9.*"}, SettingError, "9.*"),
    ({"model_id": "flan"}, SettingError, "choose another with --model-id and --model-version"),
    ({"hyperparameters": {"epoch": "3"}}, SettingError, "use one of adam_epsilon, batch_size"),
    ({"hyperparameters": {"epochs": "no"}}, SettingError, "must be numeric"),
    ({"hyperparameters": {"epochs": "0"}}, SettingError, "can be no less than 1"),
    ({"hyperparameters": {"pad_to_max_length": "true"}}, SettingError, "True, False"),
    ({"base": "local/models/pre-trained"}, SettingError, "give a location in S3"),
    ({"job_name": "two words"}, SettingError, "use at most 63 letters, digits and single hyphens"),
    ({"job_name": "j" * 64}, SettingError, "use at most 63"),
    ({"instance_count": -1}, SettingError, "InstanceCount"),
    ({"max_runtime_s": 0}, SettingError, "--max-runtime-hours: must be more than 0"),
    ({"data": "s3://hospital-training/empty"}, CollectionError, "contains no train.jsonl"),
    ({"data": "s3://no-such-bucket/x"}, AwsError, "does not exist"),
]


@pytest.mark.parametrize(("change", "error", "says"), WRONG)
def test_what_cannot_be_asked_for_is_told_in_a_line(
    aws: Account, config: FineTune, change: dict[str, Any], error: type[CommandError], says: str
) -> None:
    before = objects(aws)
    with pytest.raises(error) as raised:
        start.start(replace(config, **change), aws.target)
    assert says in str(raised.value)
    assert "\n" not in str(raised.value)
    assert objects(aws) == before
    assert not aws.client("sagemaker").list_training_jobs()["TrainingJobSummaries"]


def test_a_region_without_the_model(aws: Account, config: FineTune) -> None:
    elsewhere = replace(aws.target, region="eu-south-1")
    with pytest.raises(AwsError, match="JumpStart's huggingface-text2text-flan-t5-xl"):
        start.dry_run(config, elsewhere)


def test_a_version_with_vulnerabilities_is_accepted_only_by_hand(
    aws: Account, config: FineTune
) -> None:
    from sagemaker.core.jumpstart import accessors

    found = jumpstart_bucket.specification("1.3.0", "us-east-1") | {"training_vulnerable": True}
    bucket, s3 = jumpstart_bucket.bucket_name("us-east-1"), aws.client("s3")
    key = f"community_models/{jumpstart_bucket.MODEL_ID}/specs_v1.3.0.json"
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(found).encode())
    listed = [*jumpstart_bucket.manifest(), {**jumpstart_bucket.manifest()[0], "version": "1.3.0"}]
    listed[-1]["spec_key"] = key
    s3.put_object(Bucket=bucket, Key="models_manifest.json", Body=json.dumps(listed).encode())
    accessors.JumpStartModelsAccessor.reset_cache()  # the SDK remembers what it has read
    try:
        with pytest.raises(SettingError, match=r"known vulnerabilities.*--tolerate-vulnerable"):
            start.dry_run(config, aws.target)
        accepted = start.dry_run(replace(config, tolerates_vulnerable=True), aws.target)
    finally:
        accessors.JumpStartModelsAccessor.reset_cache()
    assert {"Key": "model-version", "Value": "1.3.0"} in accepted["Tags"]


def test_no_credentials_are_told_with_the_next_step(
    aws: Account, config: FineTune, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from sagemaker.core.jumpstart import accessors

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    (tmp_path / "train.jsonl").write_text('{"prompt":"Clear.","completion":"Normal."}\n')
    nobody = replace(aws.target, stack_name="of-nobody")  # clients are kept by target
    accessors.JumpStartModelsAccessor.reset_cache()
    for data in (aws.data, str(tmp_path)):
        with pytest.raises(AwsError, match="no AWS credentials were found; run `aws sso login`"):
            start.dry_run(replace(config, data=data), nobody)


def test_a_role_that_cannot_train(
    aws: Account, config: FineTune, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sagemaker.core.helper.iam_role_resolver import RoleValidationError
    from sagemaker.train import defaults

    def refuse(**_: Any) -> str:
        raise RoleValidationError("the role\ntrusts nobody")

    monkeypatch.setattr(defaults, "resolve_and_validate_role", refuse)
    with pytest.raises(SettingError, match=r"--role-arn .*: the role trusts nobody"):
        start.dry_run(config, aws.target)


def test_a_quota_that_is_used_up_is_told(aws: Account, config: FineTune) -> None:
    from botocore.exceptions import ClientError

    def refuse(**_: Any) -> None:
        message = "limit is 0 instances"
        raise ClientError(
            {"Error": {"Code": "ResourceLimitExceeded", "Message": message}}, "CreateTrainingJob"
        )

    client = aws.target.client("sagemaker")
    event = "provide-client-params.sagemaker.CreateTrainingJob"
    client.meta.events.register(event, refuse)
    try:
        with pytest.raises(CapacityError) as caught:
            start.start(config, aws.target)
    finally:
        client.meta.events.unregister(event, refuse)
    assert str(caught.value) == (
        "ml.p3.16xlarge: the account's quota is used up; ask for more in Service Quotas (limit is 0"
        " instances); try again later, or with --instance-type ml.g5.48xlarge,ml.g5.24xlarge"
    )
