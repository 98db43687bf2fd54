"""What the control plane answers when it refuses, in the words of the service.

ControlError
├── InvalidRequestError      ValidationException, 400
├── NotFoundError            ValidationException, 400: what is named is not there
├── InUseError               ResourceInUse, 400: the name of a job is taken
├── NoScalableTargetError    ObjectNotFoundException, 400: of Application Auto Scaling
└── UnknownOperationError    UnknownOperationException, 404
"""

from __future__ import annotations


class ControlError(Exception):
    """A request that is refused; `code` is what boto3 shows as the error's code."""

    code = "InternalFailure"
    status = 400


class InvalidRequestError(ControlError):
    """A request that the service model or a rule of the service forbids."""

    code = "ValidationException"


class NotFoundError(ControlError):
    """A resource that is not there."""

    code = "ValidationException"

    def __init__(self, what: str, name: str) -> None:
        """`what` is the kind of resource, `name` its ARN."""
        super().__init__(f'Could not find {what} "{name}".')


class InUseError(ControlError):
    """A name that is taken for good."""

    code = "ResourceInUse"


class NoScalableTargetError(ControlError):
    """Nothing is registered under this name with Application Auto Scaling."""

    code = "ObjectNotFoundException"


class UnknownOperationError(ControlError):
    """An operation that this control plane has not."""

    code = "UnknownOperationException"
    status = 404

    def __init__(self, operation: str) -> None:
        """Name the operation."""
        super().__init__(f"The local SageMaker has no {operation}.")
