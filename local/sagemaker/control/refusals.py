"""The errors of the control plane, with the codes and messages of the service.

ControlError
├── InvalidRequestError      ValidationException, 400
├── NotFoundError            ValidationException, 400: the resource does not exist
├── InUseError               ResourceInUse, 400: the job name is already used
├── NoScalableTargetError    ObjectNotFoundException, 400: in Application Auto Scaling
└── UnknownOperationError    UnknownOperationException, 404
"""

from __future__ import annotations


class ControlError(Exception):
    """A rejected request; `code` is the error code that boto3 shows."""

    code = "InternalFailure"
    status = 400


class InvalidRequestError(ControlError):
    """A request that violates the service model or a rule of the service."""

    code = "ValidationException"


class NotFoundError(ControlError):
    """A resource that does not exist."""

    code = "ValidationException"

    def __init__(self, what: str, name: str) -> None:
        """`what` is the kind of resource, `name` its ARN."""
        super().__init__(f'Could not find {what} "{name}".')


class InUseError(ControlError):
    """A job name that is already used; job names can never be reused."""

    code = "ResourceInUse"


class NoScalableTargetError(ControlError):
    """A resource that is not registered with Application Auto Scaling."""

    code = "ObjectNotFoundException"


class UnknownOperationError(ControlError):
    """An operation that this control plane does not support."""

    code = "UnknownOperationException"
    status = 404

    def __init__(self, operation: str) -> None:
        """`operation` is the name of the operation."""
        super().__init__(f"The local SageMaker does not support {operation}.")
