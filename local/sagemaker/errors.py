"""Errors of the local SageMaker runtime.

    LocalSageMakerError
    ├── SetupError                      shown to the operator on one line; the server does not start
    │   ├── HostError
    │   ├── PortError
    │   ├── EndpointNameError
    │   ├── ModelDirectoryError
    │   └── StateFileError
    └── InvocationError                 returned to the caller; the server continues
        ├── EndpointNotFoundError       ValidationError, 400
        ├── BodyTooLargeError           413
        └── ContainerError              ModelError, 424
            ├── BadPayloadError         the container returned 400
            ├── UnsupportedContentTypeError                 415
            ├── ModelFailedError                            500
            └── InvocationTimeoutError  the container did not respond in time

No error contains text of a request: its message may be logged by server and client.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

TIMEOUT_MESSAGE = (
    "Your invocation timed out while waiting for a response from container primary. Review the "
    "latency metrics for each container in Amazon CloudWatch, resolve the issue, and try again."
)


class LocalSageMakerError(Exception):
    """The base class of this package's errors."""


class SetupError(LocalSageMakerError):
    """The server cannot start; the message is one line that says what to do."""

    exit_code: ClassVar[int] = 2


class HostError(SetupError):
    """The address is not a loopback address."""

    def __init__(self, host: str) -> None:
        """`host` is the requested address."""
        self.host = host
        super().__init__(f"--host {host}: must be a loopback address; use 127.0.0.1")


class PortError(SetupError):
    """The port cannot be bound."""

    exit_code = 3

    def __init__(self, host: str, port: int, reason: str) -> None:
        """`reason` is the message of the operating system."""
        self.host = host
        self.port = port
        super().__init__(f"cannot listen on {host}:{port} ({reason}); choose another --port")


class EndpointNameError(SetupError):
    """An endpoint name that SageMaker would not accept, or that is already used."""

    def __init__(self, name: str, problem: str) -> None:
        """`problem` says what is wrong with the name, and what to do."""
        self.name = name
        super().__init__(f"endpoint {name!r}: {problem}")


class ModelDirectoryError(SetupError):
    """A model directory that is missing, incomplete or unreadable."""

    def __init__(self, path: Path, problem: str) -> None:
        """`problem` says what is wrong with the directory, on one line."""
        self.path = path
        super().__init__(
            f"model directory {path}: {problem}; it must contain config.json, "
            "model.safetensors and sentencepiece.model"
        )


class StateFileError(SetupError):
    """A state file of the control plane that cannot be read."""

    exit_code = 3

    def __init__(self, path: Path) -> None:
        """`path` is the file."""
        self.path = path
        super().__init__(f"{path} cannot be read: delete it (its resource is lost)")


class InvocationError(LocalSageMakerError):
    """One invocation was rejected or failed."""


class EndpointNotFoundError(InvocationError):
    """No endpoint of this name is in service."""

    def __init__(self, name: str) -> None:
        """`name` is the requested endpoint."""
        self.name = name
        super().__init__(f"Endpoint {name} not found.")


class BodyTooLargeError(InvocationError):
    """The body is longer than InvokeEndpoint accepts."""

    def __init__(self, limit: int) -> None:
        """`limit` is the maximum size of a body in bytes."""
        self.limit = limit
        super().__init__(f"HTTP content length exceeded {limit} bytes.")


class ContainerError(InvocationError):
    """The model container returned an error, which InvokeEndpoint wraps in ModelError.

    `status` is the container's HTTP status; SageMaker reports 0 if it did not respond.
    """

    status: ClassVar[int]


class BadPayloadError(ContainerError):
    """The payload is not JSON, or not what the container accepts."""

    status = 400


class UnsupportedContentTypeError(ContainerError):
    """The container reads application/json and application/x-text."""

    status = 415

    def __init__(self) -> None:
        """The content type comes from the caller, so the message does not repeat it."""
        super().__init__(
            "The requested content type is not supported; "
            "use application/json or application/x-text."
        )


class ModelFailedError(ContainerError):
    """The model raised an error or returned a wrong number of texts."""

    status = 500

    def __init__(self, kind: str) -> None:
        """`kind` is the class of the model's error, never its message."""
        self.kind = kind
        super().__init__(f"The model failed ({kind}).")


class InvocationTimeoutError(ContainerError):
    """The container did not respond within the time limit."""

    status = 0

    def __init__(self) -> None:
        """The message is SageMaker's."""
        super().__init__(TIMEOUT_MESSAGE)
