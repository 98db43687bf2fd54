from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from common.aws import Target
from common.errors import SettingError
from common.stack_state import Outputs
from training import stack
from training.config import Container, Role, Serving
from training.serving import register

PARAMETERS = {
    "FineTunedEndpoint": "old",
    "FineTunedModelId": "flan",
    "FineTunedModelVersion": "1",
    "PreTrainedEndpoint": "",
    "PreTrainedModelId": "flan",
    "PreTrainedModelVersion": "1",
    "LogLevel": "INFO",
}


def serving(role: Role) -> Serving:
    return Serving(
        role=role,
        endpoint_name=f"e-{role}",
        model_id="flan",
        version="job-1",
        container=Container(image="image", weights="s3://b/model.tar.gz"),
        execution_role_arn="arn",
    )


def deployed(parameters: dict[str, str]) -> stack.DeployedStack:
    return stack.DeployedStack("impressions", Target(), Outputs(*"abcdefgh"), parameters)


def test_only_the_models_parameters_change() -> None:
    made = register.request(deployed(PARAMETERS), [serving("fine-tuned")])
    values = {one["ParameterKey"]: one.get("ParameterValue") for one in made["Parameters"]}
    assert values == {
        "FineTunedEndpoint": "e-fine-tuned",
        "FineTunedModelId": "flan",
        "FineTunedModelVersion": "job-1",
        "PreTrainedEndpoint": None,
        "PreTrainedModelId": None,
        "PreTrainedModelVersion": None,
        "LogLevel": None,
    }
    assert made["UsePreviousTemplate"] is True


def test_another_stack_is_refused() -> None:
    with pytest.raises(SettingError, match="has no parameter FineTunedEndpoint"):
        register.request(deployed({"Size": "1"}), [serving("fine-tuned")])


class Formation:
    """A CloudFormation whose update goes through `statuses`."""

    def __init__(self, *statuses: str, nothing: bool = False) -> None:
        self.statuses, self.nothing = list(statuses), nothing

    def update_stack(self, **_: Any) -> None:
        from botocore.exceptions import ClientError  # noqa: PLC0415  # used here alone

        if self.nothing:
            message = "No updates are to be performed."
            raise ClientError(
                {"Error": {"Code": "ValidationError", "Message": message}}, "UpdateStack"
            )

    def describe_stacks(self, **_: Any) -> dict[str, Any]:
        status = self.statuses.pop(0)
        return {"Stacks": [{"StackStatus": status, "StackStatusReason": "because"}]}


def run(formation: Formation, monkeypatch: pytest.MonkeyPatch) -> bool:
    monkeypatch.setattr(stack, "describe", lambda _: deployed(PARAMETERS))
    target: Any = SimpleNamespace(backend="local", client=lambda _: formation)
    return register.register(target, [serving("fine-tuned")], lambda _: None)


def test_it_waits_for_the_update(monkeypatch: pytest.MonkeyPatch) -> None:
    formation = Formation(
        "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_COMPLETE"
    )
    assert run(formation, monkeypatch)
    assert not formation.statuses


def test_what_is_registered_already_is_no_update(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not run(Formation(nothing=True), monkeypatch)


def test_an_update_that_rolls_back_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingError, match="could not be updated: because"):
        run(Formation("UPDATE_ROLLBACK_COMPLETE"), monkeypatch)


class TestLength:
    """--max-output-length is written into the generation parameters of the stack."""

    def made(self, generation: str) -> str | None:
        stack_ = deployed(PARAMETERS | {"FineTunedGeneration": generation})
        longer = replace(serving("fine-tuned"), max_output_length=128)
        found = register.request(stack_, [longer])["Parameters"]
        values = {one["ParameterKey"]: one.get("ParameterValue") for one in found}
        text: str | None = values["FineTunedGeneration"]
        return text

    def test_the_other_parameters_stay(self) -> None:
        assert self.made('{"max_length": 80, "num_beams": 10}') == (
            '{"max_length": 128, "num_beams": 10}'
        )

    def test_without_a_length_nothing_is_written(self) -> None:
        stack_ = deployed(PARAMETERS | {"FineTunedGeneration": "{}"})
        found = register.request(stack_, [serving("fine-tuned")])["Parameters"]
        assert {"ParameterKey": "FineTunedGeneration", "UsePreviousValue": True} in found

    def test_a_contradiction_is_refused(self) -> None:
        with pytest.raises(SettingError, match="FineTunedGeneration: min_length is more than"):
            self.made('{"min_length": 200}')
