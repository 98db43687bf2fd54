"""A runtime that answers or fails as told, and a clock that only it and sleeping move."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import ClientError

from chalicelib.drafting.endpoint import CallBudget, Draft, EndpointClient, Observer
from chalicelib.errors import ModelError
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
