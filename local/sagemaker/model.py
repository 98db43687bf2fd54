"""What the runtime needs of a model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from local.sagemaker.payload import GenerationParameters


class Model(Protocol):
    """A loaded model that generates texts.

    The runtime calls it from one worker thread, never twice at a time.
    """

    def generate(self, texts: Sequence[str], parameters: GenerationParameters) -> list[list[str]]:
        """Generate for each text `parameters.num_return_sequences` texts, in the order given."""
        ...
