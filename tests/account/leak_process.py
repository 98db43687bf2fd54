"""Makes the runs of a group of the leak matrix, traced, each in an account of its own.

`python -m tests.account.leak_process GROUP FOLDER SOCKET` writes one JSON document: what each run
said and left in each sink. In a process of its own, because the X-Ray SDK has one recorder per
process and reads its settings when it is imported.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.account import leak_faults as faults
from tests.account.account import account_in_moto
from tests.account.leak_account import Run
from tests.account.leak_groups import faults_of
from tests.account.leak_plants import PLANTED, PLANTS
from tests.account.model import Runtime, runtime
from tests.nights import nights_of


@contextlib.contextmanager
def _daemon(inherited: int) -> Iterator[socket.socket]:
    """X-Ray's daemon, as far as it listens."""
    with socket.socket(fileno=inherited) as daemon:
        daemon.settimeout(0)
        yield daemon


def _received(daemon: socket.socket) -> str:
    found = []
    while True:
        try:
            found.append(daemon.recv(1 << 16).decode("utf-8", "backslashreplace"))
        except BlockingIOError:
            return "\n".join(found)


def _files_below(folder: Path) -> str:
    """Names and contents of the files that a run left, which are then deleted."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            found.append(f"{path.relative_to(folder)}\n{path.read_bytes()!r}")
            path.unlink()
    return "\n".join(found)


def run_group(group: str, scratch: Path, up: Runtime, daemon: socket.socket) -> dict[str, Any]:
    """Make every run of a group; returns what each said and left, with what happened."""
    found: dict[str, Any] = {}
    for name, fault in (PLANTS if group == PLANTED else faults_of(group)).items():
        with pytest.MonkeyPatch.context() as patch:
            # The SDK waits between its attempts; nobody does here.
            patch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _s: None))
            with account_in_moto(up, patch) as account:
                run = Run(account, nights_of(account, patch), patch)
                if name.endswith("none"):
                    run.fail_calls("", faults.denied)
                try:
                    fault(run)
                finally:
                    run.undo()
                sinks = run.sinks(_received(daemon), _files_below(scratch))
                found[name] = {
                    "sinks": sinks,
                    "happened": len(run.happened),
                    "calls": sorted(run.calls),
                }
    return found


def main(group: str, folder: str, daemon_socket: str) -> None:
    """Make a group's runs and write what was found; the file descriptor is X-Ray's daemon."""
    scratch = Path.cwd()
    os.environ["TMPDIR"] = os.environ["HOME"] = str(scratch)
    with runtime() as up, _daemon(int(daemon_socket)) as daemon:
        found = run_group(group, scratch, up, daemon)
    Path(folder, f"{group}.json").write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
