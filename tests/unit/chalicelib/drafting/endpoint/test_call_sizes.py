"""What is learned of an endpoint that fails with many records, and not with few."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from chalicelib.drafting.call_size import CallSizes
from chalicelib.drafting.endpoint import ATTEMPTS, Draft, EndpointClient
from chalicelib.errors import EndpointBusyError, ModelError
from tests.unit.chalicelib.drafting.endpoint.runtime import (
    MODEL,
    Clock,
    Runtime,
    impressions,
    model_error,
    refusal,
)

if TYPE_CHECKING:
    from mypy_boto3_sagemaker_runtime import SageMakerRuntimeClient


class TestCallSizes:
    """A model that fails with many records, and not with few."""

    @staticmethod
    def client(runtime: Runtime) -> tuple[EndpointClient, CallSizes]:
        sizes = CallSizes()
        called = cast("SageMakerRuntimeClient", runtime)
        return EndpointClient(called, runtime.clock.pace(), sizes=sizes), sizes

    def test_are_learned_from_calls_whose_halves_succeed(self) -> None:
        runtime = Runtime(model_error(500))
        client, sizes = self.client(runtime)

        drafts = client.draft(MODEL, list("abcdefgh"), 8)
        client.draft(MODEL, list("ijklmnop"), 8)

        assert impressions(drafts) == [f"seen: {letter}" for letter in "abcdefgh"]
        assert [len(texts) for texts in runtime.calls] == [8, 4, 4, 4, 4]
        assert sizes.most(MODEL, 8) == 4

    def test_are_not_learned_from_a_poison_record(self) -> None:
        class Refusing(Runtime):
            def invoke_endpoint(self, **asked: Any) -> dict[str, Any]:
                if "poison" in asked["Body"].decode():
                    raise model_error(400)
                return super().invoke_endpoint(**asked)

        runtime = Refusing()
        client, sizes = self.client(runtime)

        drafts = client.draft(MODEL, ["a", "poison", "c", "d"], 4)

        assert impressions(drafts) == ["seen: a", "EndpointRejected", "seen: c", "seen: d"]
        assert sizes.most(MODEL, 4) == 4

    def test_drafts_of_the_first_half_are_kept_when_the_second_cannot_be_called(self) -> None:
        busy = [refusal("ThrottlingException", 400)] * ATTEMPTS
        runtime = Runtime(model_error(500), clock=Clock())
        client, _ = self.client(runtime)
        real = runtime.invoke_endpoint

        def invoke(**asked: Any) -> dict[str, Any]:
            if len(runtime.calls) == 2:
                runtime.trouble = list(busy)
            return real(**asked)

        runtime.invoke_endpoint = invoke  # type: ignore[method-assign]  # troubled from here on
        drafts: list[Draft | ModelError] = []
        with pytest.raises(EndpointBusyError):
            client.draft(MODEL, list("abcd"), 4, drafts)

        assert impressions(drafts) == ["seen: a", "seen: b"]
