"""Fine-tuning on the compute that exists: which request follows from what JumpStart offers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from moto.backends import get_backend

from common.errors import SettingError
from training.config import Artefacts
from training.errors import CapacityError
from training.fine_tuning import start

if TYPE_CHECKING:
    from tests.sagemaker.conftest import Account, Offer
    from training.config import FineTune

ROLE = "arn:aws:iam::123456789012:role/sagemaker"
P3, P4D = "ml.p3.16xlarge", "ml.p4d.24xlarge"
G5_24, G5_48 = "ml.g5.24xlarge", "ml.g5.48xlarge"
REGISTRY = "763104351884.dkr.ecr.us-east-1.amazonaws.com"
IMAGE = f"{REGISTRY}/huggingface-pytorch-training:1.13.1-transformers4.26.0-gpu-py39"
OWN = Artefacts(image=IMAGE, model="s3://kept/model.tar.gz", script="s3://kept/sourcedir.tar.gz")
Verb = Callable[..., int]


@pytest.fixture
def fine_tune(aws: Account, call: Verb) -> Verb:
    return lambda *more: call("fine-tune", "--data", aws.data, "--role-arn", ROLE, *more)


def types(*names: str) -> dict[str, Any]:
    """The specification's members about these training instance types."""
    image = "huggingface-pytorch-training:1.13.1-transformers4.26.0-gpu-py39-cu117-ubuntu20.04"
    families = sorted({name.split(".")[1] for name in names})
    return {
        "supported_training_instance_types": list(names),
        "default_training_instance_type": names[0],
        "training_instance_type_variants": {
            "regional_aliases": {"us-east-1": {"gpu": f"{REGISTRY}/{image}"}},
            "variants": {
                family: {"regional_properties": {"image_uri": "$gpu"}} for family in families
            },
        },
    }


def said(config: FineTune, aws: Account) -> tuple[dict[str, Any], list[str]]:
    notes: list[str] = []
    return start.dry_run(config, aws.target, notes.append), notes


def test_the_article_s_type_while_it_is_listed(aws: Account, config: FineTune) -> None:
    request, notes = said(config, aws)
    assert request["ResourceConfig"]["InstanceType"] == P3
    assert notes == []


def test_p3_is_gone_a_g5_takes_its_place_and_one_line_says_so(
    aws: Account, offer: Offer, fine_tune: Verb, capsys: pytest.CaptureFixture[str]
) -> None:
    offer(**types(G5_24, G5_48, P4D))
    assert fine_tune("--dry-run") == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["ResourceConfig"] == {
        "InstanceType": G5_48,
        "InstanceCount": 1,
        "VolumeSizeInGB": 300,
    }
    note, price = told.err.splitlines()
    assert note == (
        "note: ml.p3.16xlarge is not offered for huggingface-text2text-flan-t5-xl 1.2.1: using"
        " ml.g5.48xlarge (8 x NVIDIA A10G 24 GB each) instead; choose another with --instance-type"
    )
    assert price.startswith("1 x ml.g5.48xlarge (8 x NVIDIA A10G 24 GB each), billed by the second")


def test_another_model_starts_on_jumpstart_s_own_default(
    aws: Account, offer: Offer, config: FineTune
) -> None:
    offer("huggingface-text2text-flan-t5-small", **types("ml.g5.2xlarge", G5_48))
    small = replace(config, model_id="huggingface-text2text-flan-t5-small")
    request, notes = said(small, aws)
    assert request["ResourceConfig"]["InstanceType"] == "ml.g5.2xlarge"
    assert notes == []


