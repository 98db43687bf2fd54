from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from benchmarks import cpu
from common.stack_settings import LocalStackSettings
from common.stack_state import Process, State, write_state

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")

# What MiniStack's command line for a function's process contains, and then half a second of work.
BUSY = "import time\nwhile time.process_time() < 0.5: pass\nprint('done', flush=True)\ninput()"


class Stack:
    """A stack in a folder, with one function."""

    def __init__(self, folder: Path) -> None:
        self.settings = LocalStackSettings(state_directory=folder)
        self.outputs: Any = type("Outputs", (), {"function_name": "summarize"})


def started(code: str, *marks: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code, *marks]
    child = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "done\n"
    return child


def test_each_part_s_processor_time_is_that_of_its_processes(tmp_path: Path) -> None:
    stack: Any = Stack(tmp_path)
    place = str(stack.settings.temporary_directory)
    with (
        started(BUSY, f"{place}/worker.py", "summarize") as function,
        started(BUSY) as ministack,
        started(BUSY, f"{place}/worker.py", "another-function"),
    ):
        write_state(
            stack.settings.state_file,
            State(ministack=Process(ministack.pid, "", 0, ""), sagemaker=None),
        )
        found = cpu.seconds(stack)
        assert cpu.function_pids(stack) == [function.pid]
        [peak] = cpu.peaks_mb(stack)

    assert found[cpu.FUNCTION] == pytest.approx(0.5, abs=0.2)
    assert found[cpu.MINISTACK] == pytest.approx(0.5, abs=0.2)
    assert found[cpu.SAGEMAKER] == 0
    assert found[cpu.CLIENT] <= time.process_time()
    assert set(found) == set(cpu.PARTS)
    assert 3 < peak < 100


def test_a_process_that_has_ended_counts_as_nothing() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()

    assert cpu._seconds(child.pid) == 0
