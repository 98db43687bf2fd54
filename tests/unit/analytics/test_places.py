"""Which lake a command reads: the one that it names, or the local stack's when that is up."""

from __future__ import annotations

import argparse
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from analytics.errors import LakeError
from analytics.lake import BucketLake, FolderLake
from analytics.options import LOCAL
from analytics.places import lake_of, local_lake
from common.stack_settings import STATE_DIRECTORY_VARIABLE, LocalStackSettings
from common.stack_state import Outputs, Process, State, write_state

OUTPUTS = Outputs("landing", "results", *"cdefgh")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LocalStackSettings:
    monkeypatch.setenv(STATE_DIRECTORY_VARIABLE, str(tmp_path))
    return LocalStackSettings()


@pytest.fixture
def port() -> Iterator[int]:
    """A port where something listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def options(lake: str) -> argparse.Namespace:
    return argparse.Namespace(lake=lake, region="us-east-1", profile=None, endpoint_url=None)


def running(settings: LocalStackSettings, port: int, outputs: Outputs | None = OUTPUTS) -> None:
    """Write the state file of a stack whose AWS has this port."""
    process = Process(pid=1, started="2", port=port, log="x.log")
    write_state(settings.state_file, State(ministack=process, outputs=outputs))


class TestLocalLake:
    @pytest.mark.parametrize("by", ["settings", "options"])
    def test_is_in_the_results_bucket_of_the_local_aws(
        self, settings: LocalStackSettings, port: int, by: str
    ) -> None:
        running(settings, port)

        chosen = local_lake(settings) if by == "settings" else lake_of(options(LOCAL))
        with chosen as found:
            assert isinstance(found, BucketLake)
            target = found._target

        assert found.place == "s3://results/lake"
        assert target.endpoint_url == f"http://127.0.0.1:{port}"
        assert (target.backend, target.access_key) == ("local", "test")

    @pytest.mark.parametrize("missing", ["state", "outputs", "listener"])
    def test_of_a_stack_that_is_not_up_says_what_to_do(
        self, settings: LocalStackSettings, port: int, missing: str
    ) -> None:
        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            if missing == "outputs":
                running(settings, port, None)
            elif missing == "listener":
                running(settings, silent.getsockname()[1])

            with pytest.raises(LakeError) as caught, local_lake(settings):
                pass

        assert "run `python -m local up`, or give a --lake" in str(caught.value)


class TestNamedLake:
    def test_in_a_folder_needs_no_stack(self, settings: LocalStackSettings, tmp_path: Path) -> None:
        del settings
        (tmp_path / "lake" / "files").mkdir(parents=True)

        with lake_of(options(str(tmp_path / "lake"))) as found:
            assert isinstance(found, FolderLake)

    def test_in_s3_is_on_aws_in_the_region_that_was_named(
        self, settings: LocalStackSettings
    ) -> None:
        del settings

        with lake_of(options("s3://elsewhere/lake")) as found:
            assert isinstance(found, BucketLake)
            target = found._target

        assert (target.backend, target.region, target.endpoint_url) == (
            "sagemaker",
            "us-east-1",
            None,
        )
