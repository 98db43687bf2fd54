"""Creates a training job, and describes its state for the call that requested it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from common.aws import Target, explained
from common.errors import AwsError, SettingError

State = Literal["started", "resumed", "running", "done"]

# What an existing job's status means for the command that would start the same one.
MET: dict[str, State] = {"InProgress": "running", "Stopping": "running", "Completed": "done"}


@dataclass(frozen=True)
class Started:
    """A job and its state for this call: `running` and `done` jobs existed before.

    If there is no capacity for it, `start` can be called again for `next_types`, and `advice` ends
    the error that says so: which other types the model supports.
    """

    job_name: str
    state: State
    next_types: tuple[str, ...] = ()
    advice: str = ""


def create(target: Target, request: dict[str, Any]) -> None:
    """Start a training job.

    Raises:
        SettingError: its name is taken.
        AwsError: AWS rejected the request or could not be reached.
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
    """The error for a name that is taken."""
    return SettingError(
        f"--job-name {name}", "another job has this name, and names cannot be reused"
    )
