import pytest

from common.stack_settings import LocalStackSettings
from local.aws import client


def test_a_client_knows_nothing_of_the_users_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://example.invalid")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAREAL")
    monkeypatch.setenv("HTTP_PROXY", "http://example.invalid")

    s3 = client("s3", "http://127.0.0.1:1", LocalStackSettings())

    assert s3.meta.endpoint_url == "http://127.0.0.1:1"
    assert s3.meta.region_name == "us-east-1"
    assert s3.meta.config.proxies == {}
    assert s3._request_signer._credentials.access_key == "test"
