"""Calls the functions that are called by hand: the night, and the operators' one."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from common.errors import UsageError
from local.aws import CONFIG, client
from local.errors import InvokeError

if TYPE_CHECKING:
    from local.stack.lifecycle import Stack

# A function may work for 15 minutes, and is not to be called a second time for that.
_PATIENT = CONFIG.merge(Config(read_timeout=910, retries={"total_max_attempts": 1}))
POLL_S = 1.0
# A gathering whose run was killed counts as dead after two minutes (chalicelib.nightly.run).
PATIENCE_S = 300.0


def run_night(stack: Stack) -> dict[str, Any]:
    """Run the night; waits for one that is under way, or for a dead one to be taken over.

    Raises InvokeError.
    """
    deadline = time.monotonic() + PATIENCE_S
    while True:
        told = _invoke(stack, stack.outputs.nightly_function, {})
        if told.get("status") != "running":
            return told
        if time.monotonic() > deadline:
            message = "another night gathers files and does not end"
            raise InvokeError(message, stack.settings.logs_directory)
        time.sleep(POLL_S)


def operate(stack: Stack, action: str, **members: str) -> dict[str, Any]:
    """Ask the operators' function, and ask on where it had no time left; returns all of it.

    Raises UsageError when it cannot answer the question, InvokeError when it fails.
    """
    total: dict[str, Any] = {}
    ask = {"action": action, **members}
    while True:
        told = _invoke(stack, stack.outputs.operate_function, ask)
        if "error" in told:
            raise UsageError(told["error"])
        rest = told.pop("next", None)
        total = _added(total, told)
        if rest is None:
            return total
        ask |= {"after": rest, **({"token": told["token"]} if "token" in told else {})}


def _added(total: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """Counts of two answers together; of all else the later one's."""
    added = told | {
        name: total[name] + value
        for name, value in told.items()
        if name in ("rerun", "redriven") and name in total
    }
    if "files" in told and "files" in total:
        states = sorted({*total["files"], *told["files"]})
        added["files"] = {
            state: total["files"].get(state, 0) + told["files"].get(state, 0) for state in states
        }
    return added


def _invoke(stack: Stack, name: str, event: dict[str, Any]) -> dict[str, Any]:
    functions = client("lambda", stack.aws_url, stack.settings, _PATIENT)
    try:
        answer = functions.invoke(FunctionName=name, Payload=json.dumps(event).encode())
    except (BotoCoreError, ClientError) as error:
        message = f"{name} cannot be called ({error}); `python -m local up` may mend it"
        raise InvokeError(message, stack.settings.logs_directory) from error
    told: dict[str, Any] = json.loads(answer["Payload"].read() or b"{}")
    if "FunctionError" in answer:
        problem = told.get("errorMessage") or "no reason given"
        raise InvokeError(f"{name} failed: {problem}", stack.settings.logs_directory)
    return told
