"""Responses in the format of SageMaker's runtime, as botocore reads them."""

from __future__ import annotations

from uuid import uuid4

import msgspec
from starlette.responses import Response

from local.sagemaker.errors import (
    BodyTooLargeError,
    ContainerError,
    EndpointNotFoundError,
    InvocationError,
)

# A dummy account, and the default region of MiniStack and the SDKs.
ACCOUNT_ID = "000000000000"
REGION = "us-east-1"
PRODUCTION_VARIANT = "AllTraffic"

_CLIENT_ERROR_STATUSES = range(400, 500)


def success(body: bytes) -> Response:
    """The response of the container."""
    return _response(200, body, {"x-Amzn-Invoked-Production-Variant": PRODUCTION_VARIANT})


def failure(error: InvocationError, endpoint: str) -> Response:
    """The response to an invocation of `endpoint` that was rejected or failed.

    The shapes are those of the sagemaker-runtime service model (InvokeEndpoint, Errors), with the
    messages that SageMaker uses.
    """
    if isinstance(error, ContainerError):
        return _service_error(424, "ModelError", **_model_error(error, endpoint))

    if isinstance(error, EndpointNotFoundError):
        message = f"Endpoint {endpoint} of account {ACCOUNT_ID} not found."
        return _service_error(400, "ValidationError", Message=message)

    if isinstance(error, BodyTooLargeError):
        # SageMaker's front end returns plain text, not a modelled shape: botocore's code is "413".
        return _response(413, str(error).encode(), {}, media_type="text/plain")

    return internal_failure()


def internal_failure() -> Response:
    """The response to a failure of the runtime itself."""
    return _service_error(500, "InternalFailure", Message="An internal failure occurred.")


def unknown_operation() -> Response:
    """The response to an unknown path or method."""
    return _service_error(404, "UnknownOperationException", Message="Unknown operation.")


def _model_error(error: ContainerError, endpoint: str) -> dict[str, str | int]:
    side = "client" if error.status in _CLIENT_ERROR_STATUSES else "server"
    original = _container_body(error)
    group = f"/aws/sagemaker/Endpoints/{endpoint}"
    console = f"https://{REGION}.console.aws.amazon.com/cloudwatch/home?region={REGION}"

    return {
        "Message": (
            f'Received {side} error ({error.status}) from primary with message "{original}". '
            f"See {console}#logEventViewer:group={group} in account {ACCOUNT_ID} "
            "for more information."
        ),
        "OriginalStatusCode": error.status,
        "OriginalMessage": original,
        "LogStreamArn": f"arn:aws:logs:{REGION}:{ACCOUNT_ID}:log-group:{group}",
    }


def _container_body(error: ContainerError) -> str:
    if not error.status:
        return str(error)

    # The error document of the model server, which is the same for every status.
    body = {"code": error.status, "type": "InternalServerException", "message": str(error)}
    return msgspec.json.format(msgspec.json.encode(body), indent=2).decode()


def _service_error(status: int, code: str, **members: str | int) -> Response:
    return _response(status, msgspec.json.encode(members), {"x-amzn-ErrorType": code})


def _response(
    status: int, body: bytes, headers: dict[str, str], *, media_type: str = "application/json"
) -> Response:
    headers = {"x-amzn-RequestId": str(uuid4()), **headers}
    return Response(body, status, headers, media_type=media_type)
