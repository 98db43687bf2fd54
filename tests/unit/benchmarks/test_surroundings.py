from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from benchmarks import surroundings


def git(folder: Path, *arguments: str) -> str:
    named = ["-c", "user.name=n", "-c", "user.email=e@example.org"]
    done = subprocess.run(
        ["git", "-C", str(folder), *named, *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    git(tmp_path, "init", "--quiet")
    (tmp_path / "a.py").write_text("a = 1\n", encoding="utf-8")
    git(tmp_path, "add", "a.py")
    git(tmp_path, "commit", "--quiet", "-m", "a")
    monkeypatch.setattr(surroundings, "ROOT", tmp_path)
    return tmp_path


def test_a_checkout_without_changes_is_clean(checkout: Path) -> None:
    (checkout / "build.json").write_text("{}", encoding="utf-8")  # untracked, like results

    assert surroundings.commit() == (git(checkout, "rev-parse", "HEAD"), False)


def test_a_changed_file_makes_it_dirty(checkout: Path) -> None:
    (checkout / "a.py").write_text("a = 2\n", encoding="utf-8")

    assert surroundings.commit().dirty


def test_without_git_the_commit_is_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surroundings, "ROOT", tmp_path / "missing")

    assert surroundings.commit() == ("", False)


def test_the_machine_is_described() -> None:
    found = surroundings.machine()

    assert isinstance(found["cpus"], int)
    assert float(found["memory_gb"]) > 0.1
    assert found["cpu_model"]


def test_the_versions_are_those_of_the_locks() -> None:
    found = surroundings.versions()

    assert all(re.match(r"\d+\.", version) for version in found.values())
    assert found["ministack"] in surroundings.MINISTACK_LOCK.read_text("utf-8")
