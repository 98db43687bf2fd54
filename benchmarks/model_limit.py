"""The limit: the embedded model alone, without HTTP, in the batches that suit it best.

And, as the limit of what a client of the endpoint can reach, two callers with micro-batches.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import msgspec

from benchmarks.figures import seconds
from benchmarks.reports import records
from chalicelib.drafting.endpoint import CallBudget, EndpointClient
from chalicelib.drafting.prompts import prompt_for
from chalicelib.settings import Model
from common.stack_settings import LocalStackSettings
from local.aws import client
from local.sagemaker.ctranslate2_model import CTranslate2Model
from local.sagemaker.payload import GenerationParameters

if TYPE_CHECKING:
    from benchmarks.stage import Stage

# Texts per call: local/sagemaker/batching.py says why more is not always faster.
BATCHES = (8, 16, 32, 64)
TRIED = 256
CALLERS = 2


class Limit:
    """The embedded model, loaded into this process; `batch` is the best number of texts a call."""

    def __init__(self, model: Model) -> None:
        """Load the model that the local stack serves, and try the batch sizes."""
        directory = LocalStackSettings().models_directory / "fine-tuned"
        self._model = CTranslate2Model(directory)
        self._prompt = model.prompt
        self._parameters = msgspec.convert(model.generation, GenerationParameters)
        texts = [one["findings"] for one in records(TRIED, "batches")]
        taken = {size: min(self._seconds(texts, size) for _ in range(2)) for size in BATCHES}
        self.batch = min(taken, key=lambda size: taken[size])

    def seconds(self, findings: Sequence[str]) -> float:
        """The seconds in which it drafts all findings."""
        return self._seconds(findings, self.batch)

    def _seconds(self, findings: Sequence[str], size: int) -> float:
        prompts = [prompt_for(self._prompt, text) for text in findings]

        def decode() -> None:
            for start in range(0, len(prompts), size):
                self._model.generate(prompts[start : start + size], self._parameters)

        return seconds(decode)


def callers_seconds(stage: Stage, findings: Sequence[str]) -> float:
    """The seconds in which two callers send micro-batches as the function does."""
    runtime = client("sagemaker-runtime", stage.stack.runtime_url, stage.settings)
    endpoint = EndpointClient(runtime, CallBudget(seconds_left=lambda: 3600.0))
    batch = int(stage.variables["MICRO_BATCH_RECORDS"])
    half = -(-len(findings) // CALLERS)
    halves = [findings[start : start + half] for start in range(0, len(findings), half)]

    def draft(texts: Sequence[str]) -> None:
        endpoint.draft(stage.model, [prompt_for(stage.model.prompt, text) for text in texts], batch)

    def call() -> None:
        with ThreadPoolExecutor(max_workers=CALLERS) as pool:
            list(pool.map(draft, halves))

    return seconds(call)
