from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from common import environments
from common.stack_settings import LocalStackSettings
from common.stack_state import Outputs, Process, read_state
from local.errors import DeployError, PurgeError
from local.stack import (
    deploy,
    lifecycle,
    ministack,
    processes,
    registered_models,
    sagemaker_process,
)

OUTPUTS = Outputs(*"abcdefgh")


class FakeParts:
    """The parts that `up` puts together, each noting what it is asked for."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.alive: set[int] = set()
        self.deployed = True
        self.are_served = True
        self.pid = 0

    def starter(self, name: str) -> Callable[..., Process]:
        def start(python: object, settings: LocalStackSettings, *more: Any) -> Process:
            known: Process | None = more[-2]
            started: Callable[[Process], None] = more[-1]
            self.pid += 1
            process = Process(self.pid, "0", known.port if known else 4000 + self.pid, name)
            self.calls.append(f"start {name}")
            self.alive.add(process.pid)
            started(process)
            return process

        return start

    def stopper(self, name: str) -> Callable[..., None]:
        def stop(process: Process, settings: LocalStackSettings) -> None:
            self.calls.append(f"stop {name}")
            self.alive.discard(process.pid)

        return stop

    def is_healthy(self, process: Process | None, settings: LocalStackSettings) -> bool:
        return process is not None and process.pid in self.alive

    def deploy(self, settings: LocalStackSettings, **wanted: Any) -> tuple[Outputs, bool]:
        self.calls.append(f"deploy {wanted['aws_url']} {wanted['values']['WorkerConcurrency']}")
        return OUTPUTS, self.deployed


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> FakeParts:
    made = FakeParts()
    for module, name in ((ministack, "ministack"), (sagemaker_process, "runtime")):
        monkeypatch.setattr(module, "start", made.starter(name))
        monkeypatch.setattr(module, "stop", made.stopper(name))
        monkeypatch.setattr(module, "is_healthy", made.is_healthy)
    monkeypatch.setattr(registered_models, "are_served", lambda *_: made.are_served)
    monkeypatch.setattr(processes, "is_alive", lambda p: p is not None and p.pid in made.alive)
    monkeypatch.setattr(environments, "ensure", lambda *_: Path("python"))
    monkeypatch.setattr(lifecycle, "build", lambda *_, **__: SimpleNamespace())
    monkeypatch.setattr(deploy, "deploy", made.deploy)
    monkeypatch.setattr(deploy, "parameters", lambda *_: {"WorkerConcurrency": "2"})
    return made


@pytest.fixture
def settings(tmp_path: Path) -> LocalStackSettings:
    return LocalStackSettings(state_directory=tmp_path)


def quiet(_: str) -> None:
    """Progress that nobody reads."""


def test_up_starts_both_deploys_and_has_ministack_save(
    parts: FakeParts, settings: LocalStackSettings
) -> None:
    up = lifecycle.up(settings, quiet)

    assert parts.calls == [
        *("start ministack", "start runtime", "deploy http://127.0.0.1:4001 2"),
        *("stop ministack", "start ministack"),
    ]
    assert up.aws_url == "http://127.0.0.1:4001"
    assert up.runtime_url == "http://127.0.0.1:4002"
    assert up.outputs == OUTPUTS
    state = read_state(settings.state_file)
    assert state.ministack is not None
    assert state.ministack.pid in parts.alive
    assert state.outputs == OUTPUTS


def test_up_again_starts_nothing(parts: FakeParts, settings: LocalStackSettings) -> None:
    first = lifecycle.up(settings, quiet)
    parts.calls.clear()
    parts.deployed = False

    second = lifecycle.up(settings, quiet)

    assert parts.calls == ["deploy http://127.0.0.1:4001 2"]
    assert second == first


def test_up_brings_back_models_that_were_torn_down(
    parts: FakeParts, settings: LocalStackSettings
) -> None:
    lifecycle.up(settings, quiet)
    parts.calls.clear()
    parts.deployed = parts.are_served = False

    lifecycle.up(settings, quiet)

    assert parts.calls[:2] == ["stop runtime", "start runtime"]


@pytest.mark.parametrize("name", ["ministack", "runtime"])
def test_up_starts_again_what_died_and_leaves_the_other(
    parts: FakeParts, settings: LocalStackSettings, name: str
) -> None:
    first = lifecycle.up(settings, quiet)
    state = read_state(settings.state_file)
    dead = state.ministack if name == "ministack" else state.sagemaker
    assert dead is not None
    parts.alive.discard(dead.pid)
    parts.calls.clear()
    parts.deployed = False

    second = lifecycle.up(settings, quiet)

    assert parts.calls[:2] == [f"stop {name}", f"start {name}"]
    assert len(parts.calls) == 3
    assert (second.aws_url, second.runtime_url) == (first.aws_url, first.runtime_url)


def test_what_was_started_before_an_error_is_known_to_down(
    parts: FakeParts, settings: LocalStackSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise DeployError("Summarize", "no role")

    monkeypatch.setattr(deploy, "deploy", fail)
    with pytest.raises(DeployError):
        lifecycle.up(settings, quiet)

    stopped = lifecycle.down(settings, quiet)

    assert stopped
    assert parts.alive == set()


def test_down_stops_both_once(parts: FakeParts, settings: LocalStackSettings) -> None:
    lifecycle.up(settings, quiet)
    said: list[str] = []

    assert lifecycle.down(settings, said.append)
    assert not lifecycle.down(settings, said.append)

    assert parts.alive == set()
    assert said == ["the local stack is stopped"]


def test_purge_stops_both_and_deletes_what_they_kept(
    parts: FakeParts, settings: LocalStackSettings
) -> None:
    lifecycle.up(settings, quiet)
    settings.objects_directory.mkdir(parents=True)
    (settings.objects_directory / "report").touch()

    purged = lifecycle.purge(settings, quiet)

    assert parts.alive == set()
    assert purged.files == 2  # the state file too
    assert [path.name for path in settings.state_directory.iterdir()] == [".lock"]
    assert lifecycle.purge(settings, quiet) == (0, 0)


def test_purge_of_a_folder_with_other_things_leaves_the_stack_running(
    parts: FakeParts, settings: LocalStackSettings
) -> None:
    lifecycle.up(settings, quiet)
    (settings.state_directory / "thesis.docx").touch()

    with pytest.raises(PurgeError, match=r"thesis\.docx"):
        lifecycle.purge(settings, quiet)

    assert len(parts.alive) == 2
    assert settings.state_file.exists()


def test_purge_where_no_stack_was_makes_no_folder(parts: FakeParts, tmp_path: Path) -> None:
    settings = LocalStackSettings(state_directory=tmp_path / "nix")

    assert lifecycle.purge(settings, quiet) == (0, 0)

    assert not settings.state_directory.exists()


def test_after_down_the_ports_are_asked_for_again(
    parts: FakeParts, settings: LocalStackSettings
) -> None:
    first = lifecycle.up(settings, quiet)
    lifecycle.down(settings, quiet)

    second = lifecycle.up(settings, quiet)

    assert (second.aws_url, second.runtime_url) == (first.aws_url, first.runtime_url)


def test_status_of_nothing(parts: FakeParts, settings: LocalStackSettings) -> None:
    found = lifecycle.status(settings)

    assert (found.ministack, found.sagemaker, found.stack) == (False, False, None)
    assert not found.healthy
    assert parts.calls == []


def queues(depths: dict[str, tuple[int, int]]) -> Callable[..., Any]:
    def attributes(QueueUrl: str, AttributeNames: list[str]) -> dict[str, Any]:
        waiting, working = depths[QueueUrl]
        values = zip(AttributeNames, (str(waiting), str(working)), strict=True)
        return {"Attributes": dict(values)}

    return lambda *_: SimpleNamespace(get_queue_attributes=attributes)


@pytest.mark.parametrize("dead", [0, 1])
def test_status_counts_messages_and_dead_letters(
    parts: FakeParts, settings: LocalStackSettings, monkeypatch: pytest.MonkeyPatch, dead: int
) -> None:
    depths = {OUTPUTS.work_queue_url: (3, 2), OUTPUTS.dead_letter_queue_url: (dead, 0)}
    monkeypatch.setattr(lifecycle, "client", queues(depths))
    up = lifecycle.up(settings, quiet)

    found = lifecycle.status(settings)

    assert (found.queue_visible, found.queue_in_flight, found.dead_letters) == (3, 2, dead)
    assert found.stack == up
    assert found.healthy is (dead == 0)


def test_status_when_aws_does_not_answer_has_no_depths(
    parts: FakeParts, settings: LocalStackSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise EndpointConnectionError(endpoint_url="http://127.0.0.1:4001")

    lifecycle.up(settings, quiet)
    monkeypatch.setattr(lifecycle, "client", refuse)

    found = lifecycle.status(settings)

    assert found.stack is not None
    assert found.queue_visible is None
