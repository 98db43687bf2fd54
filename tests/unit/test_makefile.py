"""What `make` sets for every command of the project."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from common.paths import ROOT


def test_interpreters_keep_their_compiled_modules_whatever_the_user_has_set(tmp_path: Path) -> None:
    more = tmp_path / "more.mk"
    more.write_text("shown:\n\t@env\n", encoding="utf-8")
    theirs = {"PYTHONDONTWRITEBYTECODE": "1", "SOMETHING_ELSE": "1"}

    shown = subprocess.run(
        ["make", "--silent", "-f", "Makefile", "-f", str(more), "shown"],
        cwd=ROOT,
        env={**os.environ, **theirs},
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert "SOMETHING_ELSE=1" in shown.splitlines()
    assert "PYTHONDONTWRITEBYTECODE" not in shown
