"""The interface that the runtime needs from a model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from local.sagemaker.payload import GenerationParameters


class Model(Protocol):
    """A loaded model that generates texts.

    The runtime calls it from a single worker thread.
    """

    def generate(self, texts: Sequence[str], parameters: GenerationParameters) -> list[list[str]]:
        """Generate `parameters.num_return_sequences` texts for each text, in order."""
        ...
