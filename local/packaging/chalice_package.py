"""`chalice package`, run on a copy of the application so that the checkout stays as it is."""

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
# Chalice's zip is unpacked again at once: stored and not deflated, it is written in no time.
CALL_CHALICE = """
import sys, zipfile
from chalice.cli import main
from chalice.utils import OSUtils
OSUtils.ZIP_DEFLATED = zipfile.ZIP_STORED
sys.exit(main())
"""


def run(root: Path, out: Path, architecture: str, *, packages: bool = True) -> Path:
    """Run `chalice package` on a copy of the application; return the folder it wrote.

    The folder holds deployment.zip and sam.yaml. The zip's packages are the manylinux wheels of
    `architecture`, whatever machine this is; without `packages` it holds the application alone.

    The copy keeps Chalice's own cache of installed requirements, so that a change of the
    application alone installs nothing.
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
    said = log.read_text(encoding="utf-8", errors="replace").strip()
    # Chalice only warns when it could not install a requirement.
    if done.returncode != 0 or "Could not install dependencies" in said:
        last = said.splitlines()[-1] if said else f"exit status {done.returncode}"
        message = f"chalice package failed: {last} (all of it in {log})"
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
    """Make `app` a copy of `chalice_app/` without what the last build left of other files."""
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
    """This process's environment without the user's AWS settings, which packaging needs not."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return kept | {
        "AWS_DEFAULT_REGION": "us-east-1",  # chalice package fails without one
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "PIP_NO_DEPS": "1",  # chalice_app/requirements.txt is complete
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
