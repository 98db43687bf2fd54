"""Which models a deploy keeps, asked of the real local SageMaker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from common.stack_settings import LocalStackSettings
from local.stack.registered_models import are_served, parameters
from tests.unit.local.sagemaker.control.harness import (
    IMAGE,
    SEED,
    ControlPlaneHarness,
    Server,
    until,
)

SETTINGS = LocalStackSettings(pre_trained_endpoint_name="not-served")
OWN = {
    "FineTunedEndpoint": SEED,
    "FineTunedModelId": "embedded-t5",
    "FineTunedModelVersion": "1",
    "PreTrainedEndpoint": "not-served",
    "PreTrainedModelId": "embedded-t5-base",
    "PreTrainedModelVersion": "1",
}
TRAINED = {"FineTunedModelId": "t5", "FineTunedModelVersion": "job-7"}


@pytest.fixture
def harness(tmp_path: Path) -> ControlPlaneHarness:
    return ControlPlaneHarness(tmp_path)


@pytest.fixture
def server(harness: ControlPlaneHarness) -> Iterator[Server]:
    """A local SageMaker that serves the fine-tuned embedded model and no other."""
    with harness.server() as running:
        yield running


def deploy(harness: ControlPlaneHarness, server: Server, endpoint: str, config: str) -> None:
    """Have an endpoint serve a model of the user's."""
    client, uri = server.client(), "s3://bucket/models/mine/"
    harness.aws.objects[f"{uri}weights"] = b"mine"
    place = {"S3Uri": uri, "S3DataType": "S3Prefix", "CompressionType": "None"}
    variant = {
        "VariantName": "AllTraffic",
        "ModelName": "mine",
        "InstanceType": "ml.m5.large",
        "InitialInstanceCount": 1,
    }
    client.create_model(
        ModelName="mine",
        PrimaryContainer={"Image": IMAGE, "ModelDataSource": {"S3DataSource": place}},
    )
    client.create_endpoint_config(EndpointConfigName=config, ProductionVariants=[variant])
    change = client.update_endpoint if endpoint == SEED else client.create_endpoint
    change(EndpointName=endpoint, EndpointConfigName=config)
    client.get_waiter("endpoint_in_service").wait(
        EndpointName=endpoint, WaiterConfig={"Delay": 0, "MaxAttempts": 1000}
    )


@pytest.mark.parametrize("deployed", [{}, OWN], ids=["new", "as before"])
def test_a_stack_names_the_embedded_models(server: Server, deployed: dict[str, str]) -> None:
    assert parameters(SETTINGS, server.url, deployed) == OWN


def test_a_model_of_the_user_s_is_kept_while_its_endpoint_serves_it(
    harness: ControlPlaneHarness, server: Server
) -> None:
    deploy(harness, server, SEED, "mine-1a2b")

    assert parameters(SETTINGS, server.url, OWN | TRAINED) == OWN | TRAINED


def test_so_is_one_behind_an_endpoint_of_its_own(
    harness: ControlPlaneHarness, server: Server
) -> None:
    mine = TRAINED | {"FineTunedEndpoint": "mine"}
    deploy(harness, server, "mine", "mine-1a2b")

    assert parameters(SETTINGS, server.url, OWN | mine) == OWN | mine


def test_a_model_whose_endpoint_is_gone_gives_way(
    harness: ControlPlaneHarness, server: Server
) -> None:
    mine = TRAINED | {"FineTunedEndpoint": "mine"}
    deploy(harness, server, "mine", "mine-1a2b")
    server.client().delete_endpoint(EndpointName="mine")

    def parameters_now() -> dict[str, str] | None:
        found = parameters(SETTINGS, server.url, OWN | mine)
        return found if found == OWN else None

    assert until(parameters_now) == OWN


def test_a_model_whose_endpoint_serves_the_embedded_one_again_gives_way(server: Server) -> None:
    assert parameters(SETTINGS, server.url, OWN | TRAINED) == OWN


def test_each_role_is_looked_at_for_itself(harness: ControlPlaneHarness, server: Server) -> None:
    mine = {
        "PreTrainedEndpoint": "mine",
        "PreTrainedModelId": "t5",
        "PreTrainedModelVersion": "job-7",
    }
    deploy(harness, server, "mine", "mine-1a2b")

    found = parameters(SETTINGS, server.url, OWN | TRAINED | mine)

    assert found == OWN | mine


def test_what_a_stack_of_an_earlier_release_did_not_name_is_filled_in(
    harness: ControlPlaneHarness, server: Server
) -> None:
    deploy(harness, server, SEED, "mine-1a2b")

    found = parameters(SETTINGS, server.url, {"FineTunedModelId": "t5"})

    assert found == OWN | {"FineTunedModelId": "t5"}


def test_the_embedded_models_are_served_only_when_all_endpoints_are_there(
    harness: ControlPlaneHarness, server: Server
) -> None:
    one_of_two = are_served(SETTINGS, server.url)
    deploy(harness, server, SETTINGS.pre_trained_endpoint_name, "mine-1a2b")

    assert (one_of_two, are_served(SETTINGS, server.url)) == (False, True)
