"""The state file: running processes, their ports, and the outputs of the deployed stack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from common import files
from common.errors import StateError


@dataclass(frozen=True, slots=True)
class Process:
    """A background process: `started` distinguishes it from a later one with the same id."""

    pid: int
    started: str
    port: int
    log: str


class Outputs(msgspec.Struct, frozen=True):
    """The resources of the deployed stack, by the names that AWS calls need."""

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
        """Convert CloudFormation's outputs."""
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
    """The state after the last `up`; ports are kept after the processes have ended."""

    ministack: Process | None = None
    sagemaker: Process | None = None
    outputs: Outputs | None = None
    sagemaker_aws_url: str | None = None


def read_state(path: Path) -> State:
    """The state in `path`, or an empty one if there is no file.

    Raises StateError if `write_state` did not write the file.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=State)
    except FileNotFoundError:
        return State()
    except (OSError, msgspec.MsgspecError) as error:
        message = f"{path} cannot be read ({error}): stop the stack's processes and delete it"
        raise StateError(message) from error


def write_state(path: Path, state: State) -> None:
    """Write the state atomically: a reader sees either the old or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    files.write(path, msgspec.json.format(msgspec.json.encode(state)) + b"\n")
