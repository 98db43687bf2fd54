"""`python -m benchmarks.curve.server`: serves InvokeEndpoint at a GPU's cost, until SIGTERM.

Requests are read, and errors answered, by the code of the local SageMaker; only the model is
replaced by a wait. An instance works on one call at a time, as JumpStart's 1.x container does:
others wait in the order of their arrival. `GET /counts` says what it has done.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import signal
import sys
from collections import Counter
from collections.abc import Sequence

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks.curve.cost import CostCurve
from local.sagemaker import responses
from local.sagemaker.app import TIME_LIMIT_S
from local.sagemaker.errors import InvocationError, InvocationTimeoutError
from local.sagemaker.payload import decode_invocation
from local.sagemaker.server import RuntimeServer, bind_loopback

MARK_CHARACTERS = 16


def draft_of(prompt: str) -> str:
    """The text for a prompt: each prompt has its own, so that a mix-up would be noticed."""
    mark = hashlib.sha256(prompt.encode()).hexdigest()[:MARK_CHARACTERS]
    return f"No acute cardiopulmonary abnormality. Compare with study {mark}."


class Counts(msgspec.Struct):
    """What an endpoint has done: its number of calls, by their number of records."""

    calls_of: dict[int, int] = msgspec.field(default_factory=dict)

    @property
    def calls(self) -> int:
        """All calls."""
        return sum(self.calls_of.values())

    @property
    def records(self) -> int:
        """The records of all calls."""
        return sum(size * calls for size, calls in self.calls_of.items())

    def seconds(self, curve: CostCurve) -> float:
        """Endpoint-seconds: the time that its instances worked, whatever else delayed them."""
        return sum(curve.seconds(size) * calls for size, calls in self.calls_of.items())

    def since(self, before: Counts) -> Counts:
        """What it has done after `before`."""
        more = Counter(self.calls_of)
        more.subtract(before.calls_of)
        return Counts({size: calls for size, calls in more.items() if calls})


def create_app(
    curve: CostCurve, *, instances: int = 1, time_limit_s: float = TIME_LIMIT_S
) -> Starlette:
    """The ASGI application; `time_limit_s` includes the wait for a free instance."""
    counts = Counts()
    free = asyncio.Semaphore(instances)

    async def invoke(request: Request) -> Response:
        name = request.path_params["name"]
        try:
            body = await request.body()
            invocation = decode_invocation(request.headers.get("content-type", ""), body)
            try:
                async with asyncio.timeout(time_limit_s):
                    await work(len(invocation.texts))
            except TimeoutError:
                raise InvocationTimeoutError from None
        except InvocationError as error:
            return responses.failure(error, name)
        return responses.success(
            invocation.encode_answer([[draft_of(text)] for text in invocation.texts])
        )

    async def work(records: int) -> None:
        async with free:
            counts.calls_of[records] = counts.calls_of.get(records, 0) + 1
            await asyncio.sleep(curve.seconds(records))

    async def counted(_request: Request) -> Response:
        return Response(msgspec.json.encode(counts), media_type="application/json")

    async def ping(_request: Request) -> Response:
        return Response()

    return Starlette(
        routes=[
            Route("/ping", ping, methods=["GET"]),
            Route("/counts", counted, methods=["GET"]),
            Route("/endpoints/{name}/invocations", invoke, methods=["POST"]),
        ]
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(prog="benchmarks.curve.server", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--call-ms", type=float, required=True)
    parser.add_argument("--record-ms", type=float, required=True)
    parser.add_argument("--instances", type=int, default=1)
    options = parser.parse_args(arguments)
    curve = CostCurve(options.call_ms, options.record_ms)
    # uvicorn raises the signal again after it has stopped, which must not look like a crash.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: None)
    with bind_loopback("127.0.0.1", options.port) as listener:
        app = create_app(curve, instances=options.instances)
        RuntimeServer(app, lambda: None).run(sockets=[listener])
    return 0


if __name__ == "__main__":
    sys.exit(main())
