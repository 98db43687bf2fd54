from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import newcomer
from common.environments import GUARD_VARIABLE


def makefile(folder: Path, *lines: str) -> Path:
    folder.mkdir()
    recipe = "\n".join(f"\t@{line}" for line in lines)
    (folder / "Makefile").write_text(f"demo:\n{recipe}\n", encoding="utf-8")
    return folder


def test_make_sees_empty_caches_and_no_environment_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(GUARD_VARIABLE, "test")
    monkeypatch.setenv("PIP_CACHE_DIR", "full")
    clone = makefile(tmp_path / "clone", "env > environment")

    newcomer._make(clone, "demo")

    found = (clone / "environment").read_text("utf-8").splitlines()
    assert f"PIP_CACHE_DIR={tmp_path}/caches/pip" in found
    assert f"UV_CACHE_DIR={tmp_path}/caches/uv" in found
    assert not [line for line in found if line.startswith(GUARD_VARIABLE)]


def test_a_failed_target_is_told_with_its_last_lines(tmp_path: Path) -> None:
    clone = makefile(tmp_path / "clone", "seq 100", "echo no registry; exit 3")

    with pytest.raises(RuntimeError, match=r"`make demo` failed .*\n[^$]*no registry") as caught:
        newcomer._make(clone, "demo")

    assert "\n79\n" not in str(caught.value)
