import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from common import environments, installing
from common.errors import EnvironmentSetupError
from common.paths import ROOT


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one environment, `tiny`, made from a file that asks for nothing."""
    (tmp_path / "tiny.txt").write_text("# nothing\n", encoding="utf-8")
    monkeypatch.setattr(environments, "REQUIREMENT_FILES", {"tiny": ("tiny.txt",)})
    return tmp_path


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The environments made, by name; making one is quick and installs nothing."""
    names: list[str] = []

    def make(name: str, directory: Path, *_: object) -> None:
        names.append(name)
        python = directory / "bin" / "python"
        python.parent.mkdir(parents=True, exist_ok=True)
        python.touch()
        (directory / "half").touch()

    monkeypatch.setattr(environments, "_make", make)
    return names


def quiet(_: str) -> None:
    """Progress that nobody reads."""


def test_a_real_environment_is_made_and_says_so(project: Path) -> None:
    said: list[str] = []

    python = environments.ensure("tiny", project, said.append)

    prefix = subprocess.run(
        [python, "-c", "import sys; print(sys.prefix)"], capture_output=True, text=True, check=True
    )
    assert Path(prefix.stdout.strip()) == environments.environment_directory("tiny", project)
    assert said[0].startswith("setting up the 'tiny' environment")
    assert said[1].startswith("the 'tiny' environment is ready")


def test_the_second_time_it_is_reused(project: Path, made: list[str]) -> None:
    environments.ensure("tiny", project, quiet)

    environments.ensure("tiny", project, quiet)

    assert made == ["tiny"]


def test_another_requirement_makes_it_again(project: Path, made: list[str]) -> None:
    environments.ensure("tiny", project, quiet)

    (project / "tiny.txt").write_text("# something\n", encoding="utf-8")
    environments.ensure("tiny", project, quiet)

    assert made == ["tiny", "tiny"]


def test_another_requirement_in_an_included_file_makes_it_again(
    project: Path, made: list[str]
) -> None:
    (project / "more.txt").write_text("# nothing\n", encoding="utf-8")
    (project / "tiny.txt").write_text("-r more.txt  # and more\n", encoding="utf-8")
    environments.ensure("tiny", project, quiet)

    (project / "more.txt").write_text("# something\n", encoding="utf-8")
    environments.ensure("tiny", project, quiet)

    assert made == ["tiny", "tiny"]


def test_a_changed_lock_makes_it_again(project: Path, made: list[str]) -> None:
    environments.ensure("tiny", project, quiet)

    for content in ("# locked\n", "# locked otherwise\n"):
        (project / "tiny.lock").write_text(content, encoding="utf-8")
        environments.ensure("tiny", project, quiet)

    assert made == ["tiny", "tiny", "tiny"]


@pytest.mark.parametrize(
    ("name", "there", "installer"),
    [
        ("tiny", ["tiny.txt"], "with_pip"),
        ("tiny", ["tiny.txt", "tiny.lock"], "with_uv"),
        ("uv", ["uv.txt", "uv.lock"], "bootstrap"),
    ],
)
def test_uv_installs_locks_and_pip_installs_uv_and_lists_without_a_lock(
    name: str,
    there: list[str],
    installer: str,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    installed: list[tuple[str, list[str]]] = []
    lists = {"tiny": ("tiny.txt",), "uv": ("uv.txt",)}
    monkeypatch.setattr(environments, "REQUIREMENT_FILES", lists)

    def stand_in(called: str) -> Callable[..., None]:
        def install(new: installing.New, *_: object) -> None:
            installed.append((called, [file.name for file in new.files]))
            new.directory.mkdir(parents=True)

        return install

    for called in ("with_pip", "with_uv", "bootstrap"):
        monkeypatch.setattr(installing, called, stand_in(called))
    for file in there:
        (project / file).touch()

    environments.ensure(name, project, quiet)

    assert installed == [(installer, [there[-1]])]


def test_one_that_was_left_half_made_is_made_again(project: Path, made: list[str]) -> None:
    directory = environments.environment_directory("tiny", project)
    environments.environment_python("tiny", project).parent.mkdir(parents=True)
    environments.environment_python("tiny", project).touch()

    environments.ensure("tiny", project, quiet)

    assert made == ["tiny"]
    assert json.loads((directory / environments.STAMP_NAME).read_text(encoding="utf-8"))


def test_one_whose_interpreter_is_gone_is_made_again(project: Path, made: list[str]) -> None:
    python = environments.ensure("tiny", project, quiet)

    python.unlink()
    environments.ensure("tiny", project, quiet)

    assert made == ["tiny", "tiny"]


def test_two_at_once_make_it_once(project: Path, made: list[str]) -> None:
    together = threading.Barrier(2)

    def work() -> None:
        together.wait()
        environments.ensure("tiny", project, quiet)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert made == ["tiny"]


def test_a_name_that_is_none_lists_the_names(project: Path) -> None:
    with pytest.raises(EnvironmentSetupError, match=r"^no environment is called 'x'.* tiny$"):
        environments.ensure("x", project, quiet)


def test_a_missing_requirement_file_is_named(project: Path) -> None:
    (project / "tiny.txt").write_text("-r nowhere.txt\n", encoding="utf-8")

    with pytest.raises(EnvironmentSetupError, match=r"nowhere\.txt is missing"):
        environments.ensure("tiny", project, quiet)


@pytest.mark.parametrize("version", [(2, 7), (3, 10), (3, 14)])
def test_an_interpreter_that_is_not_supported_is_refused(version: tuple[int, int]) -> None:
    with pytest.raises(EnvironmentSetupError, match=r"3\.11, 3\.12 or 3\.13"):
        environments.check_interpreter(version)


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13)])
def test_a_supported_interpreter_passes(version: tuple[int, int]) -> None:
    environments.check_interpreter(version)


