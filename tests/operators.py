"""Asks the operators' function of a pretended account."""

from __future__ import annotations

from typing import Any

from chalicelib import aws, operations
from chalicelib.settings import current_settings


def operate_on(action: str, seconds_left: float = 300.0, **members: str) -> dict[str, Any]:
    """What the function answers."""
    means = operations.OperatorContext(
        current_settings(), aws.s3(), aws.sqs(), aws.dynamodb(), lambda: seconds_left
    )
    return operations.answer(means, {"action": action, **members})
