from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.stage import Stage
from common.stack_settings import LocalStackSettings
from local.client import run as running


class Report:
    """How a run ended."""

    def __init__(self, records: int, failed: int) -> None:
        self.records, self.failed = records, failed


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    new = Stage(tmp_path, LocalStackSettings(state_directory=tmp_path / "stack"))
    new.__dict__["stack"] = None  # none is needed, and none is started
    return new


def test_files_do_not_replace_each_other(stage: Stage) -> None:
    one, two = stage.one_file([{"findings": "a"}]), stage.one_file([{"findings": "b"}])
    small = stage.small_files([{"findings": "c"}, {"findings": "d"}])

    assert json.loads(one.read_text("utf-8")) == [{"findings": "a"}]
    assert json.loads(two.read_text("utf-8")) == [{"findings": "b"}]
    stage.small_files([{"findings": "e"}])
    found = [json.loads(path.read_text("utf-8")) for path in sorted(small.iterdir())]
    assert found == [{"findings": "c"}, {"findings": "d"}]


@pytest.mark.parametrize(("records", "failed"), [(2, 0), (3, 1), (4, 0)])
def test_a_run_in_which_records_are_missing_has_no_figures(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, records: int, failed: int
) -> None:
    def run(*_: Any, **__: Any) -> Report:
        return Report(records, failed)

    monkeypatch.setattr(running, "run", run)

    with pytest.raises(RuntimeError, match=f"{records} of 3 records .*, {failed} failed"):
        stage.run(Path("file.json"), 3)


def test_a_whole_run_is_reported(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Report(3, 0)
    monkeypatch.setattr(running, "run", lambda *_, **__: whole)

    assert stage.run(Path("file.json"), 3) is whole  # type: ignore[comparison-overlap]  # a stand-in
