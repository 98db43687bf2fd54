"""The whole local stack: up, down, status."""

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
from local.stack import deploy, ministack, processes, registered_models, sagemaker_process

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from common.stack_settings import LocalStackSettings
    from common.stack_state import Process

    Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Stack:
    """A running stack: where AWS and the SageMaker runtime are called, and what was deployed."""

    settings: LocalStackSettings
    aws_url: str
    runtime_url: str
    outputs: Outputs

    @property
    def front_url(self) -> str:
        """Where every service is called, SageMaker too: the rest goes on to `aws_url`."""
        return self.runtime_url

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
        return (
            self.ministack and self.sagemaker and self.stack is not None and not self.dead_letters
        )


def up(settings: LocalStackSettings, progress: Progress = environments.say) -> Stack:
    """Start what does not run, deploy what is not deployed; quick when all is there.

    Raises LocalError (see errors.py); what was started before the error keeps running, for `up`
    to go on with and `down` to stop.
    """
    check_platform()
    with locked(settings.state_directory / ".lock"):
        with ThreadPoolExecutor(max_workers=2) as pool:
            environment = pool.submit(environments.ensure, "ministack", settings.root, progress)
            packaging = pool.submit(
                build, settings.package_directory, root=settings.root, progress=progress
            )
            python = environment.result()
            aws = _ensure_ministack(settings, python, progress)
            endpoint = _ensure_runtime(settings, ministack.url(aws, settings), progress)
            package = packaging.result()
        runtime_url = sagemaker_process.url(endpoint, settings)
        outputs, deployed = deploy.deploy(
            settings,
            aws_url=ministack.url(aws, settings),
            package=package,
            values=deploy.parameters(settings, runtime_url, ministack.url(aws, settings)),
            progress=progress,
        )
        if deployed:
            # MiniStack saves when it stops: from here on SIGKILL costs the messages in the queue
            # and no more, and the next `up` finds the stack again.
            ministack.stop(aws, settings)
            aws = ministack.start(python, settings, aws, partial(_note, settings, "ministack"))
            endpoint = _ensure_runtime(settings, ministack.url(aws, settings), progress)
        write_state(
            settings.state_file, State(aws, endpoint, outputs, ministack.url(aws, settings))
        )
    return Stack(settings, ministack.url(aws, settings), runtime_url, outputs)


def down(settings: LocalStackSettings, progress: Progress = environments.say) -> bool:
    """Stop both processes; what was uploaded and computed stays on disk. False: none ran."""
    with locked(settings.state_directory / ".lock"):
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
    """What runs and how it does. Starts nothing."""
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
    """Messages waiting in a queue, and messages being worked on."""
    names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
    found = stack.client("sqs").get_queue_attributes(QueueUrl=queue_url, AttributeNames=names)
    return int(found["Attributes"][names[0]]), int(found["Attributes"][names[1]])


def _ensure_ministack(settings: LocalStackSettings, python: Path, progress: Progress) -> Process:
    """The MiniStack that runs, or a new one in its place."""
    known = read_state(settings.state_file).ministack
    if known and ministack.is_healthy(known, settings):
        return known
    if known:
        ministack.stop(known, settings)  # it may hang, or have left workers behind
    progress("starting MiniStack …")
    return ministack.start(python, settings, known, partial(_note, settings, "ministack"))


def _ensure_runtime(settings: LocalStackSettings, aws_url: str, progress: Progress) -> Process:
    """The local SageMaker that runs, or a new one in its place."""
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
        sagemaker_process.stop(
            known, settings
        )  # it may hang, know another MiniStack, or serve too little
    progress("starting the local SageMaker …")
    started = sagemaker_process.start(
        sys.executable, settings, aws_url, known, partial(_note, settings, "sagemaker")
    )
    state = read_state(settings.state_file)
    changed = msgspec.structs.replace(state, sagemaker_aws_url=aws_url)
    write_state(settings.state_file, changed)
    return started


def _note(settings: LocalStackSettings, name: str, process: Process) -> None:
    """Write down a process as soon as it runs: one that nobody knows is never stopped."""
    state = read_state(settings.state_file)
    write_state(settings.state_file, msgspec.structs.replace(state, **{name: process}))
