"""The state file: which processes run, on which ports, and what was deployed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from common import files
from common.errors import StateError


@dataclass(frozen=True, slots=True)
class Process:
    """A background process: `started` tells it from a later one with the same id."""

    pid: int
    started: str
    port: int
    log: str


class Outputs(msgspec.Struct, frozen=True):
    """What the deployed stack is made of, by the names that AWS calls need."""

    landing_bucket: str
    results_bucket: str
    work_queue_url: str
    dead_letter_queue_url: str
    idempotency_table: str
    progress_table: str
    function_name: str
    log_group: str
    # Empty in the state file of an earlier release, until `up` deploys.
    nightly_function: str = ""
    operate_function: str = ""

    @classmethod
    def of(cls, found: Mapping[str, str]) -> Outputs:
        """From CloudFormation's outputs by key."""
        return cls(
            landing_bucket=found["LandingBucketName"],
            results_bucket=found["ResultsBucketName"],
            work_queue_url=found["WorkQueueUrl"],
            dead_letter_queue_url=found["DeadLetterQueueUrl"],
            idempotency_table=found["IdempotencyTableName"],
            progress_table=found["ProgressTableName"],
            function_name=found["FunctionName"],
            log_group=found["LogGroupName"],
            nightly_function=found["NightlyFunctionName"],
            operate_function=found["OperateFunctionName"],
        )


class State(msgspec.Struct, frozen=True):
    """What the last `up` left behind; ports are remembered after the processes are gone."""

    ministack: Process | None = None
    sagemaker: Process | None = None
    outputs: Outputs | None = None
    sagemaker_aws_url: str | None = None


def read_state(path: Path) -> State:
    """The state in `path`, an empty one when there is no file.

    Raises StateError when the file is not one that `write_state` wrote.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=State)
    except FileNotFoundError:
        return State()
    except (OSError, msgspec.MsgspecError) as error:
        message = f"{path} cannot be read ({error}): stop the stack's processes and delete it"
        raise StateError(message) from error


def write_state(path: Path, state: State) -> None:
    """Write the state in one step: a reader sees the old one or the new one, never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    files.write(path, msgspec.json.format(msgspec.json.encode(state)) + b"\n")
