from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from local import deploy, environments, ministack, processes, registered, runtime, stack
from local.errors import DeployError
from local.processes import Process
from local.settings import Settings
from local.state import Outputs, read_state

OUTPUTS = Outputs(*"abcdefgh")


class World:
    """The parts that `up` puts together, each noting what it is asked for."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.alive: set[int] = set()
        self.deployed = True
        self.are_served = True
        self.pid = 0

    def starter(self, name: str) -> Callable[..., Process]:
        def start(python: object, settings: Settings, *more: Any) -> Process:
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
        def stop(process: Process, settings: Settings) -> None:
            self.calls.append(f"stop {name}")
            self.alive.discard(process.pid)

        return stop

    def is_healthy(self, process: Process | None, settings: Settings) -> bool:
        return process is not None and process.pid in self.alive

    def deploy(self, settings: Settings, **wanted: Any) -> tuple[Outputs, bool]:
        self.calls.append(f"deploy {wanted['aws_url']} {wanted['values']['WorkerConcurrency']}")
        return OUTPUTS, self.deployed


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World()
    for module, name in ((ministack, "ministack"), (runtime, "runtime")):
        monkeypatch.setattr(module, "start", made.starter(name))
        monkeypatch.setattr(module, "stop", made.stopper(name))
        monkeypatch.setattr(module, "is_healthy", made.is_healthy)
    monkeypatch.setattr(registered, "are_served", lambda *_: made.are_served)
    monkeypatch.setattr(processes, "is_alive", lambda p: p is not None and p.pid in made.alive)
    monkeypatch.setattr(environments, "ensure", lambda *_: Path("python"))
    monkeypatch.setattr(stack, "build", lambda *_, **__: SimpleNamespace())
    monkeypatch.setattr(deploy, "deploy", made.deploy)
    monkeypatch.setattr(deploy, "parameters", lambda *_: {"WorkerConcurrency": "2"})
    return made


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(state_directory=tmp_path)


def quiet(_: str) -> None:
    """Progress that nobody reads."""


def test_up_starts_both_deploys_and_has_ministack_save(world: World, settings: Settings) -> None:
    up = stack.up(settings, quiet)

    assert world.calls == [
        *("start ministack", "start runtime", "deploy http://127.0.0.1:4001 2"),
        *("stop ministack", "start ministack"),
    ]
    assert up.aws_url == "http://127.0.0.1:4001"
    assert up.runtime_url == "http://127.0.0.1:4002"
    assert up.outputs == OUTPUTS
    state = read_state(settings.state_file)
    assert state.ministack is not None
    assert state.ministack.pid in world.alive
    assert state.outputs == OUTPUTS


def test_up_again_starts_nothing(world: World, settings: Settings) -> None:
    first = stack.up(settings, quiet)
    world.calls.clear()
    world.deployed = False

    second = stack.up(settings, quiet)

    assert world.calls == ["deploy http://127.0.0.1:4001 2"]
    assert second == first


def test_up_brings_back_models_that_were_torn_down(world: World, settings: Settings) -> None:
    stack.up(settings, quiet)
    world.calls.clear()
    world.deployed = world.are_served = False

    stack.up(settings, quiet)

    assert world.calls[:2] == ["stop runtime", "start runtime"]


@pytest.mark.parametrize("name", ["ministack", "runtime"])
def test_up_starts_again_what_died_and_leaves_the_other(
    world: World, settings: Settings, name: str
) -> None:
    first = stack.up(settings, quiet)
    state = read_state(settings.state_file)
    dead = state.ministack if name == "ministack" else state.sagemaker
    assert dead is not None
    world.alive.discard(dead.pid)
    world.calls.clear()
    world.deployed = False

    second = stack.up(settings, quiet)

    assert world.calls[:2] == [f"stop {name}", f"start {name}"]
    assert len(world.calls) == 3
    assert (second.aws_url, second.runtime_url) == (first.aws_url, first.runtime_url)


def test_what_was_started_before_an_error_is_known_to_down(
    world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise DeployError("Summarize", "no role")

    monkeypatch.setattr(deploy, "deploy", fail)
    with pytest.raises(DeployError):
        stack.up(settings, quiet)

    stopped = stack.down(settings, quiet)

    assert stopped
    assert world.alive == set()


def test_down_stops_both_once(world: World, settings: Settings) -> None:
    stack.up(settings, quiet)
    said: list[str] = []

    assert stack.down(settings, said.append)
    assert not stack.down(settings, said.append)

    assert world.alive == set()
    assert said == ["the local stack is stopped"]


def test_after_down_the_ports_are_asked_for_again(world: World, settings: Settings) -> None:
    first = stack.up(settings, quiet)
    stack.down(settings, quiet)

    second = stack.up(settings, quiet)

    assert (second.aws_url, second.runtime_url) == (first.aws_url, first.runtime_url)


def test_status_of_nothing(world: World, settings: Settings) -> None:
    found = stack.status(settings)

    assert (found.ministack, found.sagemaker, found.stack) == (False, False, None)
    assert not found.healthy
    assert world.calls == []


def queues(depths: dict[str, tuple[int, int]]) -> Callable[..., Any]:
    def attributes(QueueUrl: str, AttributeNames: list[str]) -> dict[str, Any]:
        waiting, working = depths[QueueUrl]
        values = zip(AttributeNames, (str(waiting), str(working)), strict=True)
        return {"Attributes": dict(values)}

    return lambda *_: SimpleNamespace(get_queue_attributes=attributes)


@pytest.mark.parametrize("dead", [0, 1])
def test_status_counts_messages_and_dead_letters(
    world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch, dead: int
) -> None:
    depths = {OUTPUTS.work_queue_url: (3, 2), OUTPUTS.dead_letter_queue_url: (dead, 0)}
    monkeypatch.setattr(stack, "client", queues(depths))
    up = stack.up(settings, quiet)

    found = stack.status(settings)

    assert (found.queue_visible, found.queue_in_flight, found.dead_letters) == (3, 2, dead)
    assert found.stack == up
    assert found.healthy is (dead == 0)


def test_status_when_aws_does_not_answer_has_no_depths(
    world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise EndpointConnectionError(endpoint_url="http://127.0.0.1:4001")

    stack.up(settings, quiet)
    monkeypatch.setattr(stack, "client", refuse)

    found = stack.status(settings)

    assert found.stack is not None
    assert found.queue_visible is None
