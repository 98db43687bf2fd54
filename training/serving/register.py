"""Registers models in the parameters of the deployed stack, where the functions read them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from common.aws import Target, explained
from common.errors import AwsError, SettingError
from training import stack
from training.config import Role, Serving
from training.serving import generation

PREFIXES: dict[Role, str] = {"fine-tuned": "FineTuned", "pre-trained": "PreTrained"}
POLL_S = {"sagemaker": 5.0, "local": 0.2}
_NOTHING_TO_DO = "No updates are to be performed"


def request(deployed: stack.DeployedStack, servings: Sequence[Serving]) -> dict[str, Any]:
    """The UpdateStack request: these models' parameters, everything else unchanged."""
    changed: dict[str, str] = {}
    for one in servings:
        prefix = PREFIXES[one.role]
        changed |= {
            f"{prefix}Endpoint": one.endpoint_name,
            f"{prefix}ModelId": one.model_id,
            f"{prefix}ModelVersion": one.version,
        }
        if one.max_output_length is not None:
            name = f"{prefix}Generation"
            before = generation.read(name, deployed.parameters.get(name, ""))
            changed[name] = generation.with_length(name, before, one.max_output_length)
    missing = changed.keys() - deployed.parameters.keys()
    if missing:
        problem = f"has no parameter {min(missing)}; it is another project's or out of date"
        raise SettingError(f"stack {deployed.name}", problem)
    return {
        "StackName": deployed.name,
        "UsePreviousTemplate": True,
        "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        "Parameters": [
            {"ParameterKey": name, "ParameterValue": changed[name]}
            if name in changed
            else {"ParameterKey": name, "UsePreviousValue": True}
            for name in deployed.parameters
        ],
    }


def register(
    target: Target, servings: Sequence[Serving], sleep: Callable[[float], None] = time.sleep
) -> bool:
    """Update the stack and wait; returns False if these models are already registered.

    Raises:
        SettingError: the stack is not deployed, or its update fails.
        AwsError: AWS rejected the request or could not be reached.
    """
    wanted = request(stack.describe(target), servings)
    formation = target.client("cloudformation")
    name = wanted["StackName"]
    try:
        with explained(f"stack {name}"):
            formation.update_stack(**wanted)
    except AwsError as error:
        if _NOTHING_TO_DO in str(error):
            return False
        raise
    while True:
        with explained(f"stack {name}"):
            found = formation.describe_stacks(StackName=name)["Stacks"][0]
        status = found["StackStatus"]
        if status == "UPDATE_COMPLETE":
            return True
        if not status.endswith("IN_PROGRESS"):
            reason = found.get("StackStatusReason") or status
            raise SettingError(f"stack {name}", f"could not be updated: {reason}")
        sleep(POLL_S[target.backend])
