"""MiniStack: the local stack's AWS, a background process with its own virtual environment."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from common.stack_settings import ROOT_ACCESS_KEY
from local.aws import ROOT_SECRET_KEY
from local.stack import processes, saved_state

if TYPE_CHECKING:
    from collections.abc import Callable

    from common.stack_settings import LocalStackSettings
    from common.stack_state import Process


def url(process: Process, settings: LocalStackSettings) -> str:
    """The URL of all AWS services of the local stack."""
    return f"http://{settings.host}:{process.port}"


def start(
    python: Path,
    settings: LocalStackSettings,
    known: Process | None,
    started: Callable[[Process], None],
) -> Process:
    """Start MiniStack with `python`, on `known`'s port if it is free; wait until it responds.

    `started` receives the process before the wait, so that it can be recorded and stopped later.

    Functions run with `python` too, so its version must match the zip. The state that an earlier
    MiniStack saved is restored. Raises ProcessError.
    """
    port = processes.free_port(settings.host, known.port if known else None)
    shutil.rmtree(settings.temporary_directory, ignore_errors=True)  # code unpacked by workers
    settings.temporary_directory.mkdir(parents=True)
    saved_state.prepare(settings, known.port if known else port, port)
    process = processes.start(
        # -P: beside the script is a module of the name of MiniStack's own package.
        [str(python), "-P", str(Path(__file__).with_name("ministack_server.py"))],
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
    """Stop MiniStack and its Lambda workers; it saves its state to disk."""
    processes.stop(process, settings.stop_timeout)
    shutil.rmtree(settings.temporary_directory, ignore_errors=True)


def is_healthy(process: Process | None, settings: LocalStackSettings) -> bool:
    """Whether MiniStack runs and responds."""
    if process is None or not processes.is_alive(process):
        return False
    return processes.answers(f"{url(process, settings)}/_ministack/health")


def environment(settings: LocalStackSettings, port: int) -> dict[str, str]:
    """The environment variables of MiniStack, and thereby of the functions that it runs.

    Built from scratch: the user's AWS profile, keys, endpoints and proxies must not reach them.
    """
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    return kept | {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": settings.host,  # the default is every interface
        "MINISTACK_HOST": settings.host,  # in queue URLs; "localhost" may mean ::1
        "MINISTACK_ACCOUNT_ID": settings.account_id,
        "MINISTACK_REGION": settings.region,
        "AUTH": "true",  # functions run under their role, which reveals missing permissions
        "PERSIST_STATE": "1",
        "STATE_DIR": str(settings.saved_directory),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(settings.objects_directory),
        "TMPDIR": str(settings.temporary_directory),
        "HOME": str(settings.temporary_directory),
        "LOG_LEVEL": "WARNING",
        # Listeners that are not used here.
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "DOCKER_HOST": "unix:///nonexistent",  # otherwise it cleans up containers
        # For the functions, which inherit MiniStack's environment.
        "AWS_ACCESS_KEY_ID": ROOT_ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": ROOT_SECRET_KEY,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "POWERTOOLS_TRACE_DISABLED": "true",  # no X-Ray daemon listens here
    }
