import pytest

from common import aws


@pytest.fixture(autouse=True)
def _no_client_of_another_test() -> None:
    aws._client.cache_clear()