def test_p4d_with_spot_and_lora_word_for_word(
    aws: Account, offer: Offer, config: FineTune, fine_tune: Verb, capsys: Any
) -> None:
    offer(**types(P4D, G5_48))
    plain = start.dry_run(replace(config, instance_types=(P4D,)), aws.target)
    capsys.readouterr()
    options = ("--instance-type", P4D, "--spot", "--lora", "--job-name", "the-job")
    assert fine_tune(*options, "--role-arn", config.role_arn, "--dry-run") == 0
    told = capsys.readouterr()
    request = json.loads(told.out)
    mark = next(tag["Value"] for tag in request["Tags"] if tag["Key"] == "fingerprint")
    checkpoints = f"s3://hospital-training/checkpoints/{mark}/"
    assert request == plain | {
        "HyperParameters": plain["HyperParameters"] | {"peft_type": "lora"},
        "EnableManagedSpotTraining": True,
        "CheckpointConfig": {"S3Uri": checkpoints, "LocalPath": "/opt/ml/checkpoints"},
        "StoppingCondition": {
            "MaxRuntimeInSeconds": 360_000,
            "MaxWaitTimeInSeconds": 360_000 + 86_400,
        },
        "Tags": [*plain["Tags"][:-1], {"Key": "fingerprint", "Value": mark}],
    }
    assert plain["ResourceConfig"]["InstanceType"] == P4D
    assert mark != plain["Tags"][-1]["Value"]  # another model: not to be taken for the full one
    assert f"kept in {checkpoints}" in told.err
    assert "at spot prices, which vary" in told.err

    assert fine_tune(*options, "--role-arn", config.role_arn, "--yes") == 0
    recorded = aws.client("sagemaker").describe_training_job(TrainingJobName="the-job")
    for name in ("CheckpointConfig", "StoppingCondition", "ResourceConfig", "HyperParameters"):
        assert recorded[name] == request[name]
    assert recorded["EnableManagedSpotTraining"] is True


def test_an_adapter_and_a_spot_job_are_the_same_model_as_on_demand(
    aws: Account, config: FineTune
) -> None:
    """Spot changes the price, not the model: the job must be found."""
    on_demand = start.dry_run(config, aws.target)
    spot = start.dry_run(replace(config, spot_max_wait_s=400_000), aws.target)
    assert spot["Tags"] == on_demand["Tags"]


class TestDropped:
    """The day on which JumpStart has no such model any more."""

    def test_the_error_says_how_to_go_on(
        self, aws: Account, config: FineTune, dropped: None
    ) -> None:
        del dropped
        with pytest.raises(SettingError, match="or give --image-uri and --model-uri"):
            start.dry_run(config, aws.target)

    def test_what_was_kept_is_trained_as_before(
        self, aws: Account, config: FineTune, dropped: None, fine_tune: Verb, capsys: Any
    ) -> None:
        del dropped, config
        for name in ("models_manifest.json",):  # nothing may be read from it
            bucket = "jumpstart-cache-prod-us-east-1"
            aws.client("s3").delete_object(Bucket=bucket, Key=name)
        given = ("--image-uri", IMAGE, "--model-uri", str(OWN.model), "--script-uri")
        options = (*given, str(OWN.script), "--instance-type", P4D, "--job-name", "kept")
        assert fine_tune(*options, "--epochs", "3", "--dry-run") == 0
        told = capsys.readouterr()
        request = json.loads(told.out)
        assert request["AlgorithmSpecification"]["TrainingImage"] == IMAGE
        assert request["HyperParameters"] == {
            "epochs": "3",
            "sagemaker_submit_directory": "/opt/ml/input/data/code/sourcedir.tar.gz",
            "sagemaker_program": "transfer_learning.py",
            "sagemaker_container_log_level": "20",
        }
        uris = {
            channel["ChannelName"]: channel["DataSource"]["S3DataSource"]["S3Uri"]
            for channel in request["InputDataConfig"]
        }
        assert uris == {
            "training": "s3://hospital-training/prepared/train/",
            "model": OWN.model,
            "code": OWN.script,
        }
        tags = {tag["Key"]: tag["Value"] for tag in request["Tags"]}
        assert (tags["model-id"], tags["model-version"]) == (
            "huggingface-text2text-flan-t5-xl",
            "given",
        )
        assert "JumpStart's metadata is not read" in told.err
        assert fine_tune(*options, "--epochs", "3", "--yes") == 0
        recorded = aws.client("sagemaker").describe_training_job(TrainingJobName="kept")
        assert recorded["InputDataConfig"] == request["InputDataConfig"]

    @pytest.mark.parametrize(
        ("change", "says"),
        [
            ({"own": OWN}, "--instance-type: give one"),
            ({"own": OWN, "lora": True, "instance_types": (P4D,)}, "--lora: with --image-uri"),
            (
                {"own": replace(OWN, image=IMAGE.replace("us-east-1", "eu-west-1"))},
                "is in eu-west-1, but SageMaker pulls images only from its own region",
            ),
            ({"own": replace(OWN, image="python:3.11")}, "is not an image in Amazon ECR"),
            ({"own": replace(OWN, model="model.tar.gz")}, "--model-uri model.tar.gz: give a"),
            ({"own": replace(OWN, script="/x")}, "--script-uri /x: give a location in S3"),
            ({"own": OWN, "base": "s3://kept/other.tar.gz"}, "--base, --model-uri: both name"),
        ],
    )
    def test_what_cannot_be(
        self, aws: Account, config: FineTune, change: dict[str, Any], says: str
    ) -> None:
        with pytest.raises(SettingError) as caught:
            start.start(replace(config, **change), aws.target)
        assert says in str(caught.value)
        assert not aws.client("sagemaker").list_training_jobs()["TrainingJobSummaries"]


