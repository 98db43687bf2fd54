"""Everything that is not SageMaker goes on to MiniStack: one URL is the whole local AWS."""

from __future__ import annotations

import re
from collections.abc import Iterator

import urllib3
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from urllib3.response import BaseHTTPResponse

from local.sagemaker import responses

# RFC 9110, 7.6.1: these belong to one connection. The length of a request is counted anew.
_OWN = frozenset(
    (
        *("connection", "keep-alive", "proxy-authenticate", "proxy-authorization"),
        *("te", "trailer", "transfer-encoding", "upgrade", "expect"),
    )
)
# The service that a request was signed for, in its Authorization header or its query.
_SIGNED_FOR = re.compile(r"/([a-z0-9-]+)(?:/|%2F)aws4_request")
CONNECT_S = 5.0
READ_S = 900.0  # as long as a function may take that is waited for
PIECE_BYTES = 256 * 1024


class Front:
    """Hands requests on as they are, and their answers back."""

    def __init__(self, url: str) -> None:
        """`url` is MiniStack's."""
        self._url = url.rstrip("/")
        # Not a PoolManager: that one resolves dots in paths, which keys of S3 may hold.
        self._pool = urllib3.connection_from_url(
            self._url,
            maxsize=16,
            retries=False,
            timeout=urllib3.Timeout(connect=CONNECT_S, read=READ_S),
        )

    async def hand_on(self, request: Request) -> Response:
        """Ask MiniStack the same; 503 when it is down, which clients take as a reason to retry."""
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
        return await run_in_threadpool(self._ask, request.method, target, headers, body)

    def _ask(
        self, method: str, target: str, headers: urllib3.HTTPHeaderDict, body: bytes
    ) -> Response:
        try:
            answered = self._pool.urlopen(
                method,
                target,
                body=body,
                headers=headers,
                redirect=False,
                decode_content=False,
                preload_content=False,
            )
            length = answered.headers.get("content-length")
            # What is long, or of unknown length, goes on as it comes.
            if length is not None and int(length) <= PIECE_BYTES:
                response = Response(answered.read(), status_code=answered.status)
                answered.release_conn()
            else:
                response = StreamingResponse(_pieces(answered), status_code=answered.status)
        except urllib3.exceptions.HTTPError:
            return Response(f"MiniStack does not answer at {self._url}", status_code=503)
        response.raw_headers = [
            (name.lower().encode("latin-1"), value.encode("latin-1"))
            for name, value in answered.headers.items()
            if name.lower() not in _OWN and name.lower() != "date"  # the server writes its own
        ]
        return response


def _pieces(answered: BaseHTTPResponse) -> Iterator[bytes]:
    try:
        yield from answered.stream(PIECE_BYTES, decode_content=False)
        answered.release_conn()
    finally:
        answered.close()


def _is_signed_for_sagemaker(request: Request) -> bool:
    """Of SageMaker and not answered before: MiniStack would take it for a request of S3."""
    signed = request.headers.get("authorization", "") or request.url.query
    found = _SIGNED_FOR.search(signed)
    return found is not None and found[1] == "sagemaker"
