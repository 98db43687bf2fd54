"""What the control plane answers when it refuses, in SageMaker's words.

ControlError
├── InvalidRequestError      ValidationException, 400
├── NotFoundError            ValidationException, 400: what is named is not there
├── InUseError               ResourceInUse, 400: a name is taken, or a thing is busy
└── UnknownOperationError    UnknownOperationException, 400
"""

from __future__ import annotations


class ControlError(Exception):
    """A request that is refused; `code` is what boto3 shows as the error's code."""

    code = "InternalFailure"


class InvalidRequestError(ControlError):
    """A request that the service model or a rule of the service forbids."""

    code = "ValidationException"


class NotFoundError(ControlError):
    """A resource that is not there."""

    code = "ValidationException"

    def __init__(self, what: str, name: str) -> None:
        """`what` is the kind of resource."""
        super().__init__(f"Could not find {what} '{name}'.")


class InUseError(ControlError):
    """A name that is taken, or a resource that something uses."""

    code = "ResourceInUse"


class UnknownOperationError(ControlError):
    """An operation that this control plane has not."""

    code = "UnknownOperationException"

    def __init__(self, operation: str) -> None:
        """Name the operation."""
        super().__init__(f"The local SageMaker has no {operation}.")
