"""Auto scaling is brought to what is configured, and what is right is left alone: moto's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from common.aws import Target
from training.config import Container, Scaling, Serving
from training.serving import plan, scaling

NIGHT = Scaling(night="cron(0 1 * * ? *)", morning="cron(0 6 * * ? *)", night_instances=3)
SERVING = Serving(
    role="fine-tuned",
    endpoint_name="impressions",
    model_id="flan",
    version="1",
    container=Container(image="image", weights="s3://b/model.tar.gz"),
    execution_role_arn="arn:aws:iam::123456789012:role/r",
    instance_type="ml.m5.large",  # moto knows no g5
)


@pytest.fixture
def aws(moto_target: Target) -> Target:
    """An account with the endpoint."""
    sagemaker = moto_target.client("sagemaker")
    sagemaker.create_model(**plan.model(SERVING))
    sagemaker.create_endpoint_config(**plan.config(SERVING))
    sagemaker.create_endpoint(**plan.create(SERVING))
    return moto_target


def deploy(aws: Target, wanted: Scaling) -> list[str]:
    """Scale the endpoint like this; the operations that were sent."""
    serving = replace(SERVING, scaling=wanted)
    sent = scaling.requests(aws, serving)
    scaling.send(aws, serving, sent)
    return list(sent)


def actions(aws: Target) -> dict[str, str]:
    found = aws.client("application-autoscaling").describe_scheduled_actions(
        ServiceNamespace=plan.NAMESPACE
    )["ScheduledActions"]
    return {one["ScheduledActionName"]: one["Schedule"] for one in found}


def bounds(aws: Target) -> tuple[int, int]:
    (found,) = aws.client("application-autoscaling").describe_scalable_targets(
        ServiceNamespace=plan.NAMESPACE
    )["ScalableTargets"]
    return found["MinCapacity"], found["MaxCapacity"]


def set_bounds(aws: Target, least: int, most: int) -> None:
    """As a scheduled action does."""
    aws.client("application-autoscaling").register_scalable_target(
        **plan.scalable("impressions"), MinCapacity=least, MaxCapacity=most
    )


def test_a_repeated_deployment_sends_nothing(aws: Target) -> None:
    assert deploy(aws, NIGHT) == [
        "RegisterScalableTarget",
        "PutScalingPolicy",
        "PutScheduledAction",
    ]
    assert deploy(aws, NIGHT) == []
    assert bounds(aws) == (1, 4)


def test_a_night_that_is_no_longer_asked_for_is_removed(aws: Target) -> None:
    deploy(aws, NIGHT)
    assert actions(aws) == {
        "impressions-night": NIGHT.night,
        "impressions-morning": NIGHT.morning,
    }
    set_bounds(aws, 3, 4)  # at night

    assert deploy(aws, Scaling()) == ["RegisterScalableTarget", "DeleteScheduledAction"]
    assert actions(aws) == {}
    assert bounds(aws) == (1, 4)
    assert deploy(aws, Scaling()) == []


def test_a_night_that_is_asked_for_again_comes_back(aws: Target) -> None:
    deploy(aws, Scaling())
    assert actions(aws) == {}
    assert deploy(aws, NIGHT) == ["PutScheduledAction"]
    assert len(actions(aws)) == 2


def test_a_deployment_at_night_leaves_the_night_s_instances(aws: Target) -> None:
    deploy(aws, NIGHT)
    set_bounds(aws, 3, 4)
    assert deploy(aws, NIGHT) == []
    assert bounds(aws) == (3, 4)


def test_a_later_morning_does_not_end_the_night(aws: Target) -> None:
    deploy(aws, NIGHT)
    set_bounds(aws, 3, 4)
    assert deploy(aws, replace(NIGHT, morning="cron(0 7 * * ? *)")) == ["PutScheduledAction"]
    assert bounds(aws) == (3, 4)


def test_only_what_differs_is_sent(aws: Target) -> None:
    deploy(aws, NIGHT)
    assert deploy(aws, replace(NIGHT, invocations_per_instance=40.0)) == ["PutScalingPolicy"]
    later = replace(NIGHT, invocations_per_instance=40.0, morning="cron(0 7 * * ? *)")
    assert deploy(aws, later) == ["PutScheduledAction"]
    assert actions(aws)["impressions-morning"] == "cron(0 7 * * ? *)"
    # The most of both scheduled actions changes with it.
    assert deploy(aws, replace(later, most=6)) == ["RegisterScalableTarget", "PutScheduledAction"]
    assert bounds(aws) == (1, 6)


def test_a_schedule_of_someone_else_stays(aws: Target) -> None:
    deploy(aws, NIGHT)
    aws.client("application-autoscaling").put_scheduled_action(
        **plan.scalable("impressions"),
        ScheduledActionName="theirs",
        Schedule="rate(1 day)",
        ScalableTargetAction={"MinCapacity": 1, "MaxCapacity": 9},
    )
    deploy(aws, Scaling())
    assert actions(aws) == {"theirs": "rate(1 day)"}


def test_bounds_that_someone_else_set_are_set_back(aws: Target) -> None:
    deploy(aws, NIGHT)
    set_bounds(aws, 9, 9)
    assert deploy(aws, NIGHT) == ["RegisterScalableTarget"]


def test_another_endpoint_s_scaling_is_not_touched(aws: Target) -> None:
    other: Any = replace(SERVING, endpoint_name="impressions-2", scaling=NIGHT)
    aws.client("sagemaker").create_endpoint(
        EndpointName="impressions-2", EndpointConfigName=plan.config_name(SERVING)
    )
    scaling.send(aws, other, scaling.requests(aws, other))
    deploy(aws, Scaling())
    assert set(actions(aws)) == {"impressions-2-night", "impressions-2-morning"}


def test_without_scaling_nothing_is_asked_or_sent(moto_target: Target) -> None:
    assert scaling.requests(moto_target, replace(SERVING, scaling=None)) == {}
