"""Models and endpoints through boto3 serve for real; other services are one door on."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from common.archives import pack
from common.paths import ROOT

if TYPE_CHECKING:
    from tests.unit.local.sagemaker.control.conftest import Laptop

MODEL = ROOT / "local" / "models" / "fine-tuned"
WAIT_S = 30
FINDINGS = "Findings: The lungs are clear."


def ask(laptop: Laptop, endpoint: str) -> str:
    answer = laptop.client("sagemaker-runtime").invoke_endpoint(
        EndpointName=endpoint,
        ContentType="application/json",
        Body=json.dumps({"text_inputs": FINDINGS, "max_length": 80}),
    )
    return str(json.loads(answer["Body"].read())["generated_texts"][0])


def settled(laptop: Laptop, name: str) -> dict[str, Any]:
    deadline = time.monotonic() + WAIT_S
    while True:
        found: dict[str, Any] = laptop.client("sagemaker").describe_endpoint(EndpointName=name)
        if not found["EndpointStatus"].endswith("ing"):
            return found
        assert time.monotonic() < deadline
        time.sleep(0.05)


def configure(laptop: Laptop, name: str, data: bytes) -> None:
    laptop.client("s3").put_object(Bucket="training", Key=f"{name}.tar.gz", Body=data)
    client = laptop.client("sagemaker")
    client.create_model(
        ModelName=name,
        PrimaryContainer={
            "Image": "impressions-local/small-t5:1",
            "ModelDataUrl": f"s3://training/{name}.tar.gz",
        },
        ExecutionRoleArn="arn:aws:iam::000000000000:role/serving",
    )
    variant = {"VariantName": "AllTraffic", "ModelName": name, "InstanceType": "ml.m5.large"}
    client.create_endpoint_config(
        EndpointConfigName=name, ProductionVariants=[variant | {"InitialInstanceCount": 1}]
    )


def test_new_endpoint_serves_the_model_of_its_archive(laptop: Laptop) -> None:
    configure(laptop, "mine", pack(MODEL))

    laptop.client("sagemaker").create_endpoint(EndpointName="mine", EndpointConfigName="mine")

    found = settled(laptop, "mine")
    assert found["EndpointStatus"] == "InService", found.get("FailureReason")
    assert found["ProductionVariants"][0]["CurrentInstanceCount"] == 1
    assert ask(laptop, "mine")
    laptop.client("sagemaker").delete_endpoint(EndpointName="mine")
    with pytest.raises(ClientError, match="Could not find endpoint"):
        laptop.client("sagemaker").describe_endpoint(EndpointName="mine")


def test_update_changes_the_answer_and_a_failed_one_keeps_the_old(laptop: Laptop) -> None:
    name = "impressions-fine-tuned"  # the seed is the pre-trained model here
    before = ask(laptop, name)
    configure(laptop, "better", pack(MODEL))
    configure(laptop, "broken", b"no archive")
    client = laptop.client("sagemaker")

    client.update_endpoint(EndpointName=name, EndpointConfigName="better")
    better = settled(laptop, name)
    after = ask(laptop, name)
    client.update_endpoint(EndpointName=name, EndpointConfigName="broken")
    kept = settled(laptop, name)

    assert better["EndpointConfigName"] == "better"
    assert after != before
    assert (kept["EndpointStatus"], kept["EndpointConfigName"]) == ("InService", "better")
    assert kept["FailureReason"]
    assert ask(laptop, name) == after


def test_endpoint_that_cannot_be_made_says_why(laptop: Laptop) -> None:
    configure(laptop, "bad", b"no archive")

    laptop.client("sagemaker").create_endpoint(EndpointName="bad", EndpointConfigName="bad")

    found = settled(laptop, "bad")
    assert (found["EndpointStatus"], bool(found["FailureReason"])) == ("Failed", True)


def test_names_that_are_taken_or_missing_are_refused(laptop: Laptop) -> None:
    configure(laptop, "once", pack(MODEL))
    client = laptop.client("sagemaker")

    with pytest.raises(ClientError, match="Cannot create already existing model"):
        configure(laptop, "once", b"")
    with pytest.raises(ClientError, match="Could not find endpoint configuration"):
        client.create_endpoint(EndpointName="x", EndpointConfigName="none")
    with pytest.raises(ClientError, match=r"UnknownOperation.*does not support ListHubs"):
        client.list_hubs()


def test_tags_come_and_go_with_their_resource(laptop: Laptop) -> None:
    client = laptop.client("sagemaker")
    arn = client.describe_endpoint(EndpointName="impressions-fine-tuned")["EndpointArn"]

    client.add_tags(ResourceArn=arn, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    client.delete_tags(ResourceArn=arn, TagKeys=["a"])

    assert client.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "b", "Value": "2"}]


@pytest.mark.parametrize("key", ["plain", "with space", "a+b%2F", "ä/…"])
def test_other_services_are_one_door_on(laptop: Laptop, key: str, tmp_path: Path) -> None:
    s3 = laptop.client("s3")
    (tmp_path / "large").write_bytes(bytes(9_000_000))

    s3.put_object(Bucket="training", Key=key, Body=b"text")
    s3.upload_file(str(tmp_path / "large"), "training", "large")

    assert s3.get_object(Bucket="training", Key=key)["Body"].read() == b"text"
    assert s3.head_object(Bucket="training", Key="large")["ContentLength"] == 9_000_000
