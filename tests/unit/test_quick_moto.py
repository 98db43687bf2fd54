"""Moto finds the same URLs, in a sixth less time."""

from __future__ import annotations

import pytest
from moto.backends import get_backend
from moto.core.base_backend import BaseBackend

from tests import quick_moto

CUSTOM = "http://storage.example:9000"


def backend_of(service: str) -> BaseBackend:
    regional = get_backend(service)["123456789012"]
    found: BaseBackend = regional["aws" if service == "s3" else "us-east-1"]
    return found


@pytest.mark.parametrize("service", ["s3", "sqs", "dynamodb", "sagemaker"])
def test_the_urls_are_those_that_moto_makes_and_are_made_once(service: str) -> None:
    backend = backend_of(service)

    kept = backend.urls

    assert kept.keys() == quick_moto.made_anew(backend).keys()
    assert kept
    assert backend.urls is kept


def test_urls_that_a_variable_changes_are_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    backend = backend_of("s3")
    before = backend.urls

    monkeypatch.setenv("MOTO_S3_CUSTOM_ENDPOINTS", CUSTOM)

    assert any(CUSTOM in url for url in backend.urls)
    assert not any(CUSTOM in url for url in before)
