from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from common.paths import ROOT
from local.sagemaker.control.container import Container
from tests.unit.local.sagemaker.control.harness import until

SLEEP = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"]


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def test_a_container_dies_with_a_server_that_is_killed(tmp_path: Path) -> None:
    told = tmp_path / "pid"
    server = f"""
import os, time
from local.sagemaker.control.container import Container
container = Container({SLEEP!r}, dict(os.environ), print)
open({str(told)!r}, "w").write(str(container._process.pid) + "\\n")
time.sleep(600)
"""
    with subprocess.Popen(
        [sys.executable, "-c", server], cwd=ROOT, stdout=subprocess.DEVNULL
    ) as up:
        until(lambda: told.is_file() and told.read_text().endswith("\n"))
        pid = int(told.read_text())
        assert is_running(pid)

        up.kill()

    until(lambda: not is_running(pid))


def test_a_container_hears_nothing_that_is_meant_for_its_servers_group() -> None:
    with Container(SLEEP, dict(os.environ), lambda _line: None) as container:
        assert os.getpgid(container._process.pid) != os.getpgid(0)


def test_leaving_ends_what_still_runs() -> None:
    lines: list[str] = []

    with Container(SLEEP, dict(os.environ), lines.append) as container:
        until(lambda: lines)

    assert (container.status, lines) == (-signal.SIGKILL, ["up"])


def test_lines_of_both_streams_are_read_to_the_end() -> None:
    program = "import sys; print('one\\rtwo'); sys.stderr.write('caf\\u00e9'); sys.exit(3)"
    lines: list[str] = []

    environment = dict(os.environ) | {"PYTHONUTF8": "1"}
    with Container([sys.executable, "-c", program], environment, lines.append) as container:
        until(lambda: container.status is not None)

    assert container.status == 3
    assert sorted(lines) == ["café", "one", "two"]


def test_a_program_that_is_not_there_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        Container(["/nowhere/python"], {}, lambda _line: None)
