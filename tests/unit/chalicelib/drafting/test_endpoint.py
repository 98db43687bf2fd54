from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

import boto3
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
from botocore.response import StreamingBody
from botocore.stub import Stubber
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.aws import LONGEST_CALL_S
from chalicelib.drafting.call_size import CallSizes
from chalicelib.drafting.endpoint import (
    ATTEMPTS,
    FIRST_WAIT_S,
    RESERVE_S,
    CallBudget,
    Draft,
    EndpointClient,
    Observer,
)
from chalicelib.errors import (
    EndpointAnswerError,
    EndpointBusyError,
    EndpointRejectedError,
    EndpointUnavailableError,
    ImpressionsError,
    ModelError,
    OutOfTimeError,
)
from chalicelib.settings import Model

if TYPE_CHECKING:
    from mypy_boto3_sagemaker_runtime import SageMakerRuntimeClient

MODEL = Model("fine-tuned", "live", "small", "1", prompt="{findings}")
TGI = Model("fine-tuned", "live", "small", "1", codec="tgi-v2", prompt="{findings}")
CANARY = "canary-text"
Answerer = Callable[[list[str]], bytes]


class Clock:
    """A clock that only sleeping and calling move."""

    def __init__(self, seconds: float = 900.0, jitter: float = 1.0) -> None:
        self.now = 0.0
        self.end = seconds
        self.slept: list[float] = []
        self.jitter = jitter

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def pace(self) -> CallBudget:
        return CallBudget(
            seconds_left=lambda: self.end - self.now,
            sleep=self.sleep,
            clock=lambda: self.now,
            jitter=lambda: self.jitter,
        )


def refusal(
    code: str = "ValidationError", status: int = 400, message: str | None = CANARY, **more: Any
) -> ClientError:
    response: Any = {  # the stubs ask for more of a refusal than SageMaker sends
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
        **more,
    }
    return ClientError(response, "InvokeEndpoint")


def told(error: Exception) -> str:
    if isinstance(error, ClientError):
        response = error.response
        return f"{response['Error']['Code']} {response['ResponseMetadata']['HTTPStatusCode']}"
    return type(error).__name__


def model_error(original: int | None) -> ClientError:
    more: dict[str, Any] = {} if original is None else {"OriginalStatusCode": original}
    return refusal("ModelError", 424, **more)


def echo(texts: list[str]) -> bytes:
    return json.dumps({"generated_texts": [f"seen: {text}" for text in texts]}).encode()


class Runtime:
    """Raises each of `trouble` in turn, then answers; a call takes `seconds`."""

    def __init__(
        self,
        *trouble: Exception,
        clock: Clock | None = None,
        answer: Answerer = echo,
        seconds: float = 0.0,
    ) -> None:
        self.trouble = list(trouble)
        self.clock = clock or Clock()
        self.answer = answer
        self.seconds = seconds
        self.calls: list[list[str]] = []

    def invoke_endpoint(self, **asked: Any) -> dict[str, Any]:
        assert asked["EndpointName"] == "live"
        assert asked["ContentType"] == asked["Accept"] == "application/json"
        body = json.loads(asked["Body"])
        texts = body["text_inputs"] if "text_inputs" in body else [body["inputs"]]
        self.calls.append(texts)
        self.clock.now += self.seconds
        if self.trouble:
            raise self.trouble.pop(0)
        return {"Body": io.BytesIO(self.answer(texts))}


def draft(
    runtime: Runtime,
    findings: Sequence[str] = ("a",),
    *,
    micro_batch: int = 8,
    model: Model = MODEL,
    observe: Observer | None = None,
) -> list[Draft | ModelError]:
    called = cast("SageMakerRuntimeClient", runtime)
    client = EndpointClient(called, runtime.clock.pace(), observe)
    return client.draft(model, findings, micro_batch)


def impressions(drafts: Sequence[Draft | ModelError]) -> list[str]:
    return [one.impression if isinstance(one, Draft) else one.code for one in drafts]


def test_drafts_are_in_the_order_of_the_findings() -> None:
    runtime = Runtime()

    drafts = draft(runtime, list("abcde"), micro_batch=2)

    assert impressions(drafts) == [f"seen: {letter}" for letter in "abcde"]
    assert runtime.calls == [["a", "b"], ["c", "d"], ["e"]]


def test_masks_of_every_collection_are_asked_as_the_one_that_training_knows() -> None:
    runtime = Runtime()

    draft(runtime, ["Compared to XXXX.", "Compared to ___."])

    assert runtime.calls == [["Compared to ____.", "Compared to ____."]]


def test_nothing_to_draft_calls_nothing() -> None:
    runtime = Runtime()

    assert draft(runtime, []) == []
    assert runtime.calls == []


def test_2x_endpoint_is_asked_for_one_text_at_a_time() -> None:
    runtime = Runtime(answer=lambda texts: json.dumps([{"generated_text": texts[0]}]).encode())

    drafts = draft(runtime, ["a", "b"], model=TGI)

    assert impressions(drafts) == ["a", "b"]
    assert runtime.calls == [["a"], ["b"]]


