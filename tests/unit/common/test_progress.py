from __future__ import annotations

import io
import sys
from collections.abc import Callable

import pytest

from common import progress
from common.progress import ProgressBar

Wait = Callable[[float], None]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Wait:
    """Lets time go by."""
    now = [0.0]
    monkeypatch.setattr("common.progress.time.monotonic", lambda: now[0])

    def pass_by(seconds: float) -> None:
        now[0] += seconds

    return pass_by


def test_elsewhere_than_on_a_terminal_it_is_a_line_every_few_seconds(
    capsys: pytest.CaptureFixture[str], wait: Wait
) -> None:
    with ProgressBar("answered", 100, quiet=False) as bar:
        bar.at(1)
        wait(progress.LINE_EVERY_S)
        bar.at(40)
        bar.at(41)
        wait(progress.LINE_EVERY_S)
        bar.at(90)

    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "answered: 40 of 100\nanswered: 90 of 100\n")


def test_without_a_total_it_counts(capsys: pytest.CaptureFixture[str], wait: Wait) -> None:
    with ProgressBar("read", None, quiet=False) as bar:
        wait(progress.LINE_EVERY_S)
        bar.at(7)

    assert capsys.readouterr().err == "read: 7\n"


def test_quiet_says_nothing(capsys: pytest.CaptureFixture[str], wait: Wait) -> None:
    with ProgressBar("read", 10, quiet=True) as bar:
        wait(60.0)
        bar.at(7)

    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("quiet", [False, True])
def test_on_a_terminal_it_is_a_bar_that_goes_away(
    monkeypatch: pytest.MonkeyPatch, *, quiet: bool
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)

    with ProgressBar("answered", 10, quiet=quiet) as bar:
        bar.at(10)

    said = terminal.getvalue()
    assert ("answered" in said) is not quiet
    assert "\n" not in said
