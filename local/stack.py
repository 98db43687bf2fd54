"""The whole local stack: up, down, status."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from local import deploy, environments, ministack, processes, runtime
from local.aws import client
from local.environments import locked
from local.package import build
from local.state import Outputs, State, read_state, write_state

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from local.settings import Settings

    Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Stack:
    """A running stack: where AWS and the SageMaker runtime are called, and what was deployed."""

    settings: Settings
    aws_url: str
    runtime_url: str
    outputs: Outputs

    def client(self, service: str) -> Any:  # noqa: ANN401  # boto3's
        """A boto3 client of the local AWS."""
        return client(service, self.aws_url, self.settings)


@dataclass(frozen=True, slots=True)
class Status:
    """The health of a stack; queue depths are None when AWS does not answer."""

    ministack: bool
    sagemaker: bool
    stack: Stack | None
    queue_visible: int | None = None
    queue_in_flight: int | None = None
    dead_letters: int | None = None

    @property
    def healthy(self) -> bool:
        """Whether both processes answer, the stack is deployed and nothing was given up."""
        return self.ministack and self.sagemaker and self.stack is not None and not self.dead_letters


def up(settings: Settings, progress: Progress = environments.say) -> Stack:
    """Start what does not run, deploy what is not deployed; quick when all is there.

    Raises LocalError (see errors.py); what was started before the error keeps running, for `up`
    to go on with and `down` to stop.
    """
    with locked(settings.state_directory / ".lock"):
        state = read_state(settings.state_file)
        with ThreadPoolExecutor(max_workers=2) as pool:
            python = pool.submit(environments.ensure, "ministack", settings.root, progress)
            package = pool.submit(build, settings.package_directory, progress=progress)
            state = _start_ministack(settings, state, python.result(), progress)
            state = _start_runtime(settings, state, progress)
            built = package.result()
        assert state.ministack is not None and state.sagemaker is not None  # noqa: S101, PT018
        aws_url = ministack.url(state.ministack, settings)
        runtime_url = runtime.url(state.sagemaker, settings)
        outputs = deploy.deploy(
            settings,
            aws_url=aws_url,
            package=built,
            values=deploy.parameters(settings, runtime_url),
            progress=progress,
        )
        write_state(settings.state_file, State(state.ministack, state.sagemaker, outputs))
    return Stack(settings, aws_url, runtime_url, outputs)


def down(settings: Settings, progress: Progress = environments.say) -> bool:
    """Stop both processes; what was uploaded and computed stays on disk. False: none ran."""
    with locked(settings.state_directory / ".lock"):
        state = read_state(settings.state_file)
        running = [p for p in (state.ministack, state.sagemaker) if processes.is_alive(p)]
        if state.sagemaker:
            runtime.stop(state.sagemaker, settings)
        if state.ministack:
            ministack.stop(state.ministack, settings)
    if running:
        progress("the local stack is stopped")
    return bool(running)


def status(settings: Settings) -> Status:
    """What runs and how it does. Starts nothing."""
    state = read_state(settings.state_file)
    aws = ministack.is_healthy(state.ministack, settings)
    endpoint = runtime.is_healthy(state.sagemaker, settings)
    if state.ministack is None or state.sagemaker is None or state.outputs is None:
        return Status(aws, endpoint, None)
    stack = Stack(
        settings,
        ministack.url(state.ministack, settings),
        runtime.url(state.sagemaker, settings),
        state.outputs,
    )
    if not aws:
        return Status(aws, endpoint, stack)
    try:
        visible, in_flight = _depth(stack, state.outputs.work_queue_url)
        dead, _ = _depth(stack, state.outputs.dead_letter_queue_url)
    except (BotoCoreError, ClientError):
        return Status(aws, endpoint, stack)
    return Status(aws, endpoint, stack, visible, in_flight, dead)


def _depth(stack: Stack, queue_url: str) -> tuple[int, int]:
    """Messages waiting in a queue, and messages being worked on."""
    names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
    found = stack.client("sqs").get_queue_attributes(QueueUrl=queue_url, AttributeNames=names)
    return int(found["Attributes"][names[0]]), int(found["Attributes"][names[1]])


def _start_ministack(settings: Settings, state: State, python: Any, progress: Progress) -> State:  # noqa: ANN401
    if ministack.is_healthy(state.ministack, settings):
        return state
    known = state.ministack
    if known:
        ministack.stop(known, settings)  # it may hang, or have left workers behind
    progress("starting MiniStack …")
    process = ministack.start(python, settings, known.port if known else None)
    state = State(process, state.sagemaker, state.outputs)
    write_state(settings.state_file, state)
    return state


def _start_runtime(settings: Settings, state: State, progress: Progress) -> State:
    if runtime.is_healthy(state.sagemaker, settings):
        return state
    known = state.sagemaker
    if known:
        runtime.stop(known, settings)
    progress("starting the SageMaker runtime …")
    process = runtime.start(sys.executable, settings, known.port if known else None)
    state = State(state.ministack, process, state.outputs)
    write_state(settings.state_file, state)
    return state
