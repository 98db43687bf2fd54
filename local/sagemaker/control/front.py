"""Everything that is not SageMaker goes on to MiniStack: one URL is the whole local AWS."""

from __future__ import annotations

import urllib3
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

# RFC 9110, 7.6.1: these belong to one connection. The lengths are counted anew.
_OWN = frozenset(
    (
        *("connection", "keep-alive", "proxy-authenticate", "proxy-authorization"),
        *("te", "trailer", "transfer-encoding", "upgrade", "content-length", "expect"),
    )
)
TIMEOUT_S = 120.0


class Front:
    """Hands requests on, byte for byte, and their answers back."""

    def __init__(self, url: str) -> None:
        """`url` is MiniStack's."""
        self._url = url.rstrip("/")
        self._pool = urllib3.PoolManager(maxsize=16, retries=False)

    async def hand_on(self, request: Request) -> Response:
        """Ask MiniStack the same; 502 when it is down."""
        body = await request.body()
        path = request.scope.get("raw_path") or request.url.path.encode()
        query = request.scope.get("query_string", b"")
        target = path.decode("ascii") + (f"?{query.decode('ascii')}" if query else "")
        headers = urllib3.HTTPHeaderDict(
            (name, value) for name, value in request.headers.items() if name not in _OWN
        )
        return await run_in_threadpool(self._ask, request.method, target, headers, body)

    def _ask(
        self, method: str, target: str, headers: urllib3.HTTPHeaderDict, body: bytes
    ) -> Response:
        try:
            answered = self._pool.urlopen(
                method,
                f"{self._url}{target}",
                body=body,
                headers=headers,
                redirect=False,
                decode_content=False,
                timeout=TIMEOUT_S,
            )
        except urllib3.exceptions.HTTPError:
            return Response(f"MiniStack does not answer at {self._url}", status_code=502)
        response = Response(answered.data, status_code=answered.status)
        response.raw_headers = [
            (name.lower().encode("latin-1"), value.encode("latin-1"))
            for name, value in answered.headers.items()
            if name.lower() not in _OWN
        ]
        # HEAD answers tell the length of what they do not send.
        length = answered.headers.get("content-length") if method == "HEAD" else None
        count = length or str(len(answered.data))
        response.raw_headers.append((b"content-length", count.encode()))
        return response
