"""Tells which call to AWS failed: the IAM action and the kind of resource, never a key or a URL.

A `ClientError` has only the name of the operation. So every client notes in the response of a
failed call which action of a policy it needs and on which of the stack's resources; the key of an
object becomes the folder at its beginning, which is what policies are written for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from chalicelib.errors import CALL
from chalicelib.objects import LANES
from chalicelib.settings import Settings, current_settings

if TYPE_CHECKING:
    from botocore.client import BaseClient
    from botocore.model import OperationModel

# Where the action has another name than the operation (Service Authorization Reference).
_ACTIONS = {
    "DeleteMessageBatch": "DeleteMessage",
    "HeadObject": "GetObject",
    "Invoke": "InvokeFunction",
    "ListObjectsV2": "ListBucket",
    "SendMessageBatch": "SendMessage",
}
_FOLDERS = (*LANES, "lake", "results", "work")
_PARAMETERS = (
    "Bucket",
    "EndpointConfigName",
    "EndpointName",
    "FunctionName",
    "Key",
    "QueueUrl",
    "TableName",
    "TransformJobName",
    "VersionId",
)


def name_failed_calls(client: BaseClient) -> None:
    """Have a client note in each failed response what the call was, for `errors.failed_call`."""
    client.meta.events.register("before-parameter-build", _keep_parameters)
    client.meta.events.register("after-call", _note)


def _keep_parameters(
    params: Mapping[str, Any],
    context: dict[str, Any],
    **_: Any,  # noqa: ANN401  # botocore passes more
) -> None:
    context[CALL] = {name: params[name] for name in _PARAMETERS if name in params}


def _note(
    parsed: dict[str, Any],
    model: OperationModel,
    context: Mapping[str, Any],
    **_: Any,  # noqa: ANN401  # the same
) -> None:
    if "Error" in parsed:
        parameters = context.get(CALL, {})
        action = f"{model.service_model.signing_name}:{_action(model.name, parameters)}"
        parsed[CALL] = f"{action} on {_resource(current_settings(), parameters)}"


def _action(operation: str, parameters: Mapping[str, str]) -> str:
    action = _ACTIONS.get(operation, operation)
    return "GetObjectVersion" if action == "GetObject" and "VersionId" in parameters else action


def _resource(settings: Settings, parameters: Mapping[str, str]) -> str:
    """The kind of resource that a call is for, by the role that it has in the stack."""
    known = {
        settings.dead_letter_queue_url: "the dead-letter queue",
        settings.idempotency_table: "the idempotency table",
        settings.landing_bucket: "the landing bucket",
        settings.progress_table: "the progress table",
        settings.results_bucket: "the results bucket",
        settings.work_queue_url: "the work queue",
    }
    if "Bucket" in parameters:
        bucket = known.get(parameters["Bucket"], "another bucket")
        folder, slash, _ = parameters.get("Key", "").partition("/")
        return f"{folder}/ in {bucket}" if slash and folder in _FOLDERS else bucket
    if "EndpointName" in parameters:
        return f"endpoint {parameters['EndpointName']}"
    if "EndpointConfigName" in parameters:
        return "the endpoint's configuration"
    if "TransformJobName" in parameters:
        return "the transform job"
    if "FunctionName" in parameters:
        return "the function itself"
    name = parameters.get("QueueUrl") or parameters.get("TableName") or ""
    return known.get(name, "another resource")
