"""Forwards requests for other services to MiniStack, so that one URL serves the local AWS."""

from __future__ import annotations

import re
from collections.abc import Iterator

import urllib3
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from urllib3.response import BaseHTTPResponse

from local.sagemaker import responses

# Hop-by-hop headers (RFC 9110, 7.6.1). The content length of a request is recomputed.
_OWN = frozenset(
    (
        *("connection", "keep-alive", "proxy-authenticate", "proxy-authorization"),
        *("te", "trailer", "transfer-encoding", "upgrade", "expect"),
    )
)
# The service that a request is signed for, in its Authorization header or its query.
_SIGNED_FOR = re.compile(r"/([a-z0-9-]+)(?:/|%2F)aws4_request")
CONNECT_S = 5.0
READ_S = 900.0  # the longest synchronous function invocation
PIECE_BYTES = 256 * 1024


class Front:
    """Forwards requests and responses unchanged."""

    def __init__(self, url: str) -> None:
        """`url` is MiniStack's."""
        self._url = url.rstrip("/")
        # Not a PoolManager, which resolves dots in paths: S3 keys may contain them.
        self._pool = urllib3.connection_from_url(
            self._url,
            maxsize=16,
            retries=False,
            timeout=urllib3.Timeout(connect=CONNECT_S, read=READ_S),
        )

    async def hand_on(self, request: Request) -> Response:
        """Forward to MiniStack; returns 503 if it is down, so that clients retry."""
        if _is_signed_for_sagemaker(request):
            return responses.unknown_operation()
        body = await request.body()
        path = request.scope.get("raw_path") or request.url.path.encode()
        query = request.scope.get("query_string", b"")
        target = path.decode("ascii") + (f"?{query.decode('ascii')}" if query else "")
        headers = urllib3.HTTPHeaderDict(
            (name, value)
            for name, value in request.headers.items()
            if name not in _OWN and name != "content-length"
        )
        return await run_in_threadpool(self._forward, request.method, target, headers, body)

    def _forward(
        self, method: str, target: str, headers: urllib3.HTTPHeaderDict, body: bytes
    ) -> Response:
        try:
            upstream = self._pool.urlopen(
                method,
                target,
                body=body,
                headers=headers,
                redirect=False,
                decode_content=False,
                preload_content=False,
            )
            length = upstream.headers.get("content-length")
            # A body that is long, or of unknown length, is streamed.
            if length is not None and int(length) <= PIECE_BYTES:
                response = Response(upstream.read(), status_code=upstream.status)
                upstream.release_conn()
            else:
                response = StreamingResponse(_pieces(upstream), status_code=upstream.status)
        except urllib3.exceptions.HTTPError:
            return Response(f"MiniStack does not respond at {self._url}", status_code=503)
        response.raw_headers = [
            (name.lower().encode("latin-1"), value.encode("latin-1"))
            for name, value in upstream.headers.items()
            if name.lower() not in _OWN and name.lower() != "date"  # the server adds its own
        ]
        return response


def _pieces(upstream: BaseHTTPResponse) -> Iterator[bytes]:
    try:
        yield from upstream.stream(PIECE_BYTES, decode_content=False)
        upstream.release_conn()
    finally:
        upstream.close()


def _is_signed_for_sagemaker(request: Request) -> bool:
    """Whether an unhandled request is for SageMaker: MiniStack would treat it as an S3 request."""
    signed = request.headers.get("authorization", "") or request.url.query
    found = _SIGNED_FOR.search(signed)
    return found is not None and found[1] == "sagemaker"
