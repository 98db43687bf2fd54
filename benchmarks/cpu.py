"""The processes of a local stack, the processor time that they have used, and their memory."""

from __future__ import annotations

import os
import re
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from common.stack_state import read_state

if TYPE_CHECKING:
    from local.stack.lifecycle import Stack

MINISTACK, FUNCTION, SAGEMAKER, CLIENT = "ministack", "function", "sagemaker", "client"
PARTS = (MINISTACK, FUNCTION, SAGEMAKER, CLIENT)
_PEAK = re.compile(r"VmHWM:\s+(\d+) kB")


def function_pids(stack: Stack) -> list[int]:
    """The processes in which MiniStack runs the function."""
    marks = (
        str(stack.settings.temporary_directory).encode(),
        stack.outputs.function_name.encode(),
    )
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            command = (process / "cmdline").read_bytes()
            if all(mark in command for mark in marks):
                found.append(int(process.name))
    return found


def seconds(stack: Stack) -> dict[str, float]:
    """The processor seconds, user and system, that each part has used so far.

    The client is this process, which uploads and polls. Processes of the function that have ended
    are not counted.
    """
    state = read_state(stack.settings.state_file)
    pids = {
        MINISTACK: [state.ministack.pid] if state.ministack else [],
        FUNCTION: function_pids(stack),
        SAGEMAKER: [state.sagemaker.pid] if state.sagemaker else [],
    }
    used = {name: sum(map(_seconds, found)) for name, found in pids.items()}
    return used | {CLIENT: time.process_time()}


def peaks_mb(stack: Stack) -> list[float]:
    """The peak memory, in MB, of each of the function's processes."""
    found = []
    for pid in function_pids(stack):
        with suppress(OSError):
            peak = _PEAK.search(Path(f"/proc/{pid}/status").read_text(encoding="utf-8"))
            found += [int(peak[1]) / 1000] if peak else []
    return found


def _seconds(pid: int) -> float:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0.0
    fields = text.rpartition(")")[2].split()  # the name in parentheses may contain anything
    user, system = fields[11:13]  # fields 14 and 15 of proc_pid_stat(5)
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
