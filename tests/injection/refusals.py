"""Errors as each service words them, in its own protocol."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any, Literal

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

Reason = Literal["denied", "failed", "throttled"]

# Status and error code, from the API reference of each service.
_CODES: dict[str, dict[Reason, tuple[int, str]]] = {
    "s3": {
        "denied": (403, "AccessDenied"),
        "failed": (500, "InternalError"),
        "throttled": (503, "SlowDown"),
    },
    "dynamodb": {
        "denied": (400, "AccessDeniedException"),
        "failed": (500, "InternalServerError"),
        "throttled": (400, "ThrottlingException"),
    },
    "sqs": {
        "denied": (403, "AccessDeniedException"),
        "failed": (500, "InternalFailure"),
        "throttled": (403, "RequestThrottled"),
    },
    "sagemaker": {
        "denied": (400, "AccessDeniedException"),
        "failed": (500, "InternalFailure"),
        "throttled": (400, "ThrottlingException"),
    },
    "sagemaker-runtime": {
        "denied": (403, "AccessDeniedException"),
        "failed": (500, "InternalFailure"),
        "throttled": (400, "ThrottlingException"),
    },
}


class _Raw(io.BytesIO):
    """The raw response that botocore reads from."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        """Yield all of it."""
        yield self.read()


def answer(request: Any, status: int, body: bytes, headers: dict[str, str]) -> AWSResponse:
    """An HTTP response to a request."""
    return AWSResponse(request.url, status, HTTPHeaders.from_dict(headers), _Raw(body))


def refused(service: str, request: Any, reason: Reason) -> AWSResponse:
    """What the service answers instead of carrying a request out."""
    status, code = _CODES[service][reason]
    if service == "s3":
        text = f"<Error><Code>{code}</Code><Message>No.</Message></Error>"
        # The answer to HEAD has no body: the SDK knows only the status.
        body = b"" if request.method == "HEAD" else text.encode()
        return answer(request, status, body, {"Content-Type": "application/xml"})
    body = json.dumps({"__type": code, "message": "No.", "Message": "No."}).encode()
    headers = {"Content-Type": "application/json", "x-amzn-ErrorType": code}
    return answer(request, status, body, headers)
