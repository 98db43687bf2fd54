"""Models and endpoints, made with boto3 and asked through the runtime."""

from __future__ import annotations

import io
import tarfile
import threading
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.sagemaker.errors import ModelDirectoryError
from tests.unit.local.sagemaker.control.harness import (
    BUCKET,
    IMAGE,
    ROLE,
    SEED,
    ControlPlaneHarness,
    FakeModel,
    Server,
    load,
    until,
)

ARN = "arn:aws:sagemaker:us-east-1:000000000000"


def archive(word: str, name: str = "weights") -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as tar:
        entry = tarfile.TarInfo(name)
        entry.size = len(word)
        tar.addfile(entry, io.BytesIO(word.encode()))
    return made.getvalue()


def make(
    harness: ControlPlaneHarness, client: Any, name: str, content: bytes | None = None
) -> None:
    """A model and a configuration of one name, the artefact in S3."""
    uri = f"{BUCKET}/models/{name}/model.tar.gz"
    harness.aws.objects[uri] = archive(name) if content is None else content
    client.create_model(
        ModelName=name,
        ExecutionRoleArn=ROLE,
        PrimaryContainer={"Image": IMAGE, "ModelDataUrl": uri},
    )
    configure(client, name)


def configure(client: Any, name: str) -> None:
    variant = {
        "VariantName": "AllTraffic",
        "ModelName": name,
        "InstanceType": "ml.m5.large",
        "InitialInstanceCount": 1,
    }
    client.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])


def settled(client: Any, name: str = SEED) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        found: dict[str, Any] = client.describe_endpoint(EndpointName=name)
        return None if found["EndpointStatus"].endswith("ing") else found

    found: dict[str, Any] = until(look)
    return found


def test_a_seed_is_in_service_and_can_be_described(server: Server, client: Any) -> None:
    endpoint = client.describe_endpoint(EndpointName=SEED)

    assert endpoint["EndpointStatus"] == "InService"
    [variant] = endpoint["ProductionVariants"]
    assert variant["VariantName"] == "AllTraffic"
    assert variant["DeployedImages"][0]["SpecifiedImage"] == IMAGE
    assert (variant["CurrentWeight"], variant["CurrentInstanceCount"]) == (1.0, 1)
    assert "seed" in server.ask()


def test_an_endpoint_is_made_of_an_archive(
    harness: ControlPlaneHarness, server: Server, client: Any
) -> None:
    make(harness, client, "new")

    made = client.create_endpoint(EndpointName="mine", EndpointConfigName="new")
    client.get_waiter("endpoint_in_service").wait(
        EndpointName="mine", WaiterConfig={"Delay": 0, "MaxAttempts": 1000}
    )

    assert made["EndpointArn"] == f"{ARN}:endpoint/mine"
    assert "new" in server.ask("mine")


def test_an_endpoint_is_made_of_a_folder_in_s3(
    harness: ControlPlaneHarness, server: Server, client: Any
) -> None:
    harness.aws.objects[f"{BUCKET}/loose/weights"] = b"loose"
    source = {
        "S3DataSource": {
            "S3Uri": f"{BUCKET}/loose/",
            "S3DataType": "S3Prefix",
            "CompressionType": "None",
        }
    }
    client.create_model(
        ModelName="loose", PrimaryContainer={"Image": IMAGE, "ModelDataSource": source}
    )
    configure(client, "loose")

    client.create_endpoint(EndpointName="mine", EndpointConfigName="loose")

    assert settled(client, "mine")["EndpointStatus"] == "InService"
    assert "loose" in server.ask("mine")


def test_the_old_model_answers_until_the_new_one_is_loaded(harness: ControlPlaneHarness) -> None:
    may_load, loading = threading.Event(), threading.Event()

    def wait_to_load(folder: Path) -> FakeModel:
        if folder.name != "seed":
            loading.set()
            assert may_load.wait(20)
        return load(folder)

    harness.load = wait_to_load
    with harness.server() as server:
        client = server.client()
        make(harness, client, "new")
        client.update_endpoint(EndpointName=SEED, EndpointConfigName="new")
        assert loading.wait(20)

        during = client.describe_endpoint(EndpointName=SEED)
        answer_during = server.ask()
        with pytest.raises(ClientError, match="Cannot update in-progress endpoint"):
            client.update_endpoint(EndpointName=SEED, EndpointConfigName=SEED)
        may_load.set()
        after = settled(client)
        answer_after = server.ask()

    assert (during["EndpointStatus"], during["EndpointConfigName"]) == ("Updating", SEED)
    assert "seed" in answer_during
    assert (after["EndpointStatus"], after["EndpointConfigName"]) == ("InService", "new")
    assert "new" in answer_after


