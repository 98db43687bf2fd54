"""Errors of the local SageMaker runtime.

    LocalSageMakerError
    ├── SetupError                      shown to the operator as one line, nothing is served
    │   ├── HostError
    │   ├── PortError
    │   ├── EndpointNameError
    │   ├── ModelDirectoryError
    │   └── StateFileError
    └── InvocationError                 answered to the caller, the server goes on
        ├── EndpointNotFoundError       ValidationError, 400
        ├── BodyTooLargeError           413
        └── ContainerError              ModelError, 424
            ├── BadPayloadError         the container said 400
            ├── UnsupportedContentTypeError             415
            ├── ModelFailedError                        500
            └── InvocationTimeoutError  the container said nothing in time

No error carries text of a request: a message may reach a log at either end.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

TIMEOUT_MESSAGE = (
    "Your invocation timed out while waiting for a response from container primary. Review the "
    "latency metrics for each container in Amazon CloudWatch, resolve the issue, and try again."
)


class LocalSageMakerError(Exception):
    """Base of every error of this package."""


class SetupError(LocalSageMakerError):
    """The server cannot start; the message is one line that says what to do."""

    exit_code: ClassVar[int] = 2


class HostError(SetupError):
    """The address is not a loopback address."""

    def __init__(self, host: str) -> None:
        """`host`: the address as it was asked for."""
        self.host = host
        super().__init__(f"--host {host}: only loopback is served; use 127.0.0.1")


class PortError(SetupError):
    """The port cannot be bound."""

    exit_code = 3

    def __init__(self, host: str, port: int, reason: str) -> None:
        """`reason`: what the operating system said."""
        self.host = host
        self.port = port
        super().__init__(f"cannot listen on {host}:{port} ({reason}); choose another --port")


class EndpointNameError(SetupError):
    """A name SageMaker would not accept for an endpoint, or one that is taken."""

    def __init__(self, name: str, problem: str) -> None:
        """`problem`: what is wrong with the name, and what to do."""
        self.name = name
        super().__init__(f"endpoint {name!r}: {problem}")


class ModelDirectoryError(SetupError):
    """A model directory that is missing, incomplete or unreadable."""

    def __init__(self, path: Path, problem: str) -> None:
        """`problem`: what is wrong with the directory, in one line."""
        self.path = path
        super().__init__(
            f"model directory {path}: {problem}; it must hold config.json, "
            "model.safetensors and sentencepiece.model"
        )


class StateFileError(SetupError):
    """A file of the control plane's memory that cannot be read."""

    exit_code = 3

    def __init__(self, path: Path) -> None:
        """`path`: the file."""
        self.path = path
        super().__init__(f"{path} cannot be read: delete it, the resource in it is lost")


class InvocationError(LocalSageMakerError):
    """One invocation is refused or failed."""


class EndpointNotFoundError(InvocationError):
    """No endpoint of this name is in service."""

    def __init__(self, name: str) -> None:
        """`name`: the endpoint that was asked for."""
        self.name = name
        super().__init__(f"Endpoint {name} not found.")


class BodyTooLargeError(InvocationError):
    """The body is longer than InvokeEndpoint takes."""

    def __init__(self, limit: int) -> None:
        """`limit`: the most bytes a body may have."""
        self.limit = limit
        super().__init__(f"HTTP content length exceeded {limit} bytes.")


class ContainerError(InvocationError):
    """The model container answered with an error, which InvokeEndpoint wraps in ModelError.

    `status` is the container's own HTTP status; SageMaker writes 0 where there was no answer.
    """

    status: ClassVar[int]


class BadPayloadError(ContainerError):
    """The payload is no JSON, or not what the container takes."""

    status = 400


class UnsupportedContentTypeError(ContainerError):
    """The container reads application/json and application/x-text."""

    status = 415

    def __init__(self) -> None:
        """The content type itself is the caller's text and is not repeated."""
        super().__init__(
            "The requested content type is not supported; "
            "use application/json or application/x-text."
        )


class ModelFailedError(ContainerError):
    """The model raised or gave a wrong number of texts; only the kind of failure is told."""

    status = 500

    def __init__(self, kind: str) -> None:
        """`kind`: the class of the model's error, never its message."""
        self.kind = kind
        super().__init__(f"The model failed ({kind}).")


class InvocationTimeoutError(ContainerError):
    """The container did not answer within the time limit."""

    status = 0

    def __init__(self) -> None:
        """The message is SageMaker's own."""
        super().__init__(TIMEOUT_MESSAGE)
