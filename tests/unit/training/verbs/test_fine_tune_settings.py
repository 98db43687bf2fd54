"""The options of `fine-tune` and the job that they describe; errors before anything is called."""

from __future__ import annotations

import pytest

from common.errors import SettingError
from training.__main__ import parser
from training.config import FineTune
from training.verbs.fine_tune_settings import config_of

ROLE = "arn:aws:iam::123456789012:role/training"
HOUR = 3600


def config(*more: str) -> FineTune:
    options = ["fine-tune", "--data", "s3://bucket/prepared", "--role-arn", ROLE, *more]
    return config_of(parser().parse_args(options))


def test_without_options_it_is_the_article_s_job_on_a_type_that_is_chosen_later() -> None:
    found = config()
    assert found == FineTune(data="s3://bucket/prepared", output="s3://bucket/jobs", role_arn=ROLE)
    assert (found.instance_types, found.spot_max_wait_s, found.lora) == ((), None, False)


def test_types_are_tried_in_the_order_in_which_they_are_named() -> None:
    found = config("--instance-type", "ml.p4d.24xlarge, ml.g5.48xlarge,ml.g5.24xlarge")
    assert found.instance_types == ("ml.p4d.24xlarge", "ml.g5.48xlarge", "ml.g5.24xlarge")


def test_spot_waits_for_a_day_longer_than_the_job_runs() -> None:
    assert config("--spot").spot_max_wait_s == 100 * HOUR + 24 * HOUR
    assert config("--spot", "--max-runtime-hours", "11").spot_max_wait_s == 35 * HOUR
    assert config("--spot", "--max-wait-hours", "120").spot_max_wait_s == 120 * HOUR


def test_what_replaces_jumpstart_s() -> None:
    image, model, script = "image", "s3://b/m.tar.gz", "s3://b/s.tar.gz"
    found = config("--image-uri", image, "--model-uri", model, "--script-uri", script).own
    assert (found.image, found.model, found.script) == (image, model, script)
    assert found.are_complete
    assert not config("--image-uri", image).own.are_complete
    assert not config("--model-uri", model).own.are_complete


def test_short_options_are_hyperparameters() -> None:
    found = config("--epochs", "5", "--max-output-length", "96", "--volume-gb", "500", "--lora")
    assert found.hyperparameters == {"epochs": "5", "max_output_length": "96"}
    assert (found.volume_gb, found.lora) == (500, True)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--max-wait-hours", "9"), "--max-wait-hours: is the maximum wait for --spot"),
        (("--max-runtime-hours", "nan"), "give a number of hours"),
        (("--max-runtime-hours", "inf"), "give a number of hours"),
        (("--instance-type", "ml.a,,ml.b"), "write TYPE,TYPE"),
        (
            ("--epochs", "3", "--hyperparameter", "epochs=4"),
            "--epochs 3: contradicts --hyperparameter epochs=4",
        ),
        (
            ("--max-output-length", "96", "--hyperparameter", "max_output_length=80"),
            "--max-output-length 96: contradicts",
        ),
        (("--tag", "project=mine"), "--tag project: is set by this project"),
        (("--tag", "fingerprint=1"), "--tag fingerprint: is set by this project"),
        (("--tag", "a=b*c"), "is not allowed in a tag"),
    ],
)
def test_options_that_contradict(more: tuple[str, ...], says: str) -> None:
    with pytest.raises(SettingError) as caught:
        config(*more)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    "more",
    [
        ("--spot",),
        ("--lora",),
        ("--volume-gb", "9"),
        ("--image-uri", "x"),
        ("--model-uri", "x"),
        ("--script-uri", "x"),
        ("--max-wait-hours", "9"),
    ],
)
def test_what_works_only_on_sagemaker_is_refused_on_one_machine(more: tuple[str, ...]) -> None:
    options = parser().parse_args(["fine-tune", "--data", "x", "--backend", "local", *more])
    with pytest.raises(SettingError, match=f"{more[0]}: works only with --backend sagemaker"):
        config_of(options)
