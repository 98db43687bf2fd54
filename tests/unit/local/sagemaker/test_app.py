from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from local.sagemaker.app import MAX_BODY_BYTES

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from local.sagemaker.payload import GenerationParameters
    from tests.unit.local.sagemaker.conftest import Runtime

CANARY = "CANARY-7731"
WAIT_S = 20
LOG_STREAM_ARN = "arn:aws:logs:us-east-1:000000000000:log-group:/aws/sagemaker/Endpoints/echo"

Serve = Callable[..., "Runtime"]


class EchoModel:
    """Answers `<text>:<n>`, fails on "poison", counts its calls, and can be held."""

    def __init__(self, *, held: bool = False) -> None:
        self.calls: list[list[str]] = []
        self.parameters: list[GenerationParameters] = []
        self.entered = threading.Event()
        self.gate = threading.Event()
        if not held:
            self.gate.set()

    def generate(self, texts: Sequence[str], parameters: GenerationParameters) -> list[list[str]]:
        self.calls.append(list(texts))
        self.parameters.append(parameters)
        self.entered.set()
        assert self.gate.wait(WAIT_S)
        for text in texts:
            if "poison" in text:
                raise RuntimeError(f"cannot read {text}")
        return [[f"{text}:{n}" for n in range(parameters.num_return_sequences)] for text in texts]


@pytest.fixture
def model() -> EchoModel:
    return EchoModel()


@pytest.fixture
def runtime(serve: Serve, model: EchoModel) -> Runtime:
    return serve({"echo": model})


def refused(runtime: Runtime, body: bytes, content_type: str = "application/json") -> ClientError:
    """Invoke the endpoint `echo` and return the error that botocore raises."""
    with pytest.raises(ClientError) as raised:
        runtime.client().invoke_endpoint(EndpointName="echo", ContentType=content_type, Body=body)
    return raised.value


def modelled(error: ClientError) -> dict[str, Any]:
    """The members of the error's shape, as botocore parsed them."""
    return dict(error.response)


def original(error: ClientError) -> dict[str, Any]:
    """What the container said, as far as a ModelError tells."""
    assert error.response["Error"]["Code"] == "ModelError"
    assert type(error).__name__ == "ModelError"
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 424
    document: dict[str, Any] = json.loads(modelled(error)["OriginalMessage"])
    return document


def test_one_text(runtime: Runtime, model: EchoModel) -> None:
    answer = runtime.client().invoke_endpoint(
        EndpointName="echo",
        ContentType="application/json",
        Body=json.dumps({"text_inputs": "clear", "max_length": 80, "num_beams": 10}),
    )

    assert json.loads(answer["Body"].read()) == {"generated_texts": ["clear:0"]}
    assert answer["ContentType"] == "application/json"
    assert answer["InvokedProductionVariant"] == "AllTraffic"
    assert answer["ResponseMetadata"]["RequestId"]
    assert (model.parameters[0].max_length, model.parameters[0].num_beams) == (80, 10)


def test_a_list_is_flat_for_one_sequence_and_nested_for_more(runtime: Runtime) -> None:
    flat = runtime.invoke("echo", {"text_inputs": ["a", "b"]})
    nested = runtime.invoke(
        "echo", {"text_inputs": ["a", "b"], "num_beams": 2, "num_return_sequences": 2}
    )

    assert flat == {"generated_texts": ["a:0", "b:0"]}
    assert nested == {"generated_texts": [["a:0", "a:1"], ["b:0", "b:1"]]}


def test_plain_text(runtime: Runtime) -> None:
    answer = runtime.client().invoke_endpoint(
        EndpointName="echo", ContentType="application/x-text", Body="œdème".encode()
    )

    assert json.loads(answer["Body"].read()) == {"generated_text": "œdème:0"}


def test_unknown_endpoint(runtime: Runtime) -> None:
    with pytest.raises(ClientError) as raised:
        runtime.client().invoke_endpoint(EndpointName="missing", Body=b"{}")

    assert type(raised.value).__name__ == "ValidationError"
    assert raised.value.response["Error"] == {
        "Code": "ValidationError",
        "Message": "Endpoint missing of account 000000000000 not found.",
    }
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


