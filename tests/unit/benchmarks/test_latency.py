"""Times are taken from the files in which MiniStack keeps its results."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from benchmarks import latency
from benchmarks.latency import _Puts
from benchmarks.reports import records
from common.stack_settings import LocalStackSettings

TAKES_S = 0.15


class S3:
    """Keeps the results of a stack that takes TAKES_S for each file; `lost` have none."""

    def __init__(self, results: Path) -> None:
        self.results, self.put_at, self.lost = results, list[float](), False

    def put_object(self, *, Bucket: str, Key: str, Body: bytes) -> None:
        self.put_at.append(time.monotonic())
        if not self.lost:
            threading.Timer(TAKES_S, self._answer, [Key]).start()

    def _answer(self, key: str) -> None:
        path = self.results / "results" / f"{key}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


class Stage:
    """A stage with the buckets of a stack."""

    def __init__(self, folder: Path) -> None:
        self.settings = LocalStackSettings(state_directory=folder)
        self.s3 = S3(self.settings.objects_directory / self.settings.account_id / "results")
        outputs = type("Outputs", (), {"landing_bucket": "landing", "results_bucket": "results"})
        self.stack = type("Stack", (), {"outputs": outputs, "client": lambda *_: self.s3})()


@pytest.fixture
def stage(tmp_path: Path) -> Any:
    return Stage(tmp_path)


def test_at_rest_the_next_file_waits_for_the_result_of_the_last(stage: Any) -> None:
    taken = _Puts(stage, "rest").one_by_one(records(3, "rest"))

    first, second, third = stage.s3.put_at
    assert second - first >= TAKES_S
    assert third - second >= TAKES_S
    # Milliseconds; the times of files have a resolution of some milliseconds.
    assert all(1000 * TAKES_S - 20 <= one < 1000 * TAKES_S + 500 for one in taken)


def test_under_load_files_are_put_at_their_rate(stage: Any) -> None:
    taken = _Puts(stage, "load").at_a_rate(records(10, "load"), rate=20)

    assert stage.s3.put_at[-1] - stage.s3.put_at[0] >= 9 / 20 - 0.02
    assert len(taken) == 10
    assert min(taken) >= 1000 * TAKES_S - 20


def test_a_result_that_never_comes_is_an_error(stage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latency, "PATIENCE_S", 0.1)
    stage.s3.lost = True

    with pytest.raises(TimeoutError, match="1 files have no result"):
        _Puts(stage, "lost").one_by_one(records(1, "lost"))
