"""How a call met the job that it asked for, and how a job is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from common.aws import Target, explained
from common.errors import AwsError, SettingError

State = Literal["started", "resumed", "running", "done"]

# What a job that was there before means for the command that would start the same one.
MET: dict[str, State] = {"InProgress": "running", "Stopping": "running", "Completed": "done"}


@dataclass(frozen=True)
class Started:
    """A job and how this call met it: `running` and `done` were there before."""

    job_name: str
    state: State


def create(target: Target, request: dict[str, Any]) -> None:
    """Start a training job.

    Raises:
        SettingError: its name is taken.
        AwsError: AWS refused, or was not reached.
    """
    name = request["TrainingJobName"]
    try:
        with explained(f"training job {name}"):
            target.client("sagemaker").create_training_job(**request)
    except AwsError as error:
        if error.code == "ResourceInUse":
            raise taken(name) from None
        raise


def taken(name: str) -> SettingError:
    """The error for a name that another job has."""
    return SettingError(
        f"--job-name {name}", "another job has this name, and names are never free again"
    )
