"""Background processes: starts them, recognises them later, stops them with all their children."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

from common.stack_state import Process
from local.errors import ProcessError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

POLL_SECONDS = 0.05
# Child processes of this process, which must be reaped when they end.
_children: dict[int, subprocess.Popen[bytes]] = {}
# Loopback: ignore the user's proxy settings.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def start(
    command: Sequence[str], *, environment: Mapping[str, str], port: int, log: Path
) -> Process:
    """Start `command` in a new session, with its output appended to `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        child = subprocess.Popen(  # noqa: S603  # our own commands
            command,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C does not reach it, and its group can be signalled
        )
    _children[child.pid] = child
    return Process(pid=child.pid, started=_start_time(child.pid) or "", port=port, log=str(log))


def is_alive(process: Process | None) -> bool:
    """Whether exactly this process is still running."""
    if process is None:
        return False
    child = _children.get(process.pid)
    if child is not None and child.poll() is not None:
        return False
    return _start_time(process.pid) == process.started != ""


def wait_until_healthy(process: Process, url: str, *, name: str, timeout: float) -> None:
    """Wait until `url` responds with 200. Raises ProcessError on an early exit or a timeout."""

    def healthy() -> bool:
        if not is_alive(process):
            message = f"{name} exited during start-up: {last_line(Path(process.log))}"
            raise ProcessError(message, Path(process.log))
        return answers(url)

    if not wait_for(healthy, timeout):
        message = f"{name} did not respond at {url} within {timeout:.0f} s"
        raise ProcessError(message, Path(process.log))


def answers(url: str, timeout: float = 2.0) -> bool:
    """Whether a GET of `url` returns 200."""
    try:
        with _opener.open(url, timeout=timeout) as response:
            return bool(response.status == 200)  # noqa: PLR2004  # HTTP: OK
    except (OSError, urllib.error.URLError, ValueError):
        return False


def wait_for(condition: Callable[[], bool], timeout: float) -> bool:
    """Poll until `condition` is true, for at most `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def stop(process: Process, timeout: float) -> None:
    """Send SIGTERM, then SIGKILL to what is left of the process group, including grandchildren.

    A process that has reused the id of an ended one is left alone.
    """
    if is_alive(process):
        _signal(process.pid, signal.SIGTERM, group=True)
        wait_for(lambda: not is_alive(process), timeout)
    elif _start_time(process.pid) is not None:
        return  # another process has reused the id
    # The group outlives its leader: Lambda workers belong to it.
    _signal(process.pid, signal.SIGKILL, group=True)
    wait_for(lambda: not is_alive(process), timeout)
    child = _children.pop(process.pid, None)
    if child is not None:
        child.wait(timeout)


def free_port(host: str, wanted: int | None = None) -> int:
    """The port `wanted` if it is free, otherwise any free one."""
    for port in ([wanted] if wanted else []) + [0]:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    message = f"no free port on {host}"
    raise ProcessError(message, Path(os.devnull))


def last_line(path: Path) -> str:
    """The last line of a log that is not blank."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return "(no log)"
    lines = [line.strip() for line in lines if line.strip()]
    return lines[-1][:300] if lines else "(empty log)"


def _signal(pid: int, number: signal.Signals, *, group: bool) -> None:
    """Send a signal to a process or to its group, if it still exists."""
    try:
        if group:
            os.killpg(pid, number)
        else:
            os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def _start_time(pid: int) -> str | None:
    """The start time of a process, in the system's format; None if it has ended."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return _start_time_from_ps(pid) if not Path("/proc/self/stat").exists() else None
    fields = text.rpartition(")")[2].split()  # the name in parentheses may contain anything
    state, started = fields[0], fields[19]  # fields 3 and 22 of proc_pid_stat(5)
    return None if state in "ZX" else started


def _start_time_from_ps(pid: int) -> str | None:
    """The same on systems without /proc (macOS)."""
    command = ["/bin/ps", "-o", "stat=,lstart=", "-p", str(pid)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # our own command
    state, _, started = done.stdout.strip().partition(" ")
    return None if not started or state.startswith("Z") else started.strip()
