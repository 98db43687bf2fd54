from pathlib import Path

import pytest

from common.paths import ROOT
from common.stack_settings import STATE_DIRECTORY_VARIABLE, LocalStackSettings


def test_the_state_lies_in_build(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(STATE_DIRECTORY_VARIABLE, raising=False)

    assert LocalStackSettings().state_directory == ROOT / "build" / "local"


def test_the_state_lies_where_the_environment_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(STATE_DIRECTORY_VARIABLE, str(tmp_path))

    assert LocalStackSettings().state_directory == tmp_path


def test_two_stacks_share_the_package_and_nothing_else(tmp_path: Path) -> None:
    one = LocalStackSettings(state_directory=tmp_path / "1")
    two = LocalStackSettings(state_directory=tmp_path / "2")

    for name in ("logs_directory", "saved_directory", "objects_directory", "state_file"):
        assert getattr(one, name).is_relative_to(one.state_directory)
        assert getattr(one, name) != getattr(two, name)
    assert one.package_directory == two.package_directory
    assert one.temporary_directory != two.temporary_directory