def test_reexec_goes_on_in_the_environment_with_the_same_command(
    project: Path, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[object] = []
    monkeypatch.setattr(environments, "ROOT", project)
    monkeypatch.setattr(environments.ensure_all, "__defaults__", (project, quiet))
    monkeypatch.setattr(environments.environment_directory, "__defaults__", (project,))
    monkeypatch.setattr(sys, "orig_argv", ["python3", "-m", "local", "up"])
    monkeypatch.setattr(os, "execve", lambda *arguments: ran.extend(arguments))

    environments.reexec("tiny")

    python = environments.environment_python("tiny", project)
    assert made == ["tiny"]
    assert ran[:2] == [python, [str(python), "-m", "local", "up"]]


def test_reexec_that_would_go_round_in_circles_stops(
    project: Path, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    python = environments.environment_python("tiny", project)
    monkeypatch.setattr(environments.ensure_all, "__defaults__", (project, quiet))
    monkeypatch.setattr(environments.environment_directory, "__defaults__", (project,))
    monkeypatch.setenv(environments.GUARD_VARIABLE, str(python))

    with pytest.raises(EnvironmentSetupError, match=r"delete .*tiny-"):
        environments.reexec("tiny")

    assert made == ["tiny"]


def test_reexec_inside_the_environment_returns(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environments.environment_directory, "__defaults__", (project,))
    monkeypatch.setattr(sys, "prefix", str(environments.environment_directory("tiny")))
    monkeypatch.setenv(environments.GUARD_VARIABLE, "x")

    environments.reexec("tiny")

    assert environments.GUARD_VARIABLE not in os.environ


def test_the_command_prints_the_interpreter(
    project: Path,
    made: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(environments.ensure_all, "__defaults__", (project, quiet))

    status = environments.main(["tiny"])

    assert status == 0
    assert made == ["tiny"]
    assert capsys.readouterr().out == f"{environments.environment_python('tiny', project)}\n"


@pytest.mark.parametrize(("arguments", "status"), [([], 2), (["--help"], 2), (["x"], 3)])
def test_the_command_tells_what_is_wrong_in_one_line(
    arguments: list[str], status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    found = environments.main(arguments)

    captured = capsys.readouterr()
    assert found == status
    assert captured.out == ""
    assert len(captured.err.splitlines()) == 1


def test_it_needs_nothing_but_the_standard_library() -> None:
    code = "import sys; sys.path.insert(0, sys.argv[1]); import common.environments"

    done = subprocess.run(
        [sys.executable, "-I", "-S", "-W", "error", "-c", code, str(ROOT)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_every_requirement_is_pinned() -> None:
    for name in ("run", "ministack", "test", "lint"):
        for path in environments.requirement_files(name, ROOT):
            for line in path.read_text(encoding="utf-8").splitlines():
                text = line.split("#")[0].strip()
                assert not text or text.startswith("-r") or "==" in text, f"{path}: {line}"


def test_the_same_package_has_the_same_version_everywhere_but_in_ministack() -> None:
    pins: dict[str, set[str]] = {}
    for name in ("run", "test", "lint"):
        for path in environments.requirement_files(name, ROOT):
            for line in path.read_text(encoding="utf-8").splitlines():
                package, separator, version = line.split("#")[0].strip().partition("==")
                if separator:
                    pins.setdefault(package.partition("[")[0].lower(), set()).add(version)

    assert {name: found for name, found in pins.items() if len(found) > 1} == {}
