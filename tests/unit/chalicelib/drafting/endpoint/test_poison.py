"""Records that no call survives cost themselves and a few calls."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.chalicelib.drafting.endpoint.runtime import Runtime, draft, impressions, model_error


class PoisonedRuntime(Runtime):
    """Refuses every request that holds one of the poisons."""

    def __init__(self, poisons: set[str]) -> None:
        super().__init__()
        self.poisons = poisons

    def invoke_endpoint(self, **asked: Any) -> dict[str, Any]:
        found = super().invoke_endpoint(**asked)
        if self.poisons & set(self.calls[-1]):
            raise model_error(400)
        return found


def test_poison_costs_itself_and_a_few_calls() -> None:
    runtime = PoisonedRuntime({"5"})

    drafts = draft(runtime, list("01234567"))

    expected = [f"seen: {number}" for number in "01234567"]
    expected[5] = "EndpointRejected"
    assert impressions(drafts) == expected
    assert len(runtime.calls) == 1 + 2 * 3  # the batch, then two halves on each of three levels


@settings(deadline=None, max_examples=80)
@given(
    count=st.integers(0, 20),
    poisons=st.sets(st.integers(0, 19), max_size=5),
    micro_batch=st.integers(1, 9),
)
def test_poisons_cost_only_themselves(count: int, poisons: set[int], micro_batch: int) -> None:
    runtime = PoisonedRuntime({str(number) for number in poisons})

    drafts = draft(runtime, [str(number) for number in range(count)], micro_batch=micro_batch)

    assert impressions(drafts) == [
        "EndpointRejected" if number in poisons else f"seen: {number}" for number in range(count)
    ]
    batches = -(-count // micro_batch)
    levels = (micro_batch - 1).bit_length()
    assert len(runtime.calls) <= batches + 2 * levels * len(poisons)
