"""What dropping, waiting and reading need of a deployed stack: here or on AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from common.stack_state import Outputs


class Deployed(Protocol):
    """A deployed stack: what it is made of, and clients of the AWS that it is on."""

    @property
    def outputs(self) -> Outputs:
        """Its buckets, queues and tables by name."""
        ...

    def client(self, service: str) -> Any:  # noqa: ANN401  # boto3's
        """A boto3 client."""
        ...
