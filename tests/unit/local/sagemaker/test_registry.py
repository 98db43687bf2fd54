from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from local.sagemaker.errors import EndpointNameError, EndpointNotFoundError
from local.sagemaker.payload import GenerationParameters
from local.sagemaker.registry import EndpointRegistry


class UpperModel:
    def generate(self, texts: Sequence[str], parameters: GenerationParameters) -> list[list[str]]:
        return [[text.upper()] * parameters.num_return_sequences for text in texts]


@pytest.mark.parametrize("name", ["", "-a", "a-", "a b", "a/b", "a_b", "a" * 64, "é"])
def test_a_name_sagemaker_would_refuse(name: str) -> None:
    with pytest.raises(EndpointNameError, match="letters, digits"):
        EndpointRegistry({name: UpperModel()})


def test_a_name_that_is_taken() -> None:
    registry = EndpointRegistry({"a": UpperModel()})

    with pytest.raises(EndpointNameError, match="already exists"):
        registry.add("a", UpperModel())


def test_an_endpoint_comes_and_goes() -> None:
    async def scenario() -> list[list[str]]:
        registry = EndpointRegistry({})
        registry.add("a" * 63, UpperModel())
        answer = asyncio.create_task(registry.get("a" * 63).generate(["x"], GenerationParameters()))
        await asyncio.sleep(0)

        await registry.remove("a" * 63)

        assert len(registry) == 0
        with pytest.raises(EndpointNotFoundError):
            registry.get("a" * 63)
        assert answer.done()
        return await answer

    assert asyncio.run(scenario()) == [["X"]]
