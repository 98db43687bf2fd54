"""The packages of the Lambda zip as this machine runs them.

Chalice downloads manylinux wheels whatever machine it runs on. The zip of a local stack on macOS
needs others, and a zip for another architecture is checked by importing the same packages here.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from local.errors import PackageError
from local.packaging import bundle, chalice_package

if TYPE_CHECKING:
    from pathlib import Path

PREFIX = "machine-"


def installed(root: Path, out: Path) -> dict[str, bytes]:
    """What pip installs from `chalice_app/requirements.txt` here, as entries of a zip.

    It stays in `out / "work"` until the list changes. Raises PackageError when pip fails.
    """
    requirements = root / "chalice_app" / "requirements.txt"
    made_from = f"{sys.version} {sys.platform}\n".encode() + requirements.read_bytes()
    folder = out / "work" / f"{PREFIX}{hashlib.sha256(made_from).hexdigest()[:16]}"
    if not folder.is_dir():
        for old in (out / "work").glob(f"{PREFIX}*"):
            shutil.rmtree(old)
        unfinished = folder.with_name(f"{PREFIX}unfinished")
        _install(requirements, unfinished, out / "pip.log")
        unfinished.rename(folder)  # last: a folder of that name is whole
    names = {
        path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()
    }
    return {name: path.read_bytes() for name, path in names.items() if not bundle.is_unused(name)}


def _install(requirements: Path, folder: Path, log: Path) -> None:
    command = [sys.executable, "-m", "pip", "install", "--no-input", "--no-compile"]
    command += ["--no-deps", "--target", str(folder), "-r", str(requirements)]
    with log.open("wb") as output:
        done = subprocess.run(  # noqa: S603  # our own interpreter and paths
            command,
            env=chalice_package.environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode != 0:
        raise PackageError(f"pip cannot install {requirements.name} for this machine: see {log}")
