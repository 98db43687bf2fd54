from pathlib import Path

import pytest

from local.errors import PackageError
from local.packaging import machine_packages

# A stand-in for pip: `-m pip install … --target FOLDER -r FILE`.
PIP = """
import pathlib, sys
folder = pathlib.Path(sys.argv[sys.argv.index("--target") + 1])
assert "--no-deps" in sys.argv and sys.argv[-2:] == ["-r", {requirements!r}]
(folder / "six" / "tests").mkdir(parents=True)
(folder / "six" / "__init__.py").write_text("x")
(folder / "six" / "tests" / "test_six.py").write_text("x")
with open({log!r}, "a") as log:
    log.write("installed\\n")
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose pip notes in `installations` each time that it is run."""
    (tmp_path / "chalice_app").mkdir()
    requirements = tmp_path / "chalice_app" / "requirements.txt"
    requirements.write_text("six==1.17.0\n", encoding="utf-8")
    (tmp_path / "modules" / "pip").mkdir(parents=True)
    (tmp_path / "modules" / "pip" / "__init__.py").touch()
    program = PIP.format(requirements=str(requirements), log=str(tmp_path / "installations"))
    (tmp_path / "modules" / "pip" / "__main__.py").write_text(program, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "modules"))
    return tmp_path


def installations(project: Path) -> int:
    return len((project / "installations").read_text(encoding="utf-8").splitlines())


def install(project: Path) -> dict[str, bytes]:
    (project / "out").mkdir(exist_ok=True)
    return machine_packages.installed(project, project / "out")


def test_what_pip_installs_becomes_entries_without_the_unused(project: Path) -> None:
    assert install(project) == {"six/__init__.py": b"x"}


def test_the_same_list_is_installed_once(project: Path) -> None:
    first = install(project)

    assert install(project) == first
    assert installations(project) == 1


def test_a_changed_list_is_installed_in_place_of_the_old(project: Path) -> None:
    install(project)
    with (project / "chalice_app" / "requirements.txt").open("a", encoding="utf-8") as file:
        file.write("# changed\n")

    install(project)

    assert installations(project) == 2
    assert len(list((project / "out" / "work").iterdir())) == 1


def test_what_an_interrupted_pip_left_is_not_taken(project: Path) -> None:
    left = project / "out" / "work" / "machine-unfinished"
    left.mkdir(parents=True)
    (left / "half.py").touch()

    assert install(project) == {"six/__init__.py": b"x"}


def test_a_pip_that_fails_names_its_log(project: Path) -> None:
    (project / "modules" / "pip" / "__main__.py").write_text("exit(1)", encoding="utf-8")

    with pytest.raises(PackageError, match=r"requirements\.txt for this machine: see .*pip\.log$"):
        install(project)
