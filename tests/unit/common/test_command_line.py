"""The exit statuses and one-line errors that every command of the project has."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sized
from types import ModuleType
from typing import Any

import pytest

from analytics.errors import AnalyticsError
from common import command_line, environments
from common.errors import (
    EXIT_DONE,
    EXIT_FINDINGS,
    EXIT_SET_UP,
    EXIT_USAGE,
    AwsError,
    CommandError,
    EnvironmentSetupError,
    SettingError,
    StateError,
    UsageError,
)
from local.errors import LocalError
from training.errors import TrainingError

Run = Callable[[argparse.Namespace], int]


def verb(run: Run, **more: Any) -> ModuleType:
    """A verb as its module would be."""
    made = ModuleType("greet")
    made.__dict__.update(
        HELP="say hello",
        DESCRIPTION="Says hello to somebody.",
        arguments=lambda parser: parser.add_argument("name"),
        run=run,
        **more,
    )
    return made


def raising(error: BaseException) -> Run:
    def run(_: argparse.Namespace) -> int:
        raise error

    return run


class Recording:
    """A verb's `run`: done, and what was there when it was called."""

    def __init__(self, sized: Sized = ()) -> None:
        self.sized, self.seen = sized, list[int]()

    def __call__(self, _: argparse.Namespace) -> int:
        self.seen.append(len(self.sized))
        return EXIT_DONE


def call(greet: ModuleType, *arguments: str) -> int:
    verbs = {"greet": greet}
    parser = command_line.parser("python -m tool", "A tool.", "exit status: 0 done", verbs)
    return command_line.main(parser.parse_args(["greet", *arguments]), verbs, also=("soon",))


@pytest.fixture(autouse=True)
def entered(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, tuple[str, ...]]]:
    """The environments that were entered; nothing is made, and this process goes on."""
    names: list[tuple[str, tuple[str, ...]]] = []
    monkeypatch.setattr(environments, "reexec", lambda *named: names.append(named))
    return names


class TestExitStatus:
    @pytest.mark.parametrize("status", [EXIT_DONE, EXIT_FINDINGS, EXIT_SET_UP])
    def test_is_the_verb_s(self, status: int) -> None:
        assert call(verb(lambda _: status), "you") == status

    def test_numbers_are_those_that_the_commands_promise(self) -> None:
        assert (EXIT_DONE, EXIT_FINDINGS, EXIT_USAGE, EXIT_SET_UP) == (0, 1, 2, 3)

    @pytest.mark.parametrize(
        ("error", "status"),
        [
            (UsageError("PATH: there is no such file"), 2),
            (SettingError("--count", "give a number"), 3),
            (EnvironmentSetupError("pip install failed"), 3),
            (AwsError("s3://b", "does not exist", "NoSuchBucket"), 3),
            (StateError("state.json cannot be read"), 3),
            (LocalError("the stack is down"), 3),
        ],
    )
    def test_of_an_error_is_its_own_and_the_error_one_line(
        self, capsys: pytest.CaptureFixture[str], error: CommandError, status: int
    ) -> None:
        returned = call(verb(raising(error)), "you")

        said = capsys.readouterr()
        assert returned == status
        assert (said.out, said.err) == ("", f"error: {error}\n")

    @pytest.mark.parametrize("root", [LocalError, TrainingError, AnalyticsError])
    def test_of_every_error_of_a_package_is_one_of_the_four(self, root: type[CommandError]) -> None:
        kinds = [root]
        for kind in kinds:
            kinds += kind.__subclasses__()

        assert {kind.exit_status for kind in kinds} <= {EXIT_FINDINGS, EXIT_USAGE, EXIT_SET_UP}

    def test_of_an_interruption_is_130(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert call(verb(raising(KeyboardInterrupt())), "you") == 130

        assert capsys.readouterr().err == "interrupted\n"

    def test_of_a_defect_is_not_ours_to_hide(self) -> None:
        with pytest.raises(ZeroDivisionError):
            call(verb(raising(ZeroDivisionError())), "you")

    @pytest.mark.parametrize("arguments", [[], ["fly"], ["greet"], ["greet", "you", "--loud"]])
    def test_of_wrong_use_is_2(
        self, arguments: list[str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        verbs = {"greet": verb(lambda _: 0)}
        parser = command_line.parser("python -m tool", "A tool.", "", verbs)

        with pytest.raises(SystemExit) as ended:
            parser.parse_args(arguments)

        assert ended.value.code == EXIT_USAGE
        assert capsys.readouterr().err.splitlines()[-1].startswith("python -m tool")


class TestFindings:
    def test_of_an_error_go_to_stdout_a_line_each(self, capsys: pytest.CaptureFixture[str]) -> None:
        class FoundError(CommandError):
            exit_status = EXIT_FINDINGS
            findings = ("a.sql: no such column", "b.sql: no such table")

        assert call(verb(raising(FoundError("2 findings"))), "you") == EXIT_FINDINGS

        said = capsys.readouterr()
        assert said.out == "a.sql: no such column\nb.sql: no such table\n"
        assert said.err == "error: 2 findings\n"


class TestEnvironment:
    def test_is_the_default_one_entered_before_the_verb_runs(
        self, entered: list[tuple[str, tuple[str, ...]]]
    ) -> None:
        run = Recording(entered)

        call(verb(run), "you")

        assert entered == [("run", ("soon",))]
        assert run.seen == [1]

    def test_is_the_one_that_the_verb_chooses_by_its_options(
        self, entered: list[tuple[str, tuple[str, ...]]]
    ) -> None:
        greet = verb(lambda _: 0, environment=lambda options: f"for-{options.name}")

        call(greet, "you")

        assert entered == [("for-you", ("soon",))]

    @pytest.mark.parametrize(
        ("error", "status", "said"),
        [
            (EnvironmentSetupError("no Python 3.11 was found"), 3, "error: no Python 3.11"),
            (KeyboardInterrupt(), 130, "interrupted"),
        ],
    )
    def test_that_cannot_be_entered_ends_the_command(
        self,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        error: BaseException,
        status: int,
        said: str,
    ) -> None:
        def reexec(*_: object) -> None:
            raise error

        monkeypatch.setattr(environments, "reexec", reexec)
        run = Recording()

        returned = call(verb(run), "you")

        assert (returned, run.seen) == (status, [])
        assert capsys.readouterr().err.startswith(said)


def test_help_describes_the_verbs(capsys: pytest.CaptureFixture[str]) -> None:
    parser = command_line.parser(
        "python -m tool", "A tool.", "exit status: 0 done", {"greet": verb(lambda _: 0)}
    )

    with pytest.raises(SystemExit) as ended:
        parser.parse_args(["--help"])
    whole = capsys.readouterr().out
    with pytest.raises(SystemExit):
        parser.parse_args(["greet", "--help"])
    of_verb = capsys.readouterr().out

    assert ended.value.code == EXIT_DONE
    assert "say hello" in whole
    assert "exit status: 0 done" in whole
    assert "Says hello to somebody." in of_verb
