from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from training.config import Container, Network, Scaling, Serving
from training.serving import plan

SERVING = Serving(
    role="fine-tuned",
    endpoint_name="impressions-fine-tuned",
    model_id="flan",
    version="job-1",
    container=Container(image="image", weights="s3://b/jobs/job-1/output/model.tar.gz"),
    execution_role_arn="arn:aws:iam::123456789012:role/r",
)


def test_the_same_model_has_the_same_names_and_another_others() -> None:
    assert plan.model_name(SERVING) == plan.model_name(replace(SERVING, version="job-2"))
    other = replace(SERVING, container=replace(SERVING.container, weights="s3://b/x.tar.gz"))
    assert plan.model_name(SERVING) != plan.model_name(other)
    assert plan.config_name(SERVING) != plan.config_name(other)
    larger = replace(SERVING, instance_type="ml.g5.4xlarge")
    assert plan.model_name(SERVING) == plan.model_name(larger)
    assert plan.config_name(SERVING) != plan.config_name(larger)


def test_a_change_of_scaling_alone_is_no_new_configuration() -> None:
    larger = replace(SERVING, scaling=Scaling(least=3, most=9))
    assert plan.config_name(larger) == plan.config_name(SERVING)
    assert plan.config(larger)["ProductionVariants"][0]["InitialInstanceCount"] == 3


def test_the_default_configuration_is_called_as_in_earlier_versions() -> None:
    """Or the next `deploy` of every user would replace all instances."""
    assert plan.config_name(SERVING) == "impressions-fine-tuned-28bb99262d"


def test_routing_is_a_new_configuration() -> None:
    routed = replace(SERVING, routing="LEAST_OUTSTANDING_REQUESTS")
    (variant,) = plan.config(routed)["ProductionVariants"]
    assert variant["RoutingConfig"] == {"RoutingStrategy": "LEAST_OUTSTANDING_REQUESTS"}
    assert plan.config_name(routed) != plan.config_name(SERVING)


@pytest.mark.parametrize("name", ["a" * 63, "with-hyphens-" * 4 + "end", "a"])
def test_names_are_as_long_as_sagemaker_takes_them(name: str) -> None:
    made = plan.model_name(replace(SERVING, endpoint_name=name))
    assert len(made) <= 63
    assert plan.is_made_for(made, name)


def test_names_of_an_endpoint_are_told_from_those_of_one_with_a_longer_name() -> None:
    longer = plan.model_name(replace(SERVING, endpoint_name="impressions-fine-tuned-2"))
    assert not plan.is_made_for(longer, "impressions-fine-tuned")


@pytest.mark.parametrize(
    ("weights", "member"),
    [
        ("s3://b/model.tar.gz", {"ModelDataUrl": "s3://b/model.tar.gz"}),
        (
            "s3://b/model",
            {
                "ModelDataSource": {
                    "S3DataSource": {
                        "S3Uri": "s3://b/model/",
                        "S3DataType": "S3Prefix",
                        "CompressionType": "None",
                    }
                }
            },
        ),
    ],
)
def test_weights_are_a_tar_or_a_prefix(weights: str, member: dict[str, Any]) -> None:
    serving = replace(SERVING, container=Container(image="image", weights=weights))
    assert plan.model(serving)["PrimaryContainer"] == {"Image": "image"} | member


def test_a_network_is_in_the_model_and_changes_its_name() -> None:
    inside = replace(SERVING, network=Network(subnets=("s",), security_groups=("g",)))
    assert plan.model(inside)["VpcConfig"] == {"Subnets": ["s"], "SecurityGroupIds": ["g"]}
    assert "VpcConfig" not in plan.model(SERVING)
    assert plan.model_name(inside) != plan.model_name(SERVING)


def test_without_scaling_one_instance_and_no_request() -> None:
    fixed = replace(SERVING, scaling=None)
    assert plan.scaling(fixed) == {}
    assert plan.config(fixed)["ProductionVariants"][0]["InitialInstanceCount"] == 1


def test_the_night_may_need_more_than_the_day_at_most() -> None:
    busy = replace(
        SERVING,
        scaling=Scaling(
            most=2, night="cron(0 1 * * ? *)", morning="cron(0 6 * * ? *)", night_instances=5
        ),
    )
    night, morning = plan.scaling(busy)["PutScheduledAction"]
    assert night["ScalableTargetAction"] == {"MinCapacity": 5, "MaxCapacity": 5}
    assert morning["ScalableTargetAction"] == {"MinCapacity": 1, "MaxCapacity": 2}
