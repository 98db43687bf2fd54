"""SIGKILL for a local stack's processes, and what must pass before its work is taken up again."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from common.stack_state import Process, read_state
from local.stack import processes
from local.stack.lifecycle import Stack

DIED_S = 10.0


def function_pids(stack: Stack, function: str) -> list[int]:
    """The processes in which MiniStack runs a function of this stack."""
    mark = f"{stack.settings.temporary_directory}/".encode()
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            command = path.read_bytes()
            if mark in command and function.encode() in command:
                found.append(int(path.parent.name))
    return found


def kill_function(stack: Stack, function: str) -> int:
    """SIGKILL every process of a function; returns how many there were."""
    pids = function_pids(stack, function)
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return len(pids)


def kill_ministack(stack: Stack) -> None:
    """SIGKILL MiniStack and the functions in it: what it did not save is lost."""
    _kill_group(read_state(stack.settings.state_file).ministack)


def kill_sagemaker(stack: Stack) -> None:
    """SIGKILL the local SageMaker, with its endpoints and jobs."""
    _kill_group(read_state(stack.settings.state_file).sagemaker)


def _kill_group(process: Process | None) -> None:
    assert processes.is_alive(process), "it has died by itself"
    assert process is not None
    os.killpg(process.pid, signal.SIGKILL)  # it leads its group; see processes.start
    wait_until(lambda: not processes.is_alive(process), DIED_S)


def configure(stack: Stack, function: str, variables: Mapping[str, str]) -> None:
    """Set environment variables of a function; its next invocation sees them."""
    functions = stack.client("lambda")
    found = functions.get_function_configuration(FunctionName=function)["Environment"]["Variables"]
    functions.update_function_configuration(
        FunctionName=function, Environment={"Variables": found | variables}
    )


def let_claims_expire(stack: Stack) -> int:
    """Let the time pass after which a claim that was not completed is free; returns how many."""
    dynamodb, table = stack.client("dynamodb"), stack.outputs.idempotency_table
    expired = 0
    for page in dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        for item in page["Items"]:
            if item["status"]["S"] == "INPROGRESS":
                item["in_progress_expiration"] = {"N": "1"}
                dynamodb.put_item(TableName=table, Item=item)
                expired += 1
    return expired


def wait_until(condition: Callable[[], bool], timeout_s: float) -> None:
    """Wait for a condition. Raises TimeoutError."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.02)
