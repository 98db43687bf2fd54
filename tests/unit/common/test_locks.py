import re
import shutil
import subprocess
from pathlib import Path

import pytest

from common import environments, locks
from common.errors import LockError
from common.paths import ROOT


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
    assert {"run", "ministack", "test", "lint", "uv", "checkov"} <= set(locks.locked_environments())


@pytest.mark.parametrize(
    ("new", "problem"),
    [
        ("pytest==1.0\n", "and its lists differ in pytest"),
        ("pytest==9.1.1\nsomething==1.0\n", "and its lists differ in something"),
        ("", "and its lists differ in pytest"),
    ],
)
def test_a_list_that_was_changed_alone_is_found(project: Path, new: str, problem: str) -> None:
    change(project / "tests/requirements.txt", "pytest==9.1.1\n", new)

    assert f"tests/requirements.lock {problem}" in locks.problems(project)


def test_another_extra_is_found(project: Path) -> None:
    change(project / "tests/requirements.txt", "moto[dynamodb,", "moto[")

    assert "tests/requirements.lock and its lists differ in moto" in locks.problems(project)


def test_a_comment_is_no_change(project: Path) -> None:
    change(project / "tests/requirements.txt", "pytest==9.1.1", "pytest==9.1.1  # what runs them")

    assert locks.problems(project) == []


def test_a_list_that_includes_another_is_found(project: Path) -> None:
    change(project / "tests/requirements.txt", "-r ../chalice_app/requirements.txt\n", "")

    assert "tests/requirements.lock was made by a different command" in locks.problems(project)


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


@pytest.fixture
def resolving(project: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What each lock holds when uv starts on it; uv leaves it so."""
    found: dict[str, str] = {}

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        (file,) = [part.partition("=")[2] for part in command if part.startswith("--output-file=")]
        found[file] = (project / file).read_text(encoding="utf-8")
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", run)
    return found


def test_the_others_start_from_what_the_first_lock_has(
    project: Path, resolving: dict[str, str]
) -> None:
    first = (project / "requirements.lock").read_text(encoding="utf-8")
    ministack = (project / "local/requirements-ministack.lock").read_text(encoding="utf-8")

    locks.make(root=project)

    assert next(iter(resolving)) == "requirements.lock"
    assert resolving["requirements.lock"] == first
    assert resolving["tests/requirements-browser.lock"].startswith(first)
    own = resolving["tests/requirements-browser.lock"].removeprefix(first)
    names = {pin.name for pin in locks.read_pins(own)}
    assert "playwright" in names
    assert "boto3" not in names
    assert resolving["local/requirements-ministack.lock"] == ministack


def test_an_upgrade_forgets_one_version_and_keeps_the_rest(
    project: Path, resolving: dict[str, str]
) -> None:
    locks.make(["URLlib3", "greenlet"], project)

    for text in resolving.values():
        assert not re.search("^(urllib3|greenlet)==", text, re.MULTILINE)
    assert re.search("^botocore==", resolving["requirements.lock"], re.MULTILINE)
    assert re.search("^playwright==", resolving["tests/requirements-browser.lock"], re.MULTILINE)


def test_an_upgrade_of_all_forgets_every_version(project: Path, resolving: dict[str, str]) -> None:
    locks.make(root=project, everything=True)

    assert resolving["requirements.lock"] == ""
    assert resolving["tests/requirements-browser.lock"] == ""


def test_a_list_that_does_not_resolve_leaves_its_lock_as_it_was(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (project / "requirements.lock").read_text(encoding="utf-8")
    monkeypatch.setattr(
        subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, 1)
    )

    with pytest.raises(LockError, match=r"^requirements\.lock cannot be resolved"):
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
