import dataclasses
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from common.stack_state import Process
from local.errors import ProcessError
from local.stack import processes

HOST = "127.0.0.1"
WAIT = 10.0
# Starts a child of its own, tells its id, and sleeps.
PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid, flush=True)
time.sleep(600)
"""
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + PARENT
SERVER = """
import http.server, sys
address = ("127.0.0.1", int(sys.argv[1]))
server = http.server.HTTPServer(address, http.server.SimpleHTTPRequestHandler)
server.serve_forever()
"""


@pytest.fixture
def started(tmp_path: Path) -> Iterator[list[Process]]:
    """Processes to stop when the test ends, however it ends."""
    made: list[Process] = []
    yield made
    for process in made:
        processes.stop(process, WAIT)


def start(code: str, tmp_path: Path, started: list[Process], port: int = 0) -> Process:
    command = [sys.executable, "-c", code, str(port)]
    log = tmp_path / "logs" / "x.log"
    process = processes.start(command, environment={}, port=port, log=log)
    started.append(process)
    return process


def child_of(process: Process) -> int:
    """The id that the process printed."""
    log = Path(process.log)
    assert processes.wait_for(lambda: log.read_text().strip().isdigit(), WAIT)
    return int(log.read_text())


def runs(pid: int) -> bool:
    return processes._start_time(pid) is not None


@pytest.mark.parametrize("code", [PARENT, DEAF])
def test_stopping_ends_the_children_too(code: str, tmp_path: Path, started: list[Process]) -> None:
    process = start(code, tmp_path, started)
    child = child_of(process)
    assert processes.is_alive(process)

    processes.stop(process, 1.0)

    assert not processes.is_alive(process)
    assert processes.wait_for(lambda: not runs(child), WAIT)


def test_the_children_of_one_that_was_killed_are_ended(
    tmp_path: Path, started: list[Process]
) -> None:
    process = start(PARENT, tmp_path, started)
    child = child_of(process)
    os.kill(process.pid, signal.SIGKILL)
    assert processes.wait_for(lambda: not processes.is_alive(process), WAIT)

    processes.stop(process, WAIT)

    assert processes.wait_for(lambda: not runs(child), WAIT)


def test_another_process_with_the_same_id_is_not_taken_for_it() -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as other:
        stale = Process(pid=other.pid, started="0", port=1, log="")

        processes.stop(stale, WAIT)

        assert not processes.is_alive(stale)
        assert other.poll() is None
        other.kill()


def test_nobody_is_alive_when_nobody_was_started() -> None:
    assert not processes.is_alive(None)
    assert not processes.is_alive(Process(pid=2**22 + 1, started="", port=1, log=""))


def test_it_is_waited_for_until_it_answers(tmp_path: Path, started: list[Process]) -> None:
    port = processes.free_port(HOST)
    process = start(SERVER, tmp_path, started, port)

    url = f"http://{HOST}:{port}/"
    processes.wait_until_healthy(process, url, name="the server", timeout=WAIT)

    assert processes.answers(url)
    assert not processes.answers(f"{url}nowhere")


def test_one_that_ends_while_starting_is_an_error_with_its_last_words(
    tmp_path: Path, started: list[Process]
) -> None:
    process = start("raise SystemExit('no model here')", tmp_path, started)

    with pytest.raises(
        ProcessError, match=r"^X exited during start-up: no model here; see .*x\.log$"
    ):
        processes.wait_until_healthy(process, f"http://{HOST}:9/", name="X", timeout=WAIT)


def test_one_that_never_answers_is_an_error(tmp_path: Path, started: list[Process]) -> None:
    process = start(PARENT, tmp_path, started)
    url = f"http://{HOST}:{processes.free_port(HOST)}/"

    with pytest.raises(ProcessError, match=r"^X did not respond at .* within 0 s; see "):
        processes.wait_until_healthy(process, url, name="X", timeout=0.2)


def test_a_proxy_of_the_users_is_passed_by(
    tmp_path: Path, started: list[Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    port = processes.free_port(HOST)
    process = start(SERVER, tmp_path, started, port)

    url = f"http://{HOST}:{port}/"
    processes.wait_until_healthy(process, url, name="the server", timeout=WAIT)

    assert processes.answers(url)


def test_the_wanted_port_is_given_when_it_is_free() -> None:
    wanted = processes.free_port(HOST)

    assert processes.free_port(HOST, wanted) == wanted


def test_another_port_is_given_when_the_wanted_one_is_taken() -> None:
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        taken = other.getsockname()[1]

        assert processes.free_port(HOST, taken) != taken


@pytest.mark.parametrize(
    ("content", "last"),
    [("a\n\nb \n\n", "b"), ("", "(empty log)"), (None, "(no log)"), ("x" * 999, "x" * 300)],
)
def test_the_last_line_of_a_log(tmp_path: Path, content: str | None, last: str) -> None:
    log = tmp_path / "x.log"
    if content is not None:
        log.write_text(content, encoding="utf-8")

    assert processes.last_line(log) == last


def test_without_proc_the_start_time_comes_from_ps() -> None:
    mine = processes._start_time_from_ps(os.getpid())

    assert mine
    assert processes._start_time_from_ps(2**22 + 1) is None


def test_a_process_is_a_plain_value() -> None:
    process = Process(pid=1, started="2", port=3, log="4")

    assert dataclasses.replace(process, port=5).port == 5