def test_one_replacement_alone_leaves_the_rest_to_jumpstart(aws: Account, config: FineTune) -> None:
    plain = start.dry_run(config, aws.target)
    patched = start.dry_run(replace(config, own=Artefacts(image=f"{IMAGE}-patched")), aws.target)
    assert patched["AlgorithmSpecification"]["TrainingImage"] == f"{IMAGE}-patched"
    assert patched["HyperParameters"] == plain["HyperParameters"]
    assert patched["InputDataConfig"] == plain["InputDataConfig"]
    assert patched["Tags"] != plain["Tags"]  # another image may give another model


def test_lora_is_refused_by_name_where_the_model_has_no_such_hyperparameter(
    aws: Account, offer: Offer, config: FineTune
) -> None:
    from local.stack import jumpstart_bucket

    all_ = jumpstart_bucket.specification(jumpstart_bucket.PINNED, "us-east-1")["hyperparameters"]
    offer(hyperparameters=[one for one in all_ if one["name"] != "peft_type"])
    with pytest.raises(SettingError, match="has no hyperparameter peft_type with the value"):
        start.dry_run(replace(config, lora=True), aws.target)
    offer(hyperparameters=[one | {"options": ["none"]} for one in all_ if "options" in one])
    with pytest.raises(SettingError, match="--lora: "):
        start.dry_run(replace(config, lora=True), aws.target)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"lora": True, "hyperparameters": {"peft_type": "none"}}, "--lora: contradicts"),
    ({"max_runtime_s": 28 * 86_400 + 1}, "--max-runtime-hours: SageMaker stops a job after 28"),
    ({"spot_max_wait_s": 359_999}, "--max-wait-hours: is the time of waiting and running"),
    ({"instance_types": (P3, P3)}, "--instance-type: names a type twice"),
    ({"instance_types": (P3, "ml.t3.medium")}, "--instance-type ml.t3.medium"),
    ({"volume_gb": 0}, "--volume-gb: must be at least 1"),
    ({"instance_types": (G5_48,), "volume_gb": 8000}, "has 7,600 GB of its own storage"),
    ({"hyperparameters": {"eval_accumulation_steps": "x" * 2501}}, "has a length of 2,501"),
    ({"tags": {str(n): "v" for n in range(48)}}, "Tags has a length of 51, at most 50"),
]


@pytest.mark.parametrize(("change", "says"), WRONG)
def test_what_cannot_be_asked_for_is_refused_before_anything_is_sent(
    aws: Account, config: FineTune, change: dict[str, Any], says: str
) -> None:
    with pytest.raises(SettingError) as caught:
        start.start(replace(config, **change), aws.target)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not aws.client("sagemaker").list_training_jobs()["TrainingJobSummaries"]


def test_a_volume_that_is_not_used_is_said(aws: Account, config: FineTune) -> None:
    _, notes = said(replace(config, volume_gb=500, instance_types=(P3, G5_48)), aws)
    assert notes == ["ml.g5.48xlarge has 7,600 GB of its own storage: --volume-gb is not used"]


def test_the_longest_run_and_the_shortest_wait_are_accepted(aws: Account, config: FineTune) -> None:
    longest = replace(config, max_runtime_s=28 * 86_400, spot_max_wait_s=28 * 86_400)
    assert start.dry_run(longest, aws.target)["StoppingCondition"] == {
        "MaxRuntimeInSeconds": 28 * 86_400,
        "MaxWaitTimeInSeconds": 28 * 86_400,
    }


def test_a_deprecated_version_is_said_before_it_is_taken(
    aws: Account, offer: Offer, fine_tune: Verb, capsys: pytest.CaptureFixture[str]
) -> None:
    offer(deprecated=True, deprecated_message="Use\nanother model.")
    assert fine_tune("--yes", "--json", "--job-name", "old") == 0
    told = capsys.readouterr()
    lines = told.err.splitlines()
    assert lines[0] == (
        "note: huggingface-text2text-flan-t5-xl 1.2.1 is deprecated: Use another model."
    )
    assert lines[1] == "old: started"
    assert json.loads(told.out) == {"job": "old", "state": "started"}


