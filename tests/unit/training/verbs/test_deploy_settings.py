"""The options of `deploy`: what they set, and what is refused before anything is called."""

from __future__ import annotations

import argparse
from typing import Any

import pytest

from common.errors import SettingError
from training.__main__ import parser
from training.config import Scaling
from training.verbs.deploy_settings import local_changes, sagemaker_changes

ROLE = "arn:aws:iam::123456789012:role/serving"
NIGHT, MORNING = "cron(0 1 * * ? *)", "cron(0 6 * * ? *)"


def options(*more: str) -> argparse.Namespace:
    return parser().parse_args(["deploy", "--role-arn", ROLE, *more])


def changes(*more: str) -> dict[str, Any]:
    return sagemaker_changes(options(*more))


def test_without_options_the_type_is_chosen_later_and_routing_is_sagemaker_s() -> None:
    found = changes()
    assert found["scaling"] == Scaling()
    assert not {"instance_type", "routing", "max_output_length"} & found.keys()
    assert "routing" not in changes("--routing", "random")


def test_routing_and_length() -> None:
    found = changes("--routing", "least-outstanding", "--max-output-length", "96")
    assert found["routing"] == "LEAST_OUTSTANDING_REQUESTS"
    assert found["max_output_length"] == 96


@pytest.mark.parametrize(("seconds", "target"), [("0.94", 39.4), ("4.7", 7.9), ("59", 0.6)])
def test_a_call_s_duration_sets_the_target(seconds: str, target: float) -> None:
    """docs/scale.md: 37 ÷ the seconds of a full call, about 40 on its curve and 8 on a fifth."""
    assert changes("--call-seconds", seconds)["scaling"].invocations_per_instance == target


def test_a_night() -> None:
    found = changes("--night", NIGHT, "--morning", MORNING, "--night-instances", "3")["scaling"]
    assert (found.night, found.morning, found.night_instances) == (NIGHT, MORNING, 3)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--night", NIGHT), "the night never ends"),
        (("--night", NIGHT, "--morning", "cron(0  1 * * ? *)"), "the night never begins"),
        (("--night", NIGHT, "--morning", "6:00"), "--morning 6:00: write cron("),
        (("--night", "cron(0 25 * * ? *)", "--morning", MORNING), "25 is no hours: 0 to 23"),
        (("--night-instances", "2"), "works only with --night and --morning"),
        (("--night", NIGHT, "--morning", MORNING, "--night-instances", "0"), "at least 1"),
        (("--call-seconds", "1", "--invocations-per-instance", "2"), "give one of them"),
        (("--call-seconds", "60"), "less than 60"),
        (("--call-seconds", "nan"), "less than 60"),
        (("--invocations-per-instance", "0"), "must be more than 0"),
        (("--invocations-per-instance", "inf"), "must be more than 0"),
        (("--tag", "project=mine"), "--tag project: is set by this project"),
    ],
)
def test_options_that_cannot_be(more: tuple[str, ...], says: str) -> None:
    with pytest.raises(SettingError) as caught:
        changes(*more)
    assert says in str(caught.value)


@pytest.mark.parametrize("name", ["--routing", "--image-uri", "--script-uri", "--model-uri"])
def test_what_works_only_on_sagemaker_is_refused_on_one_machine(name: str) -> None:
    value = "random" if name == "--routing" else "x"
    given = parser().parse_args(["deploy", "--backend", "local", name, value])
    with pytest.raises(SettingError, match=f"{name}: works only with --backend sagemaker"):
        local_changes(given)
