"""Asks the registered models for an impression, in the same way as the functions."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.drafting.endpoint import CallBudget, EndpointClient
from chalicelib.drafting.prompts import prompt_for
from chalicelib.errors import ImpressionsError, SettingsError
from chalicelib.settings import ROLES, Model, read_model
from common.aws import Target
from common.errors import SettingError
from training import stack
from training.errors import EndpointError
from training.serving.register import PREFIXES

# The template's parameters of a model, and their names in a function's environment.
_VARIABLES = {
    "Endpoint": "ENDPOINT",
    "ModelId": "MODEL_ID",
    "ModelVersion": "MODEL_VERSION",
    "Codec": "CODEC",
    "Prompt": "PROMPT",
    "Generation": "GENERATION",
}
PATIENCE_S = 300.0


def ask(target: Target, findings: str) -> dict[str, str]:
    """Each registered model's draft for one findings text, by role; stores nothing.

    Raises:
        EndpointError: an endpoint does not respond, or rejects the text.
        SettingError: the stack is not deployed, or one of its models is misconfigured.
        AwsError: AWS rejected the request or could not be reached.
    """
    client = EndpointClient(target.client("sagemaker-runtime"), CallBudget(lambda: PATIENCE_S))
    return {model.role: _draft(client, model, findings) for model in models(target)}


def models(target: Target) -> list[Model]:
    """The models registered in the stack, the live one first.

    Raises:
        SettingError: the stack is not deployed, or one of its models is misconfigured.
        AwsError: AWS rejected the request or could not be reached.
    """
    environment = _environment(stack.describe(target).parameters)
    try:
        found = [read_model(environment, role) for role in ROLES]
    except SettingsError as error:
        raise SettingError(f"stack {target.stack_name}", str(error)) from None
    return [model for model in found if model is not None]


def _environment(parameters: Mapping[str, str]) -> dict[str, str]:
    return {
        f"{role.upper().replace('-', '_')}_{variable}": parameters.get(f"{prefix}{name}", "")
        for role, prefix in PREFIXES.items()
        for name, variable in _VARIABLES.items()
    }


def _draft(client: EndpointClient, model: Model, findings: str) -> str:
    try:
        (draft,) = client.draft(model, [prompt_for(model.prompt, findings)], 1)
    except ImpressionsError as error:
        raise EndpointError(model.endpoint_name, str(error)) from None
    if isinstance(draft, ImpressionsError):
        raise EndpointError(model.endpoint_name, str(draft)) from None
    return draft.impression
