from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from moto import mock_aws

import tests.atomic_moto  # importing it is what it takes
import tests.quick_moto  # noqa: F401  # the same
from chalicelib.observability import logger
from tests.unit.chalicelib.stores import Stores, build_stores

Logged = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def stores(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stores]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield build_stores()


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Logged:
    """The lines that the process has logged by now."""
    stream = io.StringIO()
    monkeypatch.setattr(logger.registered_handler, "stream", stream)
    return lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
