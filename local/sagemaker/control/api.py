"""The control plane's one door: `POST /`, JSON 1.1, `X-Amz-Target: SageMaker.<Operation>`."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

from starlette.responses import Response

from local.sagemaker.control import service
from local.sagemaker.control.hosting import MODELS, Configs, Endpoints, Kind
from local.sagemaker.control.jobs import Jobs
from local.sagemaker.control.refusals import (
    ControlError,
    InvalidRequestError,
    UnknownOperationError,
)
from local.sagemaker.control.store import Document, Store
from local.sagemaker.control.tags import Tags

JSON_TYPE = "application/x-amz-json-1.1"
Operation = Callable[[Document], Document]

_log = logging.getLogger(__name__)


def operations(store: Store, jobs: Jobs, endpoints: Endpoints) -> Mapping[str, Operation]:
    """Every operation by its name."""
    models = Kind(store, MODELS, "model", "Model")
    configs = Configs(store)
    tags = Tags(store)
    return {
        "CreateTrainingJob": jobs.create,
        "DescribeTrainingJob": jobs.describe,
        "StopTrainingJob": jobs.stop,
        "ListTrainingJobs": jobs.list,
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
        "DescribeEndpoint": endpoints.describe,
        "ListEndpoints": endpoints.list,
        "DeleteEndpoint": endpoints.delete,
        "AddTags": tags.add,
        "ListTags": tags.list,
        "DeleteTags": tags.delete,
    }


def answer(known: Mapping[str, Operation], target: str, body: bytes) -> Response:
    """Carry one operation out; blocks while it writes its state to disk."""
    name = target.removeprefix(f"{service.TARGET}.")
    try:
        return _response(200, _carry_out(known, name, body))
    except ControlError as error:
        return _response(400, {"__type": error.code, "message": str(error)})
    except Exception:  # noqa: BLE001 - one request's trouble must not end the server
        _log.exception("%s failed", name)  # requests to this door hold no report text
        return _response(500, {"__type": ControlError.code, "message": f"{name} failed"})


def _carry_out(known: Mapping[str, Operation], name: str, body: bytes) -> Document:
    if name not in known:
        raise UnknownOperationError(name)
    request = _read(body)
    service.check(name, request)
    return service.answer(name, known[name](request))


def _read(body: bytes) -> Document:
    try:
        request: Any = json.loads(body or b"{}")
    except ValueError:
        raise InvalidRequestError("The request is no JSON.") from None
    if not isinstance(request, dict):
        raise InvalidRequestError("The request is no JSON object.")
    return request


def _response(status: int, document: Document) -> Response:
    return Response(json.dumps(document), status_code=status, media_type=JSON_TYPE)
