import re
import shutil
import subprocess
from pathlib import Path

import pytest

from local import environments, locks
from local.errors import LockError

ROOT = Path(locks.__file__).parent.parent


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project's lists and locks, in a folder of their own."""
    for name in environments.REQUIREMENT_FILES:
        for file in environments.requirement_files(name, ROOT):
            for path in (file, environments.lock_of(file)):
                target = tmp_path / path.relative_to(ROOT)
                if path.is_file() and not target.exists():
                    target.parent.mkdir(exist_ok=True)
                    shutil.copy(path, target)
    return tmp_path


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def repin(path: Path, package: str) -> None:
    """Name another version of a package."""
    text = path.read_text(encoding="utf-8")
    changed = re.sub(rf"^{package}==\S+", f"{package}==0.1", text, flags=re.MULTILINE)
    assert changed != text
    path.write_text(changed, encoding="utf-8")


def test_the_locks_are_what_the_lists_ask_for() -> None:
    assert locks.problems() == [], "run make lock"


def test_every_package_has_a_hash_and_none_an_address() -> None:
    for name in locks.locked_environments():
        text = locks.lock_file(name).read_text(encoding="utf-8")
        entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
        assert entries
        assert all("    --hash=sha256:" in entry for entry in entries)
        assert "://" not in text


def test_what_demo_and_tests_install_is_locked() -> None:
    assert {"run", "ministack", "test", "lint", "uv"} <= set(locks.locked_environments())


@pytest.mark.parametrize(
    ("new", "problem"),
    [
        ("pytest==1.0\n", "and its lists differ in pytest"),
        ("pytest==9.2.0\nsomething==1.0\n", "and its lists differ in something"),
        ("", "and its lists differ in pytest"),
    ],
)
def test_a_list_that_was_changed_alone_is_found(project: Path, new: str, problem: str) -> None:
    change(project / "tests/requirements.txt", "pytest==9.2.0\n", new)

    assert f"tests/requirements.lock {problem}" in locks.problems(project)


def test_another_extra_is_found(project: Path) -> None:
    change(project / "tests/requirements.txt", "moto[dynamodb,", "moto[")

    assert "tests/requirements.lock and its lists differ in moto" in locks.problems(project)


def test_a_comment_is_no_change(project: Path) -> None:
    change(project / "tests/requirements.txt", "pytest==9.2.0", "pytest==9.2.0  # what runs them")

    assert locks.problems(project) == []


def test_a_list_that_includes_another_is_found(project: Path) -> None:
    change(project / "tests/requirements.txt", "-r ../chalice_app/requirements.txt\n", "")

    assert "tests/requirements.lock was made by another command" in locks.problems(project)


def test_a_lock_that_is_not_there_is_found(project: Path) -> None:
    (project / "local/requirements.lock").unlink()

    assert "local/requirements.lock is missing" in locks.problems(project)


@pytest.mark.parametrize("package", ["msgspec", "wrapt"])
def test_the_zip_may_not_hold_another_version(project: Path, package: str) -> None:
    repin(project / "chalice_app/requirements.txt", package)

    found = locks.problems(project)

    assert f"{package} differs between requirements.lock and chalice_app/requirements.txt" in found


def test_two_locks_may_not_differ(project: Path) -> None:
    repin(project / "local/requirements.lock", "pydantic")

    found = locks.problems(project)

    assert found == ["pydantic differs between requirements.lock and local/requirements.lock"]


def test_resolving_starts_from_what_the_first_lock_has(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: dict[str, list[str]] = {}
    monkeypatch.setattr(
        subprocess,
        "run",
        lambda command, **_: (
            ran.update({re.search(r"file=(\S+)", " ".join(command))[1]: command})
            or subprocess.CompletedProcess(command, 0)
        ),
    )
    first = (project / "requirements.lock").read_text(encoding="utf-8")
    ministack = (project / "local/requirements-ministack.lock").read_text(encoding="utf-8")

    locks.make(["urllib3"], project)

    assert next(iter(ran)) == "requirements.lock"
    assert all(command[-1] == "--upgrade-package=urllib3" for command in ran.values())
    browser = (project / "tests/requirements-browser.lock").read_text(encoding="utf-8")
    assert browser.startswith(first)
    assert re.search(r"^greenlet==", browser, re.MULTILINE)
    kept = (project / "local/requirements-ministack.lock").read_text(encoding="utf-8")
    assert kept == ministack


def test_a_list_that_does_not_resolve_leaves_its_lock_as_it_was(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (project / "requirements.lock").read_text(encoding="utf-8")
    monkeypatch.setattr(
        subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, 1)
    )

    with pytest.raises(LockError, match=r"^requirements\.lock cannot be made"):
        locks.make(root=project)

    assert (project / "requirements.lock").read_text(encoding="utf-8") == before


def test_the_check_is_silent_when_all_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert locks.main(["--check"]) == 0
    assert capsys.readouterr() == ("", "")


def test_the_check_says_what_to_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(locks, "problems", lambda: ["x.lock is missing"])

    assert locks.main(["--check"]) == 1

    said = capsys.readouterr()
    assert said.out == "x.lock is missing\n"
    assert said.err.endswith("run make lock\n")
