"""The runtime's two routes, `POST /endpoints/<name>/invocations` and `GET /ping`.

With a control plane, it handles all other requests.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from local.sagemaker import responses
from local.sagemaker.control.plane import ControlPlane
from local.sagemaker.errors import (
    BodyTooLargeError,
    InvocationError,
    InvocationTimeoutError,
    ModelFailedError,
)
from local.sagemaker.model import Model
from local.sagemaker.payload import decode_invocation
from local.sagemaker.registry import EndpointRegistry

# InvokeEndpoint's limits: the size of a body, and the response time of a container.
MAX_BODY_BYTES = 6_291_456
TIME_LIMIT_S = 60.0

# A longer body is read and discarded, up to this size: otherwise a client that is still sending
# would see a broken connection instead of the response, and retry.
MAX_DISCARDED_BYTES = 64 * 1024 * 1024

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")

_log = logging.getLogger(__name__)


def create_app(
    models: Mapping[str, Model],
    *,
    plane: ControlPlane | None = None,
    time_limit_s: float = TIME_LIMIT_S,
) -> Starlette:
    """Create the ASGI application that serves `models` by endpoint name.

    `time_limit_s` limits an invocation, including its time in the queue. The registry is
    `app.state.endpoints`. Raises EndpointNameError.
    """
    registry = EndpointRegistry(models)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        if plane is not None:
            plane.attach(registry)
        yield
        if plane is not None:
            await plane.close()
        await registry.aclose()

    async def ping(_request: Request) -> Response:
        # A control plane is healthy without endpoints: they can be created later.
        return Response(status_code=200 if plane is not None or len(registry) else 503)

    async def invoke(request: Request) -> Response:
        name = request.path_params["name"]
        try:
            return responses.success(await _invoke(registry, request, time_limit_s))
        except InvocationError as error:
            if isinstance(error, ModelFailedError):
                _log.error("endpoint %s: %s", name, error)
            return responses.failure(error, name)
        except ClientDisconnect:
            return responses.internal_failure()
        except Exception as error:  # noqa: BLE001  # a traceback could contain text of the request
            _log.error("internal failure (%s)", type(error).__name__)
            return responses.internal_failure()

    rest = [] if plane is None else [Route("/{rest:path}", plane.handle, methods=METHODS)]
    app = Starlette(
        routes=[
            Route("/ping", ping, methods=["GET"]),
            Route("/endpoints/{name}/invocations", invoke, methods=["POST"]),
            *rest,
        ],
        exception_handlers={404: _unknown_operation, 405: _unknown_operation},
        lifespan=lifespan,
    )
    app.state.endpoints = registry

    return app


async def _invoke(registry: EndpointRegistry, request: Request, time_limit_s: float) -> bytes:
    body = await _read_body(request)
    batcher = registry.get(request.path_params["name"])
    invocation = decode_invocation(request.headers.get("content-type", ""), body)

    try:
        async with asyncio.timeout(time_limit_s):
            generated = await batcher.generate(invocation.texts, invocation.parameters)
    except TimeoutError:
        raise InvocationTimeoutError from None

    return invocation.encode_answer(generated)


async def _read_body(request: Request) -> bytes:
    chunks: list[bytes] = []
    size = 0

    async for chunk in request.stream():
        size += len(chunk)
        if size <= MAX_BODY_BYTES:
            chunks.append(chunk)
        elif size <= MAX_DISCARDED_BYTES:
            chunks.clear()
        else:
            break

    if size > MAX_BODY_BYTES:
        raise BodyTooLargeError(MAX_BODY_BYTES)

    return b"".join(chunks)


async def _unknown_operation(_request: Request, _error: Exception) -> Response:
    return responses.unknown_operation()
