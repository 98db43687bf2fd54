"""One training process: it runs in its own process group and is killed with the server."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import IO, Self

from common.paths import ROOT

# How long to read the rest of the output after the process has ended.
_DRAIN_S = 5.0
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


class Container:
    """A running process whose output lines (stdout and stderr) go to `say`.

    It has its own process group: the SIGTERM that stops the server's group must not reach it, or an
    interrupted job would look like a completed one.
    """

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], say: Callable[[str], None]
    ) -> None:
        """Start the process; raises OSError if there is no such program."""
        self._process = subprocess.Popen(  # noqa: S603  # our own command
            command,
            cwd=ROOT,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            process_group=0,
            preexec_fn=_die_with_parent,  # noqa: PLW1509  # a single libc call, already loaded
        )
        assert self._process.stdout is not None  # noqa: S101  # requested above
        arguments = (self._process.stdout, say)
        self._reader = threading.Thread(target=_read, args=arguments, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        """Return the process, which is already running."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Kill what is left of the process, and read its remaining output."""
        self.kill()
        self._process.wait()
        self._reader.join(_DRAIN_S)

    @property
    def status(self) -> int | None:
        """The exit status, negative for a signal; None while the process runs."""
        return self._process.poll()

    def ask_to_stop(self) -> None:
        """Send SIGTERM, as StopTrainingJob does."""
        self._process.terminate()

    def kill(self) -> None:
        """Send SIGKILL to the process and everything that it started."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)


def _read(stream: IO[str], say: Callable[[str], None]) -> None:
    with stream:
        for line in stream:
            say(line.rstrip("\n"))


def _die_with_parent() -> None:
    """Have the kernel kill the container if the server dies: nothing would enforce its limits."""
    if sys.platform == "linux":
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
