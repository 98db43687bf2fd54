"""The interface of a deployed stack that the client needs, locally or on AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from common.stack_state import Outputs


class Deployed(Protocol):
    """A deployed stack: its resources, and boto3 clients for its AWS."""

    @property
    def outputs(self) -> Outputs:
        """The names of its buckets, queues and tables."""
        ...

    def client(self, service: str) -> Any:  # noqa: ANN401  # boto3's
        """A boto3 client."""
        ...
