"""Runs the endpoint with a GPU's costs in a process of its own, and lets a function call it."""

from __future__ import annotations

import json
import os
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from botocore.config import Config
from botocore.exceptions import HTTPClientError

from benchmarks.curve.cost import CostCurve
from benchmarks.curve.server import Counts
from benchmarks.events import S3_TEST, sqs_event
from common.paths import ROOT
from local.aws import CONFIG, client
from local.stack import processes

if TYPE_CHECKING:
    from local.stack.lifecycle import Stack

HOST = "127.0.0.1"
START_S = 60.0
STOP_S = 10.0
ATTEMPTS, PAUSE_S = 10, 0.5
# An invocation without work takes a second or two, with the imports.
_IMPATIENT = CONFIG.merge(Config(read_timeout=20, retries={"total_max_attempts": 1}))
URL_VARIABLE = "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME"
# Loopback: ignore the user's proxy settings.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True, slots=True)
class CurveEndpoint:
    """A running endpoint."""

    url: str
    curve: CostCurve
    pid: int

    def counts(self) -> Counts:
        """What it has done since it was started."""
        with _opener.open(f"{self.url}/counts", timeout=10) as response:
            return msgspec.json.decode(response.read(), type=Counts)


@contextmanager
def serving(curve: CostCurve, log: Path, instances: int = 1) -> Iterator[CurveEndpoint]:
    """Run an endpoint on a free port of the loopback, with its output in `log`.

    Raises ProcessError if it does not start.
    """
    port = processes.free_port(HOST)
    url = f"http://{HOST}:{port}"
    command = [sys.executable, "-m", "benchmarks.curve.server", "--port", str(port)]
    command += ["--call-ms", str(curve.call_ms), "--record-ms", str(curve.record_ms)]
    command += ["--instances", str(instances)]
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    process = processes.start(
        command, environment=kept | {"PYTHONPATH": str(ROOT)}, port=port, log=log
    )
    try:
        processes.wait_until_healthy(
            process, f"{url}/ping", name="the endpoint with a GPU's costs", timeout=START_S
        )
        yield CurveEndpoint(url, curve, process.pid)
    finally:
        processes.stop(process, STOP_S)


@contextmanager
def called_by_the_function(stack: Stack, url: str) -> Iterator[None]:
    """Let the deployed function call the endpoint at `url`, and afterwards its own again.

    Raises RuntimeError if the function cannot be invoked with the new configuration.
    """
    functions = client("lambda", stack.aws_url, stack.settings, _IMPATIENT)
    name = stack.outputs.function_name
    found = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    try:
        _configure(functions, name, found | {URL_VARIABLE: url})
        yield
    finally:
        _configure(functions, name, found)


def _configure(functions: Any, name: str, variables: dict[str, str]) -> None:  # noqa: ANN401  # boto3's
    """Set a function's variables, and wait until it can be invoked with them.

    MiniStack ends the processes with the old configuration, and sometimes a new one with them: an
    invocation then fails or is never answered. The messages of one with work would stay hidden for
    the queue's visibility timeout.
    """
    functions.update_function_configuration(FunctionName=name, Environment={"Variables": variables})
    functions.get_waiter("function_updated_v2").wait(FunctionName=name)
    nothing_to_do = json.dumps(sqs_event([S3_TEST])).encode()
    for _ in range(ATTEMPTS):
        with suppress(HTTPClientError):
            if "FunctionError" not in functions.invoke(FunctionName=name, Payload=nothing_to_do):
                return
        time.sleep(PAUSE_S)
    raise RuntimeError(f"{name} fails with its new configuration, {ATTEMPTS} times")