def test_no_request_is_lost_while_models_change(
    harness: ControlPlaneHarness, server: Server, client: Any
) -> None:
    for name in ("one", "two"):
        make(harness, client, name)
    stop, answers, failures = threading.Event(), list[str](), list[Exception]()

    def ask() -> None:
        while not stop.is_set():
            try:
                answers.append(server.ask())
            except Exception as error:  # noqa: BLE001  # what is counted here
                failures.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    for config in ("one", "two", "one", SEED, "two"):
        client.update_endpoint(EndpointName=SEED, EndpointConfigName=config)
        settled(client)
    stop.set()
    asking.join()

    assert failures == []
    assert answers
    assert "two" in server.ask()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (archive("x", "other"), "weights is missing"),
        (archive("x", "../weights"), "outside the destination"),
        (b"no archive", "not a gzip file|could not be opened"),
    ],
    ids=["other member", "outside", "not an archive"],
)
def test_an_update_that_fails_leaves_the_old_model_in_service(
    harness: ControlPlaneHarness, server: Server, client: Any, content: bytes, reason: str
) -> None:
    make(harness, client, "bad", content)

    client.update_endpoint(EndpointName=SEED, EndpointConfigName="bad")
    after = settled(client)

    assert (after["EndpointStatus"], after["EndpointConfigName"]) == ("InService", SEED)
    assert pytest.approx(1.0) == after["ProductionVariants"][0]["CurrentWeight"]
    assert any(word in after["FailureReason"] for word in reason.split("|"))
    assert "seed" in server.ask()
    assert not any(path.is_file() for path in (harness.folder / "state/models" / SEED).rglob("*"))


def test_an_endpoint_without_an_artefact_fails_and_can_only_be_deleted(
    harness: ControlPlaneHarness, client: Any
) -> None:
    make(harness, client, "new")
    harness.aws.objects.clear()

    client.create_endpoint(EndpointName="mine", EndpointConfigName="new")
    failed = settled(client, "mine")
    with pytest.raises(ClientError, match="Cannot update failed endpoint"):
        client.update_endpoint(EndpointName="mine", EndpointConfigName="new")
    client.delete_endpoint(EndpointName="mine")

    assert failed["EndpointStatus"] == "Failed"
    assert failed["FailureReason"].startswith("could not find model data at s3://")
    with pytest.raises(ClientError, match='Could not find endpoint "arn:'):
        client.describe_endpoint(EndpointName="mine")


def test_what_was_deployed_survives_a_restart_without_s3_or_configuration(
    harness: ControlPlaneHarness,
) -> None:
    with harness.server() as server:
        client = server.client()
        make(harness, client, "new")
        client.update_endpoint(EndpointName=SEED, EndpointConfigName="new")
        settled(client)
        client.delete_endpoint_config(EndpointConfigName="new")
        client.delete_model(ModelName="new")
    harness.aws.objects.clear()

    with harness.server() as server:
        endpoint = server.client().describe_endpoint(EndpointName=SEED)
        answer = server.ask()

    assert (endpoint["EndpointStatus"], endpoint["EndpointConfigName"]) == ("InService", "new")
    assert "new" in answer


def test_an_update_that_was_cut_short_is_made_after_a_restart(harness: ControlPlaneHarness) -> None:
    with harness.server() as server:
        make(harness, server.client(), "new")
    path = harness.folder / "state/resources/endpoints" / f"{SEED}.json"
    path.write_text(
        path.read_text()
        .replace('"InService"', '"Updating"')
        .replace('"EndpointName"', '"NextConfigName": "new", "EndpointName"')
    )

    with harness.server() as server:
        after = settled(server.client())
        answer = server.ask()

    assert (after["EndpointStatus"], after["EndpointConfigName"]) == ("InService", "new")
    assert "new" in answer


def test_an_endpoint_whose_model_is_gone_fails_by_itself(harness: ControlPlaneHarness) -> None:
    with harness.server() as server:
        make(harness, server.client(), "new")
        server.client().create_endpoint(EndpointName="mine", EndpointConfigName="new")
        settled(server.client(), "mine")
    for path in (harness.folder / "state/models/mine").rglob("weights"):
        path.unlink()

    with harness.server() as server:
        failed = server.client().describe_endpoint(EndpointName="mine")
        answer = server.ask()

    assert failed["EndpointStatus"] == "Failed"
    assert "weights is missing" in failed["FailureReason"]
    assert "seed" in answer


def test_a_seed_of_an_earlier_version_is_made_anew(harness: ControlPlaneHarness) -> None:
    with harness.server() as server:
        made = server.client().describe_endpoint(EndpointName=SEED)
    path = harness.folder / "state/resources/models" / f"{SEED}.json"
    path.write_text(path.read_text().replace("IMPRESSIONS_SEED", "IMPRESSIONS_MODEL_FOLDER"))

    with harness.server() as server:
        again = server.client().describe_endpoint(EndpointName=SEED)
        answer = server.ask()

    assert "seed" in answer
    assert again["CreationTime"] == made["CreationTime"]


