"""On what a figure was measured: the machine, the versions, and the commit."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from common.paths import ROOT

# The packages that the figures depend on.
PACKAGES = (
    "aws_lambda_powertools",
    "boto3",
    "botocore",
    "ctranslate2",
    "duckdb",
    "msgspec",
    "numpy",
    "rouge_score",
    "sentencepiece",
    "uvicorn",
)
MINISTACK_LOCK = ROOT / "local" / "requirements-ministack.lock"
_CPU = re.compile(r"^model name\s*:\s*(.+)$", re.MULTILINE)


class Commit(NamedTuple):
    """The checked-out commit, and whether tracked files differ from it; empty outside of git."""

    sha: str
    dirty: bool


def machine() -> dict[str, int | float | str]:
    """The number of CPUs that this process may use, their model, the memory in GB, the system."""
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return {
        "cpus": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else _count(),
        "cpu_model": _cpu_model(),
        "memory_gb": round(pages * size / 1e9, 1),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
    }


def versions() -> dict[str, str]:
    """The versions of Python and of the packages that the figures depend on."""
    found = {"python": platform.python_version()} | {name: version(name) for name in PACKAGES}
    pinned = re.search(r"^ministack==(\S+)", MINISTACK_LOCK.read_text("utf-8"), re.MULTILINE)
    return found | ({"ministack": pinned[1]} if pinned else {})


def commit() -> Commit:
    """The commit of the checkout."""
    sha = _git("rev-parse", "HEAD")
    return Commit(sha, bool(sha) and bool(_git("status", "--porcelain", "--untracked-files=no")))


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(ROOT), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603  # our own command
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()


def _count() -> int:
    return os.cpu_count() or 1


def _cpu_model() -> str:
    try:
        found = _CPU.search(Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    except OSError:
        found = None
    return found[1].strip() if found else platform.processor()