def test_answered_calls_are_timed_and_observed() -> None:
    seen: list[tuple[str, int, float]] = []
    runtime = Runtime(refusal("ThrottlingException"), seconds=0.25)

    drafts = draft(runtime, ["a", "b"], observe=lambda *call: seen.append(call))

    assert seen == [("fine-tuned", 2, 250.0)]
    timed = [(one.latency_ms, one.call_records) for one in drafts if isinstance(one, Draft)]
    assert timed == [(250.0, 2), (250.0, 2)]


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


def cut_answer() -> StreamingBody:
    whole = echo(["a"])
    return StreamingBody(io.BytesIO(whole[:-9]), len(whole))


def test_cut_answer_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    runtime = Runtime()
    bodies: list[Any] = [cut_answer(), io.BytesIO(echo(["a"]))]
    monkeypatch.setattr(runtime, "invoke_endpoint", lambda **_: {"Body": bodies.pop(0)})

    assert impressions(draft(runtime)) == ["seen: a"]
    assert len(runtime.clock.slept) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b'{"generated_texts": ["a"',
        b'{"generated_texts": [""]}',
        b'{"generated_texts": []}',
        b'{"generated_texts": ["canary-text", "canary-text"]}',
        b'{"generated_texts": [7]}',
    ],
)
def test_unusable_answer_fails_the_record(body: bytes) -> None:
    (error,) = draft(Runtime(answer=lambda _: body))

    assert isinstance(error, EndpointAnswerError)
    assert CANARY not in str(error)


def test_unusable_answer_fails_only_the_records_it_is_made_for() -> None:
    def answer(texts: list[str]) -> bytes:
        return echo([text for text in texts if text != "blank"])

    drafts = draft(Runtime(answer=answer), ["a", "blank", "c", "d"])

    assert impressions(drafts) == ["seen: a", "EndpointAnswer", "seen: c", "seen: d"]


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


def test_no_call_begins_when_it_could_not_end_in_time() -> None:
    clock = Clock(seconds=LONGEST_CALL_S + RESERVE_S - 0.001)
    runtime = Runtime(clock=clock)

    with pytest.raises(OutOfTimeError):
        draft(runtime)

    assert runtime.calls == []


def test_call_begins_when_it_can_just_end_in_time() -> None:
    runtime = Runtime(clock=Clock(seconds=LONGEST_CALL_S + RESERVE_S))

    assert impressions(draft(runtime)) == ["seen: a"]


def test_time_that_runs_out_between_calls_gives_the_message_back() -> None:
    runtime = Runtime(clock=Clock(seconds=200), seconds=50)

    with pytest.raises(OutOfTimeError):
        draft(runtime, list("abcd"), micro_batch=1)

    assert len(runtime.calls) == 3


class TestRealClient:
    """The same through botocore's own serialising and parsing."""

    @pytest.fixture
    def client(self) -> SageMakerRuntimeClient:
        client: SageMakerRuntimeClient = boto3.client(
            "sagemaker-runtime",
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        return client

    def drafts(
        self, client: SageMakerRuntimeClient, findings: Sequence[str]
    ) -> list[Draft | ModelError]:
        return EndpointClient(client, Clock().pace()).draft(MODEL, findings, 8)

    def test_answer_is_read_from_its_stream(self, client: SageMakerRuntimeClient) -> None:
        body = echo(["a"])
        answer = {"Body": StreamingBody(io.BytesIO(body), len(body))}

        with Stubber(client) as stub:
            stub.add_response("invoke_endpoint", answer)
            drafts = self.drafts(client, ["a"])

        assert impressions(drafts) == ["seen: a"]

    @pytest.mark.parametrize(
        ("code", "status", "fields", "kind"),
        [
            ("ModelError", 424, {"OriginalStatusCode": 0}, EndpointBusyError),
            ("ModelNotReadyException", 429, {}, EndpointBusyError),
            ("ServiceUnavailable", 503, {}, EndpointBusyError),
            ("AccessDeniedException", 403, {}, EndpointUnavailableError),
        ],
    )
    def test_errors_are_sorted(
        self,
        client: SageMakerRuntimeClient,
        code: str,
        status: int,
        fields: Any,
        kind: type[ImpressionsError],
    ) -> None:
        with Stubber(client) as stub:
            for _ in range(ATTEMPTS):
                stub.add_client_error(
                    "invoke_endpoint", code, CANARY, status, modeled_fields=fields
                )
            with pytest.raises(kind):
                self.drafts(client, ["a"])

    def test_model_error_fails_its_record(self, client: SageMakerRuntimeClient) -> None:
        with Stubber(client) as stub:
            stub.add_client_error(
                "invoke_endpoint",
                "ModelError",
                CANARY,
                424,
                modeled_fields={"OriginalStatusCode": 500, "OriginalMessage": CANARY},
            )
            (error,) = self.drafts(client, ["a"])

        assert isinstance(error, EndpointRejectedError)
        assert "status 500" in str(error)
        assert CANARY not in str(error)


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
