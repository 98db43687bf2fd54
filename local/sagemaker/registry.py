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
    """Holds one batcher per endpoint. Must be used only in the server's event loop."""

    def __init__(self, models: Mapping[str, Model]) -> None:
        """Put `models` in service by endpoint name; raises EndpointNameError."""
        self._endpoints: dict[str, Batcher] = {}
        for name, model in models.items():
            self.add(name, model)

    def __len__(self) -> int:
        """The number of endpoints in service."""
        return len(self._endpoints)

    def add(self, name: str, model: Model) -> None:
        """Put a loaded model in service; raises EndpointNameError."""
        check_endpoint_name(name)
        if name in self._endpoints:
            raise EndpointNameError(name, "already exists; use a different name for each endpoint")

        self._endpoints[name] = Batcher(model)

    def get(self, name: str) -> Batcher:
        """The batcher of the endpoint; raises EndpointNotFoundError."""
        try:
            return self._endpoints[name]
        except KeyError:
            raise EndpointNotFoundError(name) from None

    async def remove(self, name: str) -> None:
        """Take the endpoint out of service, then finish its pending requests."""
        batcher = self.get(name)
        del self._endpoints[name]
        await batcher.aclose()

    async def replace(self, name: str, model: Model) -> None:
        """Put a loaded model in service; a previous model finishes its pending requests.

        Raises EndpointNameError.
        """
        check_endpoint_name(name)
        previous = self._endpoints.get(name)
        self._endpoints[name] = Batcher(model)
        if previous is not None:
            await previous.aclose()

    async def discard(self, name: str) -> None:
        """Take the endpoint out of service, if it is in service."""
        if name in self._endpoints:
            await self.remove(name)

    async def aclose(self) -> None:
        """Take every endpoint out of service."""
        for name in list(self._endpoints):
            await self.remove(name)


def check_endpoint_name(name: str) -> None:
    """Raise EndpointNameError for a name that CreateEndpoint would reject."""
    if len(name) > _MAX_NAME_LENGTH or not _NAME.fullmatch(name):
        raise EndpointNameError(
            name, f"use 1 to {_MAX_NAME_LENGTH} letters, digits and inner hyphens"
        )