def test_vulnerabilities_are_named_before_and_after_they_are_accepted(
    aws: Account, offer: Offer, config: FineTune
) -> None:
    offer(training_vulnerable=True, training_vulnerabilities=["CVE-1", "CVE-2"])
    with pytest.raises(SettingError, match=r"\(CVE-1, CVE-2\); accept them"):
        start.dry_run(config, aws.target)
    _, notes = said(replace(config, tolerates_vulnerable=True), aws)
    (note,) = notes
    assert note.endswith("flan-t5-xl 1.2.1 have known vulnerabilities: CVE-1, CVE-2")


@pytest.fixture
def scarce(aws: Account) -> Iterator[dict[str, str]]:
    """The reasons for which jobs on a type fail after their start, by type."""
    reasons: dict[str, str] = {}
    events = aws.target.client("sagemaker").meta.events
    asked: list[dict[str, Any]] = []

    def remember(params: dict[str, Any], **_: Any) -> None:
        asked.append(params)

    def fail(**_: Any) -> None:
        made = asked[-1]
        reason = reasons.get(made["ResourceConfig"]["InstanceType"])
        if reason:
            backend = get_backend("sagemaker")["123456789012"]["us-east-1"]
            job: Any = backend.training_jobs[made["TrainingJobName"]]
            job.training_job_status = job.secondary_status = "Failed"
            job.failure_reason = reason

    events.register("provide-client-params.sagemaker.CreateTrainingJob", remember)
    events.register("after-call.sagemaker.CreateTrainingJob", fail)
    yield reasons
    events.unregister("provide-client-params.sagemaker.CreateTrainingJob", remember)
    events.unregister("after-call.sagemaker.CreateTrainingJob", fail)


NO_CAPACITY = "CapacityError: Unable to provision requested ML compute capacity."


def test_a_dry_run_shows_every_request_in_turn(
    fine_tune: Verb, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fine_tune("--instance-type", f"{P3},{G5_48}", "--job-name", "mine", "--dry-run") == 0
    told = capsys.readouterr()
    shown = [
        (one["TrainingJobName"], one["ResourceConfig"]["InstanceType"])
        for one in json.loads(told.out)
    ]
    assert shown == [("mine", P3), ("mine-2", G5_48)]
    assert ", or else 1 x ml.g5.48xlarge" in told.err


def test_where_a_job_fails_for_want_of_instances_the_next_type_is_tried(
    fine_tune: Verb, scarce: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    scarce[P3] = NO_CAPACITY
    options = ("--instance-type", f"{P3},{G5_48}", "--job-name", "mine", "--wait", "--json")
    assert fine_tune(*options, "--yes") == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["job"] == "mine-2"
    assert f"mine: Failed: {NO_CAPACITY}; trying {G5_48}" in told.err
    assert "mine-2: started" in told.err


def test_where_no_type_is_left_the_error_names_others(
    fine_tune: Verb, scarce: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    scarce[P3] = scarce[G5_48] = NO_CAPACITY
    options = ("--instance-type", f"{P3},{G5_48}", "--job-name", "mine", "--wait")
    assert fine_tune(*options, "--yes") == 1
    assert capsys.readouterr().err.splitlines()[-1] == (
        f"error: mine-2: Failed: {NO_CAPACITY}; try again later, or with --instance-type {G5_24}"
    )


def test_a_job_that_fails_otherwise_is_not_tried_again(
    fine_tune: Verb, scarce: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    scarce[P3] = "AlgorithmError: exit code 1"
    options = ("--instance-type", f"{P3},{G5_48}", "--job-name", "mine", "--wait")
    assert fine_tune(*options, "--yes") == 1
    assert capsys.readouterr().err.splitlines()[-1] == (
        "error: mine: Failed: AlgorithmError: exit code 1"
    )


def test_a_type_that_is_refused_at_once_names_the_others(
    aws: Account, config: FineTune, scarce: dict[str, str]
) -> None:
    from botocore.exceptions import ClientError

    del scarce

    def refuse(**_: Any) -> None:
        message = f"The requested resource training-job/{P3} is not available in this region"
        error: Any = {"Error": {"Code": "ValidationException", "Message": message}}
        raise ClientError(error, "CreateTrainingJob")

    events = aws.target.client("sagemaker").meta.events
    events.register("provide-client-params.sagemaker.CreateTrainingJob", refuse)
    try:
        with pytest.raises(CapacityError, match=f"or with --instance-type {G5_48},{G5_24}$"):
            start.start(config, aws.target)
    finally:
        events.unregister("provide-client-params.sagemaker.CreateTrainingJob", refuse)
