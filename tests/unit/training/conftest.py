from pathlib import Path

import pytest

from training import aws

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
