"""MiniStack: the local stack's AWS, a background process with an environment of its own."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from common.stack_settings import ROOT_ACCESS_KEY
from local.aws import ROOT_SECRET_KEY
from local.stack import processes, saved_state

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from common.stack_settings import LocalStackSettings
    from common.stack_state import Process


def url(process: Process, settings: LocalStackSettings) -> str:
    """Where every AWS service of the local stack is called."""
    return f"http://{settings.host}:{process.port}"


def start(
    python: Path,
    settings: LocalStackSettings,
    known: Process | None,
    started: Callable[[Process], None],
) -> Process:
    """Start MiniStack with `python` where `known` ran before, and wait until it answers.

    `started` is told the process before the wait, to write down what has to be stopped one day.

    Functions run with `python` too, so it must be of the version that the zip was built for.
    What an earlier MiniStack kept is taken up. Raises ProcessError.
    """
    port = processes.free_port(settings.host, known.port if known else None)
    shutil.rmtree(settings.temporary_directory, ignore_errors=True)  # code that workers unpacked
    settings.temporary_directory.mkdir(parents=True)
    saved_state.prepare(settings, known.port if known else port, port)
    process = processes.start(
        [str(python), "-m", "ministack.app"],
        environment=environment(settings, port),
        port=port,
        log=settings.logs_directory / "ministack.log",
    )
    try:
        started(process)
        processes.wait_until_healthy(
            process,
            f"{url(process, settings)}/_ministack/health",
            name="MiniStack",
            timeout=settings.start_timeout,
        )
    except BaseException:
        stop(process, settings)
        raise
    return process


def stop(process: Process, settings: LocalStackSettings) -> None:
    """Stop MiniStack and its Lambda workers; what it keeps is on disk then."""
    processes.stop(process, settings.stop_timeout)
    shutil.rmtree(settings.temporary_directory, ignore_errors=True)


def is_healthy(process: Process | None, settings: LocalStackSettings) -> bool:
    """Whether MiniStack runs and answers."""
    if process is None or not processes.is_alive(process):
        return False
    return processes.answers(f"{url(process, settings)}/_ministack/health")


def environment(settings: LocalStackSettings, port: int) -> dict[str, str]:
    """The whole environment of MiniStack, and so of the functions that it runs.

    Made from nothing: the user's AWS profile, keys, endpoints and proxies must reach neither.
    """
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    return kept | {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": settings.host,  # it would listen on every interface
        "MINISTACK_HOST": settings.host,  # in queue URLs; "localhost" may mean ::1
        "MINISTACK_ACCOUNT_ID": settings.account_id,
        "MINISTACK_REGION": settings.region,
        "AUTH": "true",  # functions run under their role: a missing permission shows here
        "PERSIST_STATE": "1",
        "STATE_DIR": str(settings.saved_directory),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(settings.objects_directory),
        "TMPDIR": str(settings.temporary_directory),
        "HOME": str(settings.temporary_directory),
        "LOG_LEVEL": "WARNING",
        # Listeners that nothing here uses.
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "DOCKER_HOST": "unix:///nonexistent",  # it would clean up containers
        # Of the functions: MiniStack hands its own environment down.
        "AWS_ACCESS_KEY_ID": ROOT_ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": ROOT_SECRET_KEY,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "POWERTOOLS_TRACE_DISABLED": "true",  # no X-Ray daemon listens here
    }
