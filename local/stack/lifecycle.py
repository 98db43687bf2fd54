"""The lifecycle of the local stack: up, down, purge, status."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from common import environments
from common.environments import locked
from common.platforms import check_platform
from common.stack_state import Outputs, State, read_state, write_state
from local.aws import client
from local.packaging.package import build
from local.stack import (
    deploy,
    ministack,
    processes,
    purging,
    registered_models,
    sagemaker_process,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from common.stack_settings import LocalStackSettings
    from common.stack_state import Process

    Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Stack:
    """A running stack: the URLs of AWS and of the SageMaker runtime, and the deployed outputs."""

    settings: LocalStackSettings
    aws_url: str
    runtime_url: str
    outputs: Outputs

    @property
    def front_url(self) -> str:
        """The URL of all services: SageMaker's own, which forwards the others to `aws_url`."""
        return self.runtime_url

    def client(self, service: str) -> Any:  # noqa: ANN401  # boto3's
        """A boto3 client of the local AWS."""
        return client(service, self.aws_url, self.settings)


@dataclass(frozen=True, slots=True)
class Status:
    """The health of a stack; queue depths are None if AWS does not respond."""

    ministack: bool
    sagemaker: bool
    stack: Stack | None
    queue_visible: int | None = None
    queue_in_flight: int | None = None
    dead_letters: int | None = None

    @property
    def healthy(self) -> bool:
        """Whether both processes respond, the stack is deployed and there are no dead letters."""
        return (
            self.ministack and self.sagemaker and self.stack is not None and not self.dead_letters
        )


def up(settings: LocalStackSettings, progress: Progress = environments.say) -> Stack:
    """Start what is not running and deploy what is not deployed; quick if everything is up.

    Raises LocalError (see errors.py). What was started before the error keeps running; a further
    `up` continues with it, and `down` stops it.
    """
    check_platform()
    with locked(settings.state_directory / purging.LOCK):
        with ThreadPoolExecutor(max_workers=2) as pool:
            environment = pool.submit(environments.ensure, "ministack", settings.root, progress)
            packaging = pool.submit(
                build, settings.package_directory, root=settings.root, progress=progress
            )
            python = environment.result()
            aws = _ensure_ministack(settings, python, progress)
            endpoint = _ensure_runtime(settings, ministack.url(aws, settings), progress)
            runtime_url = sagemaker_process.url(endpoint, settings)
            values = deploy.parameters(settings, runtime_url, ministack.url(aws, settings))
            package = packaging.result()
        outputs, deployed = deploy.deploy(
            settings,
            aws_url=ministack.url(aws, settings),
            package=package,
            values=values,
            progress=progress,
        )
        if deployed:
            # MiniStack saves its state only when it stops. After this restart, SIGKILL loses only
            # the messages in the queue, and the next `up` finds the stack.
            ministack.stop(aws, settings)
            aws = ministack.start(python, settings, aws, partial(_note, settings, "ministack"))
            endpoint = _ensure_runtime(settings, ministack.url(aws, settings), progress)
        write_state(
            settings.state_file, State(aws, endpoint, outputs, ministack.url(aws, settings))
        )
    return Stack(settings, ministack.url(aws, settings), runtime_url, outputs)


def down(settings: LocalStackSettings, progress: Progress = environments.say) -> bool:
    """Stop both processes; data stays on disk. Returns False if none was running."""
    with locked(settings.state_directory / purging.LOCK):
        return _stop(settings, progress)


def purge(settings: LocalStackSettings, progress: Progress = environments.say) -> purging.Purged:
    """Stop both processes and delete everything that the stack keeps. Repeating it is harmless.

    Raises PurgeError if the state folder contains other things: then nothing is stopped or deleted.
    """
    if not settings.state_directory.is_dir():
        return purging.Purged(0, 0)
    with locked(settings.state_directory / purging.LOCK):
        purging.check(settings)
        _stop(settings, progress)
        return purging.purge(settings)


def _stop(settings: LocalStackSettings, progress: Progress) -> bool:
    """Stop both processes; returns False if none was running."""
    state = read_state(settings.state_file)
    running = [p for p in (state.ministack, state.sagemaker) if processes.is_alive(p)]
    if state.sagemaker:
        sagemaker_process.stop(state.sagemaker, settings)
    if state.ministack:
        ministack.stop(state.ministack, settings)
    if running:
        progress("the local stack is stopped")
    return bool(running)


def status(settings: LocalStackSettings) -> Status:
    """What is running, and whether it is healthy. Starts nothing."""
    state = read_state(settings.state_file)
    aws = ministack.is_healthy(state.ministack, settings)
    endpoint = sagemaker_process.is_healthy(state.sagemaker, settings)
    if state.ministack is None or state.sagemaker is None or state.outputs is None:
        return Status(aws, endpoint, None)
    stack = Stack(
        settings,
        ministack.url(state.ministack, settings),
        sagemaker_process.url(state.sagemaker, settings),
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
    """The numbers of visible and in-flight messages of a queue."""
    names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
    found = stack.client("sqs").get_queue_attributes(QueueUrl=queue_url, AttributeNames=names)
    return int(found["Attributes"][names[0]]), int(found["Attributes"][names[1]])


def _ensure_ministack(settings: LocalStackSettings, python: Path, progress: Progress) -> Process:
    """The running MiniStack, or a new one."""
    known = read_state(settings.state_file).ministack
    if known and ministack.is_healthy(known, settings):
        return known
    if known:
        ministack.stop(known, settings)  # it may hang, or workers may be left
    progress("starting MiniStack …")
    return ministack.start(python, settings, known, partial(_note, settings, "ministack"))


def _ensure_runtime(settings: LocalStackSettings, aws_url: str, progress: Progress) -> Process:
    """The running local SageMaker, or a new one."""
    state = read_state(settings.state_file)
    known = state.sagemaker
    if (
        known
        and state.sagemaker_aws_url == aws_url
        and sagemaker_process.is_healthy(known, settings)
        and registered_models.are_served(settings, sagemaker_process.url(known, settings))
    ):
        return known
    if known:
        # It may hang, use another MiniStack, or not serve all models.
        sagemaker_process.stop(known, settings)
    progress("starting the local SageMaker …")
    started = sagemaker_process.start(
        sys.executable, settings, aws_url, known, partial(_note, settings, "sagemaker")
    )
    state = read_state(settings.state_file)
    changed = msgspec.structs.replace(state, sagemaker_aws_url=aws_url)
    write_state(settings.state_file, changed)
    return started


def _note(settings: LocalStackSettings, name: str, process: Process) -> None:
    """Record a process as soon as it runs, so that it can always be stopped."""
    state = read_state(settings.state_file)
    write_state(settings.state_file, msgspec.structs.replace(state, **{name: process}))