@pytest.mark.parametrize("body", [b"{", b"", b"[1]", b'{"text_inputs": "\xff"}'])
def test_bad_json(runtime: Runtime, body: bytes) -> None:
    error = refused(runtime, body)

    assert original(error)["code"] == 400
    assert modelled(error)["OriginalStatusCode"] == 400
    assert modelled(error)["LogStreamArn"] == LOG_STREAM_ARN
    assert error.response["Error"]["Message"].startswith(
        "Received client error (400) from primary with message "
    )


@pytest.mark.parametrize(
    ("extra", "named"),
    [({"max_length": "80"}, "$.max_length"), ({"max_new_tokens": 80}, "max_new_tokens")],
)
def test_a_wrong_or_unknown_parameter(runtime: Runtime, extra: dict[str, Any], named: str) -> None:
    error = refused(runtime, json.dumps({"text_inputs": CANARY, **extra}).encode())

    assert modelled(error)["OriginalStatusCode"] == 400
    assert named in original(error)["message"]
    assert CANARY not in str(error.response)


def test_unsupported_content_type(runtime: Runtime) -> None:
    error = refused(runtime, b"a,b", "text/csv")

    assert modelled(error)["OriginalStatusCode"] == 415
    assert original(error)["code"] == 415


def test_a_body_of_exactly_the_limit(runtime: Runtime) -> None:
    body = json.dumps({"text_inputs": ""}).encode()
    body = body[:-2] + b"x" * (MAX_BODY_BYTES - len(body)) + body[-2:]

    answer = runtime.client().invoke_endpoint(
        EndpointName="echo", ContentType="application/json", Body=body
    )

    assert len(body) == MAX_BODY_BYTES
    assert len(answer["Body"].read()) > MAX_BODY_BYTES


@pytest.mark.parametrize("excess", [1, 20_000_000])
def test_a_body_over_the_limit(runtime: Runtime, model: EchoModel, excess: int) -> None:
    error = refused(runtime, b" " * (MAX_BODY_BYTES + excess))

    assert error.response["Error"] == {
        "Code": "413",
        "Message": "HTTP content length exceeded 6291456 bytes.",
    }
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 413
    assert not model.calls


def test_a_chunked_body_over_the_limit(runtime: Runtime) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(7):
            yield b" " * 1_000_000

    connection = http.client.HTTPConnection("127.0.0.1", runtime.port, timeout=WAIT_S)
    connection.request("POST", "/endpoints/echo/invocations", chunks(), encode_chunked=True)
    response = connection.getresponse()
    response.read()
    connection.close()

    assert response.status == 413


def test_an_answer_that_takes_too_long(serve: Serve) -> None:
    model = EchoModel(held=True)
    runtime = serve({"echo": model}, time_limit_s=0.05)

    try:
        error = refused(runtime, b'{"text_inputs": "slow"}')
    finally:
        model.gate.set()

    assert error.response["Error"]["Code"] == "ModelError"
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 424
    assert modelled(error)["OriginalStatusCode"] == 0
    assert modelled(error)["OriginalMessage"].startswith("Your invocation timed out")
    assert modelled(error)["LogStreamArn"] == LOG_STREAM_ARN
    assert error.response["Error"]["Message"].startswith(
        'Received server error (0) from primary with message "Your invocation timed out'
    )


def test_the_next_call_after_a_slow_one(serve: Serve) -> None:
    model = EchoModel(held=True)
    runtime = serve({"echo": model}, time_limit_s=1)
    refused(runtime, b'{"text_inputs": "slow"}')

    model.gate.set()

    assert runtime.invoke("echo", {"text_inputs": "next"}) == {"generated_texts": ["next:0"]}