def test_a_seed_that_cannot_be_loaded_stops_the_start(harness: ControlPlaneHarness) -> None:
    def refuse(folder: Path) -> FakeModel:
        raise ModelDirectoryError(folder, "weights is missing")

    harness.load = refuse

    with pytest.raises(ModelDirectoryError, match="weights is missing"), harness.server():
        pass


def test_a_server_without_endpoints_is_well(server: Server, client: Any) -> None:
    client.delete_endpoint(EndpointName=SEED)

    with urllib.request.urlopen(f"{server.url}/ping") as answer:  # noqa: S310  # our own server
        assert answer.status == 200


def test_a_deleted_endpoint_answers_no_more(server: Server, client: Any) -> None:
    client.delete_endpoint(EndpointName=SEED)

    with pytest.raises(ClientError, match='Could not find endpoint "arn:'):
        client.describe_endpoint(EndpointName=SEED)

    def is_refused() -> bool:
        try:
            server.ask()
        except ClientError as error:
            return error.response["Error"]["Code"] == "ValidationError"
        return False

    until(is_refused)


def test_a_newer_object_under_the_same_name_is_what_the_next_update_serves(
    harness: ControlPlaneHarness, server: Server, client: Any
) -> None:
    make(harness, client, "one")
    client.update_endpoint(EndpointName=SEED, EndpointConfigName="one")
    settled(client)
    harness.aws.objects[f"{BUCKET}/models/one/model.tar.gz"] = archive("newer")

    client.update_endpoint(EndpointName=SEED, EndpointConfigName="one")
    settled(client)

    assert "newer" in server.ask()
    assert len(list((harness.folder / "state/models" / SEED).iterdir())) == 1


def test_names_that_are_taken_or_unknown_are_refused_in_the_words_of_sagemaker(
    harness: ControlPlaneHarness, client: Any
) -> None:
    make(harness, client, "new")

    for call, problem in (
        (lambda: make(harness, client, "new"), f'existing model "{ARN}:model/new"'),
        (lambda: configure(client, "new"), f'existing endpoint configuration "{ARN}:endpoint-conf'),
        (
            lambda: client.create_endpoint(EndpointName=SEED, EndpointConfigName="new"),
            f'existing endpoint "{ARN}:endpoint/{SEED}"',
        ),
        (lambda: configure(client, "none"), f'Could not find model "{ARN}:model/none"'),
        (
            lambda: client.create_endpoint(EndpointName="mine", EndpointConfigName="none"),
            f'Could not find endpoint configuration "{ARN}:endpoint-config/none"',
        ),
        (lambda: client.delete_model(ModelName="none"), 'Could not find model "'),
        (lambda: client.create_model(ModelName="none"), "one container"),
        (lambda: client.create_model(ModelName="no_"), "pattern"),
    ):
        with pytest.raises(ClientError) as caught:
            call()
        assert caught.value.response["Error"]["Code"] == "ValidationException"
        assert problem in caught.value.response["Error"]["Message"]


def test_models_configurations_and_endpoints_are_listed_and_deleted(
    harness: ControlPlaneHarness, client: Any
) -> None:
    make(harness, client, "new")

    models = client.list_models(NameContains="NE", SortBy="Name", SortOrder="Ascending")["Models"]
    configs = client.list_endpoint_configs(MaxResults=1)
    endpoints = client.list_endpoints(StatusEquals="InService")["Endpoints"]
    client.delete_endpoint_config(EndpointConfigName="new")
    client.delete_model(ModelName="new")

    assert [one["ModelName"] for one in models] == [SEED, "new"]
    assert [one["EndpointConfigName"] for one in configs["EndpointConfigs"]] == ["new"]
    assert "NextToken" in configs
    assert [one["EndpointName"] for one in endpoints] == [SEED]
    assert "new" not in str(client.list_models()["Models"])


def test_weights_and_counts_are_kept_and_told(client: Any) -> None:
    client.update_endpoint_weights_and_capacities(
        EndpointName=SEED,
        DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", "DesiredInstanceCount": 2}],
    )

    [variant] = client.describe_endpoint(EndpointName=SEED)["ProductionVariants"]
    assert (variant["DesiredInstanceCount"], variant["DesiredWeight"]) == (2, 1.0)
    with pytest.raises(ClientError, match="Could not find variant other"):
        client.update_endpoint_weights_and_capacities(
            EndpointName=SEED,
            DesiredWeightsAndCapacities=[{"VariantName": "other", "DesiredWeight": 2}],
        )


def test_tags_are_added_listed_and_deleted(client: Any) -> None:
    arn = client.describe_endpoint(EndpointName=SEED)["EndpointArn"]

    client.add_tags(ResourceArn=arn, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    client.delete_tags(ResourceArn=arn, TagKeys=["a"])

    assert client.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "b", "Value": "2"}]
    with pytest.raises(ClientError, match="Could not find resource"):
        client.add_tags(ResourceArn=f"{ARN}:endpoint/none", Tags=[{"Key": "a", "Value": "1"}])
