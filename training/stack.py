"""The deployed stack as the training package needs it: its buckets and its parameters."""

from __future__ import annotations

from dataclasses import dataclass

from training.aws import Target, explained
from training.errors import AwsError, SettingError


@dataclass(frozen=True)
class DeployedStack:
    """What CloudFormation tells of the stack."""

    name: str
    outputs: dict[str, str]
    parameters: dict[str, str]

    @property
    def landing_bucket(self) -> str:
        """Where files of findings are dropped."""
        return self.outputs["LandingBucketName"]

    @property
    def results_bucket(self) -> str:
        """Where results and the lake are written."""
        return self.outputs["ResultsBucketName"]


def describe(target: Target) -> DeployedStack:
    """The stack `target.stack_name`.

    Raises:
        SettingError: no such stack is deployed.
        AwsError: AWS refused, or was not reached.
    """
    name = target.stack_name
    formation = target.client("cloudformation")
    try:
        with explained(f"stack {name}"):
            found = formation.describe_stacks(StackName=name)["Stacks"][0]
    except AwsError as error:
        if error.code == "ValidationError":
            raise SettingError(
                "--stack", f"no stack is called {name}; `make deploy` first"
            ) from None
        raise
    return DeployedStack(
        name,
        {item["OutputKey"]: item["OutputValue"] for item in found.get("Outputs", [])},
        {p["ParameterKey"]: p.get("ParameterValue", "") for p in found.get("Parameters", [])},
    )
