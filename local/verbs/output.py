"""Output of the verbs, and the running stack that most of them need."""

from __future__ import annotations

import json
import sys
from typing import Any

from common.stack_settings import LocalStackSettings
from local.errors import ProcessError
from local.stack import lifecycle


def say(text: str) -> None:
    """Print a result."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def document(response: dict[str, Any]) -> str:
    """A function's response as indented JSON."""
    return json.dumps(response, indent=1, ensure_ascii=False)


def places(stack: lifecycle.Stack) -> str:
    """The URLs and buckets of a stack, one per line."""
    return "\n".join(
        (
            f"AWS endpoint              {stack.aws_url}",
            f"with SageMaker            {stack.front_url}",
            f"landing bucket            {stack.outputs.landing_bucket}",
            f"results bucket            {stack.outputs.results_bucket}",
        )
    )


def running_stack() -> lifecycle.Stack:
    """The stack, which must be up.

    Raises:
        ProcessError: it is not, or an earlier release deployed it.
    """
    settings = LocalStackSettings()
    found = lifecycle.status(settings)
    if found.stack is None or not (found.ministack and found.sagemaker):
        message = "the local stack is not up: run `python -m local up` first"
        raise ProcessError(message, settings.logs_directory)
    if not found.stack.outputs.operate_function:
        message = "an earlier release deployed the local stack: run `python -m local up` again"
        raise ProcessError(message, settings.logs_directory)
    return found.stack
