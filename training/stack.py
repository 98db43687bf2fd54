"""The deployed stack's outputs and parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from common.aws import Target, explained
from common.errors import AwsError, SettingError
from common.stack_state import Outputs


@dataclass(frozen=True)
class DeployedStack:
    """The stack as CloudFormation describes it."""

    name: str
    target: Target
    outputs: Outputs
    parameters: dict[str, str]

    def client(self, service: str) -> Any:  # noqa: ANN401  # untyped boto3 client
        """A client for the AWS target of the stack."""
        return self.target.client(service)


def describe(target: Target) -> DeployedStack:
    """The stack `target.stack_name`.

    Raises:
        SettingError: no such stack is deployed.
        AwsError: AWS rejected the request or could not be reached.
    """
    name = target.stack_name
    formation = target.client("cloudformation")
    try:
        with explained(f"stack {name}"):
            found = formation.describe_stacks(StackName=name)["Stacks"][0]
    except AwsError as error:
        if error.code == "ValidationError":
            raise SettingError(
                "--stack", f"stack {name} does not exist; run `make deploy` first"
            ) from None
        raise
    outputs = {item["OutputKey"]: item["OutputValue"] for item in found.get("Outputs", [])}
    try:
        typed = Outputs.of(outputs)
    except KeyError as error:
        problem = f"{name} has no output {error}; it is another stack or not fully deployed"
        raise SettingError("--stack", problem) from None
    return DeployedStack(
        name,
        target,
        typed,
        {p["ParameterKey"]: p.get("ParameterValue", "") for p in found.get("Parameters", [])},
    )
