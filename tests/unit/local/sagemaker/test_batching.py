from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence

import pytest

from local.sagemaker.batching import Batcher
from local.sagemaker.errors import ModelFailedError
from local.sagemaker.payload import GenerationParameters

GREEDY = GenerationParameters()
BEAMS = GenerationParameters(num_beams=4)
WAIT_S = 10


class RecordingModel:
    """Answers in upper case, fails on "poison", remembers its calls, and can be held."""

    def __init__(self, *, held: bool = False) -> None:
        self.calls: list[list[str]] = []
        self.entered = threading.Event()
        self.gate = threading.Event()
        if not held:
            self.gate.set()

    def generate(self, texts: Sequence[str], parameters: GenerationParameters) -> list[list[str]]:
        self.calls.append(list(texts))
        self.entered.set()
        assert self.gate.wait(WAIT_S)
        if "poison" in texts:
            raise ValueError("poison")
        return [[text.upper()] * parameters.num_return_sequences for text in texts]


def run(model: RecordingModel, scenario: Callable[[Batcher], Awaitable[None]]) -> None:
    async def main() -> None:
        batcher = Batcher(model, max_texts=4)
        try:
            await asyncio.wait_for(scenario(batcher), WAIT_S)
        finally:
            await batcher.aclose()

    asyncio.run(main())


def test_what_arrives_together_shares_a_call() -> None:
    model = RecordingModel()

    async def scenario(batcher: Batcher) -> None:
        answers = await asyncio.gather(*(batcher.generate([text], GREEDY) for text in "abc"))

        assert answers == [[["A"]], [["B"]], [["C"]]]

    run(model, scenario)

    assert model.calls == [["a", "b", "c"]]


def test_what_arrives_while_the_model_is_busy_shares_the_next_call() -> None:
    model = RecordingModel(held=True)

    async def scenario(batcher: Batcher) -> None:
        first = asyncio.create_task(batcher.generate(["first"], GREEDY))
        await asyncio.to_thread(model.entered.wait, WAIT_S)
        others = [asyncio.create_task(batcher.generate([text], GREEDY)) for text in "abc"]
        await asyncio.sleep(0)
        model.gate.set()

        await asyncio.gather(first, *others)

    run(model, scenario)

    assert model.calls == [["first"], ["a", "b", "c"]]


def test_a_batch_is_bounded_and_a_long_request_takes_several() -> None:
    model = RecordingModel()
    long = [f"t{number}" for number in range(10)]

    async def scenario(batcher: Batcher) -> None:
        answers = await asyncio.gather(
            batcher.generate(long, GREEDY), batcher.generate(["z"], GREEDY)
        )

        assert list(answers) == [[[text.upper()] for text in long], [["Z"]]]

    run(model, scenario)

    assert model.calls == [long[:4], long[4:8], [*long[8:], "z"]]


def test_other_parameters_go_in_another_call() -> None:
    model = RecordingModel()

    async def scenario(batcher: Batcher) -> None:
        await asyncio.gather(
            batcher.generate(["a"], GREEDY),
            batcher.generate(["b"], BEAMS),
            batcher.generate(["c"], GREEDY),
        )

    run(model, scenario)

    assert model.calls == [["a", "c"], ["b"]]


def test_a_seeded_sample_has_no_neighbours() -> None:
    model = RecordingModel()
    seeded = GenerationParameters(do_sample=True, seed=1)

    async def scenario(batcher: Batcher) -> None:
        await asyncio.gather(*(batcher.generate([text], seeded) for text in "ab"))

    run(model, scenario)

    assert model.calls == [["a"], ["b"]]


def test_an_error_fails_only_its_own_request() -> None:
    model = RecordingModel()

    async def scenario(batcher: Batcher) -> None:
        answers = await asyncio.gather(
            batcher.generate(["a"], GREEDY),
            batcher.generate(["b", "poison"], GREEDY),
            batcher.generate(["c"], GREEDY),
            return_exceptions=True,
        )

        assert answers[0] == [["A"]]
        assert isinstance(answers[1], ModelFailedError)
        assert answers[1].kind == "ValueError"
        assert "poison" not in str(answers[1])
        assert answers[2] == [["C"]]

    run(model, scenario)

    assert model.calls == [["a", "b", "poison", "c"], ["a"], ["b", "poison"], ["c"]]


def test_a_long_request_that_failed_costs_no_more_calls() -> None:
    model = RecordingModel()

    async def scenario(batcher: Batcher) -> None:
        with pytest.raises(ModelFailedError):
            await batcher.generate(["poison", *"abcdefgh"], GREEDY)

    run(model, scenario)

    assert model.calls == [["poison", "a", "b", "c"]]


def test_a_request_that_was_given_up_is_dropped() -> None:
    model = RecordingModel(held=True)

    async def scenario(batcher: Batcher) -> None:
        first = asyncio.create_task(batcher.generate(["first"], GREEDY))
        await asyncio.to_thread(model.entered.wait, WAIT_S)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(batcher.generate(["late"], GREEDY), 0.01)
        model.gate.set()

        assert await first == [["FIRST"]]
        assert await batcher.generate(["next"], GREEDY) == [["NEXT"]]

    run(model, scenario)

    assert model.calls == [["first"], ["next"]]


@pytest.mark.parametrize("generated", [[], [["A"], ["B"]], [[]], [["A", "B"]]])
def test_a_wrong_number_of_texts_is_a_failure(generated: list[list[str]]) -> None:
    class WrongModel(RecordingModel):
        def generate(
            self,
            texts: Sequence[str],
            parameters: GenerationParameters,
        ) -> list[list[str]]:
            return generated

    async def scenario(batcher: Batcher) -> None:
        with pytest.raises(ModelFailedError, match="wrong number"):
            await batcher.generate(["a"], GREEDY)

    run(WrongModel(), scenario)
