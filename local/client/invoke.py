"""Invokes the functions that users call: the nightly function and the operator function."""

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

# A function may run for 15 minutes, and a slow call must not be retried.
_NO_RETRIES = CONFIG.merge(Config(read_timeout=910, retries={"total_max_attempts": 1}))
POLL_S = 1.0
# A run that was killed is considered dead after two minutes (chalicelib.nightly.claim).
PATIENCE_S = 300.0


def run_night(stack: Stack) -> dict[str, Any]:
    """Start the nightly run; waits for one in progress, or until a dead one can be taken over.

    Raises InvokeError.
    """
    deadline = time.monotonic() + PATIENCE_S
    while True:
        response = _invoke(stack, stack.outputs.nightly_function, {})
        if response.get("status") != "running":
            return response
        if time.monotonic() > deadline:
            message = f"another nightly run is still gathering files after {PATIENCE_S:.0f} s"
            raise InvokeError(message, stack.settings.logs_directory)
        time.sleep(POLL_S)


def operate(stack: Stack, action: str, **members: str) -> dict[str, Any]:
    """Call the operator function, repeatedly if it runs out of time; returns the merged response.

    Raises UsageError if the request is not valid, InvokeError if the function fails.
    """
    total: dict[str, Any] = {}
    request = {"action": action, **members}
    while True:
        response = _invoke(stack, stack.outputs.operate_function, request)
        if "error" in response:
            raise UsageError(response["error"])
        after = response.pop("next", None)
        total = _merged(total, response)
        if after is None:
            return total
        request |= {"after": after}
        if "token" in response:
            request |= {"token": response["token"]}


def _merged(total: dict[str, Any], response: dict[str, Any]) -> dict[str, Any]:
    """Add the counts of two responses; other members are taken from the later one."""
    merged = response | {
        name: total[name] + value
        for name, value in response.items()
        if name in ("rerun", "redriven") and name in total
    }
    if "files" in response and "files" in total:
        earlier, later = total["files"], response["files"]
        states = sorted({*earlier, *later})
        merged["files"] = {state: earlier.get(state, 0) + later.get(state, 0) for state in states}
    return merged


def _invoke(stack: Stack, name: str, event: dict[str, Any]) -> dict[str, Any]:
    functions = client("lambda", stack.aws_url, stack.settings, _NO_RETRIES)
    try:
        response = functions.invoke(FunctionName=name, Payload=json.dumps(event).encode())
    except (BotoCoreError, ClientError) as error:
        message = f"{name} cannot be invoked ({error}); `python -m local up` may fix it"
        raise InvokeError(message, stack.settings.logs_directory) from error
    result: dict[str, Any] = json.loads(response["Payload"].read() or b"{}")
    if "FunctionError" in response:
        problem = result.get("errorMessage") or "no reason given"
        raise InvokeError(f"{name} failed: {problem}", stack.settings.logs_directory)
    return result
