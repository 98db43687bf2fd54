"""Runs `chalice package` on a copy of the application, so that the checkout is not changed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from local.errors import PackageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STAGE = "prod"
SOURCES = ("app.py", "requirements.txt", "chalicelib", ".chalice/config.json")
# Chalice's zip is unpacked again immediately, so it is stored without compression, to save time.
CALL_CHALICE = """
import sys, zipfile
from chalice.cli import main
from chalice.utils import OSUtils
OSUtils.ZIP_DEFLATED = zipfile.ZIP_STORED
sys.exit(main())
"""


def run(root: Path, out: Path, architecture: str, *, packages: bool = True) -> Path:
    """Run `chalice package` on a copy of the application; return its output folder.

    The folder contains deployment.zip and sam.yaml. The zip's packages are the manylinux wheels of
    `architecture`, on any machine; without `packages` it contains only the application.
    """
    app, raw, log = out / "work" / "app", out / "work" / "raw", out / "chalice.log"
    _copy_sources(root, app)
    _set_architecture(app / ".chalice" / "config.json", architecture)
    if not packages:
        (app / "requirements.txt").write_text("", encoding="utf-8")
    if raw.exists():
        shutil.rmtree(raw)
    command = [sys.executable, "-c", CALL_CHALICE, "--project-dir", str(app), "package"]
    command += ["--stage", STAGE, "--merge-template", str(root / "template.yaml"), str(raw)]
    with log.open("wb") as output:
        done = subprocess.run(  # noqa: S603  # our own interpreter and paths
            command,
            cwd=app,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    printed = log.read_text(encoding="utf-8", errors="replace").strip()
    # Chalice only warns if it cannot install a requirement.
    if done.returncode != 0 or "Could not install dependencies" in printed:
        last = printed.splitlines()[-1] if printed else f"exit status {done.returncode}"
        message = f"chalice package failed: {last} (see {log})"
        raise PackageError(message)
    return raw


def source_files(root: Path) -> Iterator[Path]:
    """The files of `chalice_app/` that a package is built from, sorted."""
    app = root / "chalice_app"
    for name in (*SOURCES, ".chalice"):
        path = app / name
        if path.is_file():
            yield path
        elif name == ".chalice":
            yield from sorted(path.glob("policy-*.json"))
        else:
            yield from sorted(
                file
                for file in path.rglob("*")
                if file.is_file() and "__pycache__" not in file.parts and file.suffix != ".pyc"
            )


def _copy_sources(root: Path, app: Path) -> None:
    """Make `app` a fresh copy of `chalice_app/`, keeping only Chalice's cache."""
    cache = app / ".chalice" / "deployments"
    kept = app.with_name("deployments")
    if cache.exists():
        shutil.rmtree(kept, ignore_errors=True)
        cache.rename(kept)
    if app.exists():
        shutil.rmtree(app)
    for path in source_files(root):
        target = app / path.relative_to(root / "chalice_app")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    if kept.exists():
        kept.rename(cache)


def _set_architecture(config: Path, architecture: str) -> None:
    """Say in the copy's configuration which wheels Chalice is to download."""
    content = json.loads(config.read_text(encoding="utf-8"))
    content["lambda_architecture"] = architecture
    config.write_text(json.dumps(content), encoding="utf-8")


def environment() -> dict[str, str]:
    """This process's environment variables without the user's AWS settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return kept | {
        "AWS_DEFAULT_REGION": "us-east-1",  # chalice package fails without a region
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "PIP_NO_DEPS": "1",  # chalice_app/requirements.txt is complete
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
