"""Batches concurrent requests into shared model calls."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from local.sagemaker.errors import ModelFailedError
from local.sagemaker.model import Model
from local.sagemaker.payload import GenerationParameters

# Measured with the embedded model, greedy, with 8, 16 and 32 texts per call: 471, 684 and 652 texts
# per second. With beam search, the model itself divides a call.
MAX_BATCH_TEXTS = 16
WINDOW_S = 0.003


@dataclass(eq=False, slots=True)
class _Waiting:
    """One request's texts, the first `taken` of which have been passed to the model."""

    texts: Sequence[str]
    parameters: GenerationParameters
    answer: asyncio.Future[list[list[str]]]
    taken: int = 0
    generated: list[list[str]] = field(default_factory=list)

    @property
    def left(self) -> int:
        return len(self.texts) - self.taken

    def take(self, count: int) -> _Share:
        share = _Share(self, self.texts[self.taken : self.taken + count])
        self.taken += len(share.texts)
        return share


@dataclass(frozen=True, eq=False, slots=True)
class _Share:
    """The texts of one request that go into one model call."""

    request: _Waiting
    texts: Sequence[str]

    def finish(self, generated: list[list[str]]) -> None:
        request = self.request
        request.generated.extend(generated)
        if len(request.generated) == len(request.texts) and not request.answer.done():
            request.answer.set_result(request.generated)

    def fail(self, error: ModelFailedError) -> None:
        if not self.request.answer.done():
            self.request.answer.set_exception(error)


class Batcher:
    """Calls one model in its own thread, one bounded batch at a time.

    Requests with equal parameters that arrive within `window_s` seconds, or while the model is
    busy, share a call of at most `max_texts` texts; a longer request takes several calls. The
    oldest request goes first. A failed call is repeated request by request, so that a request never
    fails because of another. A request whose caller has given up is dropped.
    """

    def __init__(
        self, model: Model, *, max_texts: int = MAX_BATCH_TEXTS, window_s: float = WINDOW_S
    ) -> None:
        """Take ownership of `model`: no other code may call it."""
        self._model = model
        self._max_texts = max_texts
        self._window_s = window_s
        self._queue: deque[_Waiting] = deque()
        self._worker: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="model")

    async def generate(
        self, texts: Sequence[str], parameters: GenerationParameters
    ) -> list[list[str]]:
        """Generate `num_return_sequences` texts for each text; raises ModelFailedError."""
        answer: asyncio.Future[list[list[str]]] = asyncio.get_running_loop().create_future()
        self._queue.append(_Waiting(texts, parameters, answer))

        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())

        return await answer

    async def aclose(self) -> None:
        """Finish the waiting requests, then stop the model's thread."""
        if self._worker is not None:
            await self._worker
        self._thread.shutdown(wait=False)

    async def _work(self) -> None:
        while self._has_work():
            if sum(request.left for request in self._queue) < self._max_texts:
                await asyncio.sleep(self._window_s)

            if self._has_work():
                await self._answer(self._next_batch())

    def _has_work(self) -> bool:
        self._queue = deque(
            request for request in self._queue if request.left and not request.answer.done()
        )
        return bool(self._queue)

    def _next_batch(self) -> list[_Share]:
        first = self._queue[0]
        if first.parameters.is_reproducible_sample:
            return [first.take(self._max_texts)]

        batch = []
        capacity = self._max_texts
        for request in self._queue:
            if request.parameters == first.parameters:
                batch.append(request.take(capacity))
                capacity -= len(batch[-1].texts)
            if not capacity:
                break

        return batch

    async def _answer(self, batch: list[_Share]) -> None:
        try:
            await self._call(batch)
        except ModelFailedError as error:
            if len(batch) == 1:
                batch[0].fail(error)
                return

            for share in batch:
                if not share.request.answer.done():
                    await self._answer([share])

    async def _call(self, batch: list[_Share]) -> None:
        parameters = batch[0].request.parameters
        texts = [text for share in batch for text in share.texts]

        try:
            generated = await asyncio.get_running_loop().run_in_executor(
                self._thread, self._model.generate, texts, parameters
            )
        except Exception as error:  # noqa: BLE001  # any error; its message may contain text
            raise ModelFailedError(type(error).__name__) from None

        if len(generated) != len(texts) or any(
            len(some) != parameters.num_return_sequences for some in generated
        ):
            raise ModelFailedError("wrong number of texts")

        for share in batch:
            share.finish(generated[: len(share.texts)])
            generated = generated[len(share.texts) :]
