"""One door to AWS: which one is called, as whom, and what its refusals mean to the user."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
)
from moto import mock_aws

from common.aws import Target, explained
from common.errors import AwsError, CommandError

LOCAL = Target(
    backend="local",
    region="us-east-1",
    endpoint_url="http://127.0.0.1:4566",
    access_key="test",
)


def refused(code: str, message: str = "No.\n Really.") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "GetObject")


@pytest.fixture
def _nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A user without a region, a profile or credentials."""
    for name in (
        *("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ENDPOINT_URL"),
        *("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"),
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))


class TestExplained:
    @pytest.mark.parametrize(
        ("error", "said", "code"),
        [
            (NoCredentialsError(), "run `aws sso login` or set --profile", "None"),
            (
                PartialCredentialsError(provider="env", cred_var="AWS_SECRET_ACCESS_KEY"),
                "run `aws sso login` or set --profile",
                "None",
            ),
            (NoRegionError(), "set --region", "None"),
            (
                EndpointConnectionError(endpoint_url="https://s3.mars-1.amazonaws.com"),
                "check the URL and the region",
                "None",
            ),
            (
                ConnectTimeoutError(endpoint_url="https://s3.amazonaws.com"),
                "Connect timeout",
                "ConnectTimeoutError",
            ),
            (refused("ExpiredToken"), "are not valid (ExpiredToken); log in again", "ExpiredToken"),
            (
                refused("AccessDenied"),
                "request the permission or use another --profile (No. Really.)",
                "AccessDenied",
            ),
            (refused("403"), "GetObject is denied", "403"),
            (
                refused("NoSuchBucket"),
                "does not exist; check the name and the region",
                "NoSuchBucket",
            ),
            (
                refused("ResourceLimitExceeded"),
                "ask for more in Service Quotas (No. Really.)",
                "ResourceLimitExceeded",
            ),
            (refused("Teapot"), "GetObject failed: No. Really. (Teapot)", "Teapot"),
        ],
        ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
    )
    def test_is_one_line_about_the_item_that_says_what_to_do(
        self, error: Exception, said: str, code: str
    ) -> None:
        with pytest.raises(AwsError) as caught, explained("s3://b/k"):
            raise error

        text = str(caught.value)
        assert text.startswith("s3://b/k: ")
        assert said in text
        assert "\n" not in text
        assert caught.value.item == "s3://b/k"
        assert caught.value.code == code

    def test_says_nothing_of_an_answer_without_a_code(self) -> None:
        with pytest.raises(AwsError, match=r"GetObject failed:  \(\)"), explained("x"):
            raise ClientError({}, "GetObject")

    @pytest.mark.parametrize("error", [ValueError("mine"), CommandError("mine")])
    def test_leaves_other_errors_alone(self, error: Exception) -> None:
        with pytest.raises(type(error), match="mine") as caught, explained("x"):
            raise error

        assert caught.value is error

    def test_is_nothing_where_nothing_is_wrong(self) -> None:
        with explained("x"):
            done = True

        assert done


class TestTarget:
    def test_on_this_machine_calls_the_local_aws_for_everything(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AWS_ENDPOINT_URL", "https://example.invalid")
        monkeypatch.setenv("AWS_REGION", "eu-west-1")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAREAL")
        monkeypatch.setenv("HTTP_PROXY", "http://example.invalid")

        for service in ("s3", "sagemaker", "sts"):
            client = LOCAL.client(service)

            assert client.meta.endpoint_url == "http://127.0.0.1:4566"
            assert client.meta.region_name == "us-east-1"
            assert client.meta.config.proxies == {}
            assert client._request_signer._credentials.access_key == "test"

    def test_on_this_machine_puts_the_bucket_into_the_path(self) -> None:
        # A host that is not AWS has no host name for each bucket.
        client = replace(LOCAL, endpoint_url="http://aws.internal:4566").client("s3")

        url = client.generate_presigned_url("get_object", Params={"Bucket": "landing", "Key": "k"})

        assert url.startswith("http://aws.internal:4566/landing/k?")

    def test_s_session_leads_the_clients_of_others_to_the_same_place(self) -> None:
        """The SageMaker SDK makes its own clients and resources from it."""
        session = LOCAL.session()

        client, resource = session.client("s3"), session.resource("s3")
        elsewhere = session.client("s3", endpoint_url="http://127.0.0.1:1")

        assert client.meta.endpoint_url == "http://127.0.0.1:4566"
        assert resource.meta.client.meta.endpoint_url == "http://127.0.0.1:4566"
        assert elsewhere.meta.endpoint_url == "http://127.0.0.1:1"

    @pytest.mark.usefixtures("_nobody")
    def test_on_aws_is_the_region_s_own(self) -> None:
        client = Target(region="eu-central-1").client("s3")

        assert client.meta.endpoint_url == "https://s3.eu-central-1.amazonaws.com"

    @pytest.mark.usefixtures("_nobody")
    def test_without_a_region_says_how_to_name_one(self) -> None:
        with pytest.raises(AwsError, match=r"^sqs: no region is set; set --region$"):
            Target().client("sqs")

    def test_makes_each_client_once(self) -> None:
        same = Target(region="us-east-1")

        assert LOCAL.client("sqs") is LOCAL.client("sqs")
        assert same.client("sqs") is Target(region="us-east-1").client("sqs")
        assert LOCAL.client("sqs") is not same.client("sqs")


def test_a_real_refusal_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        client: Any = Target(region="us-east-1").client("s3")

        with pytest.raises(AwsError) as caught, explained("s3://no-such-bucket"):
            client.list_objects_v2(Bucket="no-such-bucket")

    assert caught.value.code == "NoSuchBucket"
    problem = "does not exist; check the name and the region"
    assert str(caught.value) == f"s3://no-such-bucket: {problem}"
