from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks import __main__ as bench
from benchmarks import document
from benchmarks.figures import Figure
from benchmarks.surroundings import Commit


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "bench.json"
    monkeypatch.setattr(document, "PLACE", path)
    return path


@contextmanager
def nowhere() -> Iterator[None]:
    yield None


def test_stored_figures_are_shown_and_nothing_is_measured(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "staged", None)  # calling it would fail
    old = Commit("0123456789abcdef", dirty=False)
    document.write(document.added({}, "files", {"files_a_second": Figure.of(25)}, old), place)

    assert bench.main(["--show"]) == 0

    shown = capsys.readouterr().out
    assert "files_a_second" in shown
    assert "measured on 0123456789" in shown


def test_an_unknown_group_is_an_error_of_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["nothing"]) == 2

    assert "error: 'nothing' is no group" in capsys.readouterr().err


def test_what_was_measured_before_a_failure_is_kept(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_stage: object) -> dict[str, Figure]:
        raise RuntimeError("records are missing")

    groups = {"files": lambda _stage: {"files_a_second": Figure.of(25)}, "curve": fails}
    monkeypatch.setattr(bench, "chosen", lambda _names: groups)
    monkeypatch.setattr(bench, "staged", nowhere)

    with pytest.raises(RuntimeError, match="records are missing"):
        bench.main([])

    assert document.read(place)["figures"] == {"files_a_second": 25}


def test_what_another_run_stored_meanwhile_is_kept(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = Commit("0123456789abcdef", dirty=False)

    def long(_stage: object) -> dict[str, Figure]:
        document.write(document.added({}, "calls", {"aws_calls_a_file": Figure.of(8)}, at), place)
        return {"files_a_second": Figure.of(25)}

    monkeypatch.setattr(bench, "chosen", lambda _names: {"files": long})
    monkeypatch.setattr(bench, "staged", nowhere)

    assert bench.main([]) == 0
    assert document.read(place)["figures"] == {"aws_calls_a_file": 8, "files_a_second": 25}
