"""Control planes with an AWS in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.sagemaker.control import buckets, checkpoints, joblog
from tests.unit.local.sagemaker.control.worlds import BUCKET, Server, World


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    for module in (checkpoints, joblog):
        monkeypatch.setattr(module, "EVERY_S", 0.05)
    monkeypatch.setattr(joblog, "CLOSE_S", 0.2)
    monkeypatch.setattr(buckets, "RETRY_S", 0.05)
    made = World(tmp_path)
    made.aws.objects[f"{BUCKET}/training/train.jsonl"] = b"{}"
    return made


@pytest.fixture
def server(world: World) -> Iterator[Server]:
    with world.server() as running:
        yield running


@pytest.fixture
def client(server: Server) -> Any:
    return server.client()
