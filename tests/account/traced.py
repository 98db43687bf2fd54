"""Runs a module in a process of its own with tracing on: the X-Ray SDK reads its settings once."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from common.paths import ROOT

TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"


@contextmanager
def daemon() -> Iterator[socket.socket]:
    """A socket in the place of the X-Ray daemon, to which the segments are sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        made.bind(("127.0.0.1", 0))
        yield made


def run(listener: socket.socket, folder: Path, *command: str, **environment: str) -> None:
    """Run `python -m <command>` in a folder, as Lambda would with tracing; it must succeed.

    The process inherits the listener.
    """
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", *command],
        cwd=folder,
        pass_fds=[listener.fileno()],
        env=os.environ
        | {
            "PYTHONPATH": f"{ROOT}:{ROOT / 'chalice_app'}",
            "POWERTOOLS_TRACE_DISABLED": "false",
            "LAMBDA_TASK_ROOT": "/var/task",
            "_X_AMZN_TRACE_ID": TRACE,
            "AWS_XRAY_DAEMON_ADDRESS": f"127.0.0.1:{listener.getsockname()[1]}",
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
        }
        | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
