"""The local SageMaker as a background process (the server itself is local.sagemaker)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from local.stack import processes

if TYPE_CHECKING:
    from collections.abc import Callable

    from common.stack_settings import LocalStackSettings
    from common.stack_state import Process


def url(process: Process, settings: LocalStackSettings) -> str:
    """The URL of the local SageMaker."""
    return f"http://{settings.host}:{process.port}"


def start(
    python: str,
    settings: LocalStackSettings,
    aws_url: str,
    known: Process | None,
    started: Callable[[Process], None],
) -> Process:
    """Start the local SageMaker, on `known`'s port if it is free; wait for its /ping.

    `aws_url` is the URL of MiniStack, which stores models, data and logs. `started` receives the
    process before the wait, so that it can be recorded and stopped later.

    Raises ProcessError.
    """
    chosen = processes.free_port(settings.host, known.port if known else None)
    command = [python, "-m", "local.sagemaker", "--host", settings.host, "--port", str(chosen)]
    command += ["--state", str(settings.sagemaker_directory), "--aws-url", aws_url]
    for name, directory in settings.models.items():
        command += ["--endpoint", f"{name}={directory}"]
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    process = processes.start(
        command,
        environment=kept | {"PYTHONPATH": str(settings.root)},
        port=chosen,
        log=settings.logs_directory / "sagemaker.log",
    )
    try:
        started(process)
        processes.wait_until_healthy(
            process,
            f"{url(process, settings)}/ping",
            name="the local SageMaker",
            timeout=settings.start_timeout,
        )
    except BaseException:
        stop(process, settings)
        raise
    return process


def stop(process: Process, settings: LocalStackSettings) -> None:
    """Stop the local SageMaker."""
    processes.stop(process, settings.stop_timeout)


def is_healthy(process: Process | None, settings: LocalStackSettings) -> bool:
    """Whether the local SageMaker runs and responds."""
    if process is None or not processes.is_alive(process):
        return False
    return processes.answers(f"{url(process, settings)}/ping")
