from collections.abc import Iterator
from pathlib import Path

import pytest
from moto import mock_aws

from common import aws

ROOT = Path(__file__).parents[3]


@pytest.fixture
def examples() -> Path:
    return ROOT / "examples"


@pytest.fixture
def model() -> Path:
    return ROOT / "local" / "models" / "fine-tuned"


@pytest.fixture(autouse=True)
def _no_client_of_another_test() -> None:
    aws._client.cache_clear()


@pytest.fixture
def moto_target(monkeypatch: pytest.MonkeyPatch) -> Iterator[aws.Target]:
    """An empty account of moto's."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with mock_aws():
        yield aws.Target(region="us-east-1")
