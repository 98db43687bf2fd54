"""One training process: it runs in a group of its own and dies with the server."""

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

# What still comes out of the pipe after the process is gone.
_DRAIN_S = 5.0
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


class Container:
    """A started process whose lines, of stdout and stderr, go to `say`.

    Its own group: the SIGTERM that ends the server's group must not reach it, or a job that was cut
    short would look like one that came to its end.
    """

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], say: Callable[[str], None]
    ) -> None:
        """Start it; raises OSError when there is no such program."""
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
            preexec_fn=_die_with_parent,  # noqa: PLW1509  # one call of libc, loaded before
        )
        assert self._process.stdout is not None  # noqa: S101  # asked for above
        arguments = (self._process.stdout, say)
        self._reader = threading.Thread(target=_read, args=arguments, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        """It is started already."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Kill what is left of it, and read what it said to the end."""
        self.kill()
        self._process.wait()
        self._reader.join(_DRAIN_S)

    @property
    def status(self) -> int | None:
        """The exit status, negative for a signal; None while it runs."""
        return self._process.poll()

    def ask_to_stop(self) -> None:
        """SIGTERM, as StopTrainingJob sends it."""
        self._process.terminate()

    def kill(self) -> None:
        """SIGKILL to it and whatever it started."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)


def _read(stream: IO[str], say: Callable[[str], None]) -> None:
    with stream:
        for line in stream:
            say(line.rstrip("\n"))


def _die_with_parent() -> None:
    """Nobody would count the time of a container that outlived the server."""
    if sys.platform == "linux":
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
