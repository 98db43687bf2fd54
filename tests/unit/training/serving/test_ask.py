from __future__ import annotations

import io
import json
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from common.aws import Target
from common.errors import SettingError
from common.stack_state import Outputs
from training import stack
from training.errors import EndpointError
from training.serving import ask

PARAMETERS = {
    "FineTunedEndpoint": "fine",
    "FineTunedModelId": "flan",
    "FineTunedModelVersion": "job-1",
    "FineTunedCodec": "text2text-v1",
    "FineTunedPrompt": "Findings: {findings}",
    "FineTunedGeneration": '{"max_length": 40}',
    "PreTrainedEndpoint": "",
}


class Runtime:
    """Answers with the endpoint's name; keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def invoke_endpoint(self, EndpointName: str, Body: bytes, **_: Any) -> dict[str, Any]:
        self.asked.append(json.loads(Body))
        answer = json.dumps({"generated_texts": [f"by {EndpointName}"]}).encode()
        return {"Body": io.BytesIO(answer)}


def asked(monkeypatch: pytest.MonkeyPatch, runtime: Any, **changes: str) -> dict[str, str]:
    found = stack.DeployedStack("s", Target(), Outputs(*"abcdefgh"), PARAMETERS | changes)
    monkeypatch.setattr(stack, "describe", lambda _: found)
    target: Any = SimpleNamespace(client=lambda _: runtime, stack_name="s")
    return ask.ask(target, "Heart ___ normal.")


def test_every_registered_model_is_asked_as_the_functions_ask(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runtime = Runtime()
    assert asked(monkeypatch, runtime) == {"fine-tuned": "by fine"}
    assert runtime.asked == [{"text_inputs": ["Findings: Heart ____ normal."], "max_length": 40}]
    both = asked(
        monkeypatch,
        runtime,
        PreTrainedEndpoint="pre",
        PreTrainedModelId="flan",
        PreTrainedModelVersion="1",
    )
    assert both == {"fine-tuned": "by fine", "pre-trained": "by pre"}


def test_a_stack_whose_model_cannot_be_called(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingError, match="stack s: setting FINE_TUNED_PROMPT: must contain"):
        asked(monkeypatch, Runtime(), FineTunedPrompt="no place for them")


def test_an_endpoint_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone:
        def invoke_endpoint(self, **_: Any) -> None:
            message = "Endpoint fine of account not found."
            raise ClientError(
                {"Error": {"Code": "ValidationError", "Message": message}}, "InvokeEndpoint"
            )

    with pytest.raises(EndpointError, match="endpoint fine"):
        asked(monkeypatch, Gone())
