"""The endpoints in service, by name."""

from __future__ import annotations

import re
from collections.abc import Mapping

from local.sagemaker.batching import Batcher
from local.sagemaker.errors import EndpointNameError, EndpointNotFoundError
from local.sagemaker.model import Model

# CreateEndpoint, EndpointName: at most 63 characters of this pattern.
_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9])*")
_MAX_NAME_LENGTH = 63


class EndpointRegistry:
    """Holds one batcher an endpoint. Used from the server's event loop only."""

    def __init__(self, models: Mapping[str, Model]) -> None:
        """Put `models` in service by their endpoint names; raises EndpointNameError."""
        self._endpoints: dict[str, Batcher] = {}
        for name, model in models.items():
            self.add(name, model)

    def __len__(self) -> int:
        """How many endpoints are in service."""
        return len(self._endpoints)

    def add(self, name: str, model: Model) -> None:
        """Put a loaded model in service; raises EndpointNameError."""
        check_endpoint_name(name)
        if name in self._endpoints:
            raise EndpointNameError(name, "the name is taken; give each endpoint its own")

        self._endpoints[name] = Batcher(model)

    def get(self, name: str) -> Batcher:
        """The batcher of the endpoint; raises EndpointNotFoundError."""
        try:
            return self._endpoints[name]
        except KeyError:
            raise EndpointNotFoundError(name) from None

    async def remove(self, name: str) -> None:
        """Take the endpoint out of service, then let what it was asked before finish."""
        batcher = self.get(name)
        del self._endpoints[name]
        await batcher.aclose()

    async def replace(self, name: str, model: Model) -> None:
        """Put a loaded model in service; one that served before answers what it was asked.

        Raises EndpointNameError.
        """
        check_endpoint_name(name)
        before = self._endpoints.get(name)
        self._endpoints[name] = Batcher(model)
        if before is not None:
            await before.aclose()

    async def discard(self, name: str) -> None:
        """Take the endpoint out of service if it is in it."""
        if name in self._endpoints:
            await self.remove(name)

    async def aclose(self) -> None:
        """Take every endpoint out of service."""
        for name in list(self._endpoints):
            await self.remove(name)


def check_endpoint_name(name: str) -> None:
    """Raise EndpointNameError for a name that CreateEndpoint would refuse."""
    if len(name) > _MAX_NAME_LENGTH or not _NAME.fullmatch(name):
        raise EndpointNameError(
            name, f"use 1 to {_MAX_NAME_LENGTH} letters, digits and inner hyphens"
        )
