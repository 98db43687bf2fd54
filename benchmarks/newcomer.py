"""A newcomer's wait: `make demo` and `make test` in a fresh clone, with nothing cached.

Both need a package registry and take minutes, so they run only when they are asked for.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.figures import Figure, Figures, seconds
from common.environments import GUARD_VARIABLE
from common.paths import ROOT
from common.stack_settings import STATE_DIRECTORY_VARIABLE

if TYPE_CHECKING:
    from benchmarks.stage import Stage

# What would tell the clone that it is inside an environment, or where another stack lies.
_FORGOTTEN = ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", GUARD_VARIABLE, STATE_DIRECTORY_VARIABLE)


def newcomer(stage: Stage) -> Figures:
    """Seconds of the first `make demo` in a clone of the last commit, and of the second."""
    clone = _clone(stage.folder)
    try:
        first, again = (seconds(lambda: _make(clone, "demo")) for _ in range(2))
    finally:
        _make(clone, "clean")
    return {"newcomer_demo_s": Figure.of(first), "newcomer_demo_again_s": Figure.of(again)}


def newcomer_test(stage: Stage) -> Figures:
    """Seconds of `make test` in a clone of the last commit, with its environments made before."""
    clone = _clone(stage.folder)
    try:
        _make(clone, "demo")
        # Without a test, it makes the environments.
        _make(clone, "test", "PARALLEL=--version")
        taken = seconds(lambda: _make(clone, "test"))
    finally:
        _make(clone, "clean")
    return {"newcomer_test_s": Figure.of(taken)}


def _clone(folder: Path) -> Path:
    clone = folder / "clone"
    command = ["git", "clone", "--quiet", str(ROOT), str(clone)]
    subprocess.run(command, check=True)  # noqa: S603  # our own command
    return clone


def _make(clone: Path, *arguments: str) -> None:
    """Run make in the clone, with empty caches beside it.

    Raises RuntimeError with the last lines of its output if it fails.
    """
    caches = clone.with_name("caches")
    kept = {name: value for name, value in os.environ.items() if name not in _FORGOTTEN}
    environment = kept | {
        "PIP_CACHE_DIR": str(caches / "pip"),
        "UV_CACHE_DIR": str(caches / "uv"),
        "XDG_CACHE_HOME": str(caches),
    }
    done = subprocess.run(  # noqa: S603  # our own command
        ["make", "-C", str(clone), *arguments],  # noqa: S607  # the user's make
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        end = "\n".join(done.stdout.splitlines()[-20:])
        message = f"`make {arguments[0]}` failed in a fresh clone:\n{end}"
        raise RuntimeError(message)
