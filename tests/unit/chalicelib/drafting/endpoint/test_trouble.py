"""Calls that fail: which are repeated, how long after, and what is given up."""

from __future__ import annotations

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
    ResponseStreamingError,
)

from chalicelib.drafting.endpoint import ATTEMPTS, FIRST_WAIT_S
from chalicelib.errors import EndpointBusyError, EndpointRejectedError, EndpointUnavailableError
from tests.unit.chalicelib.drafting.endpoint.runtime import (
    CANARY,
    Clock,
    Runtime,
    draft,
    impressions,
    model_error,
    refusal,
    told,
)


@pytest.mark.parametrize(
    "trouble",
    [
        refusal("ThrottlingException"),
        refusal("Throttling"),
        refusal("TooManyRequestsException", 429),
        refusal("SomethingNew", 429),
        refusal("ServiceUnavailable", 503),
        refusal("InternalFailure", 500),
        refusal("InternalDependencyException", 530),
        refusal("SomethingNew", 502),
        refusal("ModelNotReadyException", 429),
        ConnectionClosedError(endpoint_url="https://live"),
        EndpointConnectionError(endpoint_url="https://live"),
        ConnectTimeoutError(endpoint_url="https://live"),
        ResponseStreamingError(error="reset"),
        NoCredentialsError(),
    ],
    ids=told,
)
class TestBusyEndpoint:
    def test_is_called_again_until_it_answers(self, trouble: Exception) -> None:
        runtime = Runtime(*[trouble] * (ATTEMPTS - 1))

        drafts = draft(runtime, ["a", "b"])

        assert impressions(drafts) == ["seen: a", "seen: b"]
        assert runtime.calls == [["a", "b"]] * ATTEMPTS

    def test_gives_the_message_back_in_the_end(self, trouble: Exception) -> None:
        runtime = Runtime(*[trouble] * 99)

        with pytest.raises(EndpointBusyError) as caught:
            draft(runtime, ["a", "b"])

        assert runtime.calls == [["a", "b"]] * ATTEMPTS
        assert CANARY not in str(caught.value)


@pytest.mark.parametrize("jitter", [0.0, 0.5, 1.0])
def test_waits_grow_and_are_bounded(jitter: float) -> None:
    clock = Clock(jitter=jitter)
    runtime = Runtime(*[refusal("ThrottlingException")] * 99, clock=clock)

    with pytest.raises(EndpointBusyError):
        draft(runtime)

    assert len(clock.slept) == ATTEMPTS - 1
    for turn, wait in enumerate(clock.slept):
        longest = FIRST_WAIT_S * 2**turn
        assert longest / 2 <= wait <= longest
    assert clock.slept == sorted(clock.slept)


@pytest.mark.parametrize(
    "trouble",
    [
        refusal("AccessDeniedException", 403),
        refusal("AccessDenied", 400),
        refusal("ExpiredTokenException", 403),
        refusal("UnrecognizedClientException", 401),
        refusal(message="Endpoint live of account 123456789012 not found."),
        refusal(message="Endpoint live is\nnot in service"),
    ],
    ids=told,
)
def test_unavailable_endpoint_gives_the_message_back_at_once(trouble: ClientError) -> None:
    runtime = Runtime(trouble)

    with pytest.raises(EndpointUnavailableError, match="endpoint live"):
        draft(runtime, ["a", "b"])

    assert len(runtime.calls) == 1
    assert runtime.clock.slept == []


@pytest.mark.parametrize(
    "trouble",
    [
        refusal("ValidationError", 400),
        refusal("ValidationError", 400, message=None),
        refusal("ValidationException", 413),
        model_error(400),
        model_error(500),
    ],
)
def test_refused_record_fails_without_a_second_call(trouble: ClientError) -> None:
    runtime = Runtime(trouble)

    (error,) = draft(runtime)

    assert isinstance(error, EndpointRejectedError)
    assert CANARY not in str(error)
    assert len(runtime.calls) == 1


def test_denial_names_the_action_and_the_endpoint() -> None:
    with pytest.raises(EndpointUnavailableError) as caught:
        draft(Runtime(refusal("AccessDeniedException", 403)))

    assert "sagemaker:InvokeEndpoint on endpoint live" in str(caught.value)


@pytest.mark.parametrize(
    "slow",
    [ReadTimeoutError(endpoint_url="https://live"), model_error(0), model_error(None)],
    ids=["read time-out", "status 0", "no status"],
)
class TestSlowModel:
    def test_is_asked_for_fewer_at_once(self, slow: Exception) -> None:
        runtime = Runtime(slow)

        drafts = draft(runtime, list("abcd"))

        assert impressions(drafts) == [f"seen: {letter}" for letter in "abcd"]
        assert runtime.calls == [list("abcd"), ["a", "b"], ["c", "d"]]

    def test_is_busy_when_one_record_alone_is_slow(self, slow: Exception) -> None:
        runtime = Runtime(slow, slow)

        with pytest.raises(EndpointBusyError):
            draft(runtime, ["a", "b"])

        assert runtime.calls == [["a", "b"], ["a"]]
        assert runtime.clock.slept == []
