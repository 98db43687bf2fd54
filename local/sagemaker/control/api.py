"""The control plane's API: `POST /`, JSON 1.1, `X-Amz-Target: <service>.<Operation>`."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from starlette.responses import Response

from local.sagemaker.control import service
from local.sagemaker.control.endpoints import Endpoints
from local.sagemaker.control.hosting import Configs, Models
from local.sagemaker.control.jobs import Jobs
from local.sagemaker.control.refusals import (
    ControlError,
    InvalidRequestError,
    UnknownOperationError,
)
from local.sagemaker.control.scaling import Scaling
from local.sagemaker.control.store import Document, Store
from local.sagemaker.control.tags import Tags
from local.sagemaker.control.transforms import Transforms

JSON_TYPE = "application/x-amz-json-1.1"
Operation = Callable[[Document], Document]

_log = logging.getLogger(__name__)


def is_ours(target: str) -> bool:
    """Whether the control plane handles a request with this X-Amz-Target."""
    return target.partition(".")[0] in service.NAMES


def operations(
    store: Store, jobs: Jobs, transforms: Transforms, endpoints: Endpoints
) -> Mapping[str, Operation]:
    """All operations by name."""
    models, configs, tags = Models(store), Configs(store), Tags(store)
    return _scaling(Scaling(store)) | {
        "CreateTrainingJob": jobs.create,
        "DescribeTrainingJob": jobs.describe,
        "StopTrainingJob": jobs.stop,
        "ListTrainingJobs": jobs.list,
        "CreateTransformJob": transforms.create,
        "DescribeTransformJob": transforms.describe,
        "StopTransformJob": transforms.stop,
        "ListTransformJobs": transforms.list,
        "CreateModel": models.create,
        "DescribeModel": models.describe,
        "ListModels": models.list,
        "DeleteModel": models.delete,
        "CreateEndpointConfig": configs.create,
        "DescribeEndpointConfig": configs.describe,
        "ListEndpointConfigs": configs.list,
        "DeleteEndpointConfig": configs.delete,
        "CreateEndpoint": endpoints.create,
        "UpdateEndpoint": endpoints.update,
        "UpdateEndpointWeightsAndCapacities": endpoints.weigh,
        "DescribeEndpoint": endpoints.describe,
        "ListEndpoints": endpoints.list,
        "DeleteEndpoint": endpoints.delete,
        "AddTags": tags.add,
        "ListTags": tags.list,
        "DeleteTags": tags.delete,
    }


def _scaling(scaling: Scaling) -> dict[str, Operation]:
    return {
        "RegisterScalableTarget": scaling.register,
        "DeregisterScalableTarget": scaling.deregister,
        "DescribeScalableTargets": scaling.targets,
        "PutScalingPolicy": scaling.put_policy,
        "DeleteScalingPolicy": scaling.delete_policy,
        "DescribeScalingPolicies": scaling.policies,
        "PutScheduledAction": scaling.put_action,
        "DeleteScheduledAction": scaling.delete_action,
        "DescribeScheduledActions": scaling.actions,
        "DescribeScalingActivities": scaling.activities,
    }


def answer(known: Mapping[str, Operation], target: str, body: bytes) -> Response:
    """Execute one operation; blocks while its state is written to disk."""
    prefix, _, name = target.partition(".")
    try:
        return _response(200, _execute(known, prefix, name, body))
    except ControlError as error:
        return _response(error.status, {"__type": error.code, "message": str(error)})
    except Exception:  # noqa: BLE001  # a failed request must not stop the server
        _log.exception("%s failed", name)  # requests to this API contain no report text
        return _response(500, {"__type": ControlError.code, "message": f"{name} failed"})


def _execute(known: Mapping[str, Operation], prefix: str, name: str, body: bytes) -> Document:
    model = service.model(service.NAMES[prefix])
    if name not in known or name not in model.operation_names:
        raise UnknownOperationError(name)
    request = _read(body)
    service.check(model, name, request)
    return service.answer(model, name, known[name](request))


def _read(body: bytes) -> Document:
    try:
        request: Any = json.loads(body or b"{}")
    except ValueError:
        raise InvalidRequestError("The request is not JSON.") from None
    if not isinstance(request, dict):
        raise InvalidRequestError("The request is not a JSON object.")
    return request


def _response(status: int, document: Document) -> Response:
    headers = {"x-amzn-RequestId": str(uuid4())}
    return Response(json.dumps(document), status, headers, media_type=JSON_TYPE)