def test_a_model_that_fails(
    runtime: Runtime, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    error = refused(runtime, json.dumps({"text_inputs": f"poison {CANARY}"}).encode())

    assert modelled(error)["OriginalStatusCode"] == 500
    assert original(error)["message"] == "The model failed (RuntimeError)."
    assert CANARY not in str(error.response)
    assert "RuntimeError" in caplog.text
    assert CANARY not in caplog.text
    assert CANARY not in "".join(capfd.readouterr())


def test_nothing_is_logged_about_a_request(
    runtime: Runtime, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    client = runtime.client()
    with caplog.at_level("DEBUG"):
        caplog.clear()
        for name in ("local", "uvicorn", "asyncio"):
            caplog.set_level("DEBUG", logger=name)
        client.invoke_endpoint(
            EndpointName="echo",
            ContentType="application/json",
            Body=json.dumps({"text_inputs": CANARY}),
        )
        served = [
            record for record in caplog.records if not record.name.startswith(("boto", "urllib3"))
        ]

    assert not served
    assert not "".join(capfd.readouterr())


def counting(arrived: threading.Semaphore) -> Callable[[ASGIApp], ASGIApp]:
    """Release `arrived` for each request that has come in whole."""

    def around(app: ASGIApp) -> ASGIApp:
        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            async def received() -> Message:
                message = await receive()
                if message["type"] == "http.request" and not message.get("more_body"):
                    arrived.release()
                return message

            await app(scope, received, send)

        return counted

    return around


def invoke_while_busy(serve: Serve, model: EchoModel, payloads: Sequence[object]) -> list[Any]:
    """Hold the model in one call until all of `payloads` have arrived; their answers or errors."""
    arrived = threading.Semaphore(0)
    runtime = serve({"echo": model}, around=counting(arrived))
    client = runtime.client()

    def invoke(payload: object) -> Any:
        try:
            answer = client.invoke_endpoint(
                EndpointName="echo", ContentType="application/json", Body=json.dumps(payload)
            )
        except ClientError as error:
            return error
        return json.loads(answer["Body"].read())["generated_texts"]

    with ThreadPoolExecutor(len(payloads) + 1) as pool:
        first = pool.submit(invoke, {"text_inputs": "first"})
        assert model.entered.wait(WAIT_S)
        others = [pool.submit(invoke, payload) for payload in payloads]
        for _ in range(len(payloads) + 1):
            assert arrived.acquire(timeout=WAIT_S)
        model.gate.set()

        assert first.result(WAIT_S) == ["first:0"]
        return [other.result(WAIT_S) for other in others]


def test_concurrent_requests_go_through_the_model_in_one_call(serve: Serve) -> None:
    model = EchoModel(held=True)

    answers = invoke_while_busy(serve, model, [{"text_inputs": f"t{n}"} for n in range(16)])

    assert answers == [[f"t{n}:0"] for n in range(16)]
    assert [len(call) for call in model.calls] == [1, 16]


def test_an_error_of_one_request_does_not_fail_its_neighbours(serve: Serve) -> None:
    model = EchoModel(held=True)
    texts = ["a", "b", "poison", "c"]

    answers = invoke_while_busy(serve, model, [{"text_inputs": text} for text in texts])

    assert [answers[0], answers[1], answers[3]] == [["a:0"], ["b:0"], ["c:0"]]
    assert original(answers[2])["code"] == 500


@pytest.mark.parametrize(("models", "status"), [({"echo": EchoModel()}, 200), ({}, 503)])
def test_ping(serve: Serve, models: dict[str, EchoModel], status: int) -> None:
    assert serve(models).request("GET", "/ping").status == status


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/endpoints/echo/invocations"), ("POST", "/"), ("POST", "/endpoints/a/b/invocations")],
)
def test_an_operation_the_runtime_does_not_have(runtime: Runtime, method: str, path: str) -> None:
    response = runtime.request(method, path)

    assert response.status == 404
    assert response.headers["x-amzn-ErrorType"] == "UnknownOperationException"


@pytest.mark.parametrize(
    "sent",
    [
        b"not http at all\r\n\r\n",
        b"POST /endpoints/echo/invocations HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /endpoints/echo/invocations HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nshort",
    ],
)
def test_malformed_http_does_not_hurt_the_next_request(runtime: Runtime, sent: bytes) -> None:
    with socket.create_connection(("127.0.0.1", runtime.port), timeout=WAIT_S) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        answer = connection.recv(65536)

    assert not answer or answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 500"))
    assert runtime.invoke("echo", {"text_inputs": "a"}) == {"generated_texts": ["a:0"]}
