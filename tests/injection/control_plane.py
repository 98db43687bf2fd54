"""SageMaker's control plane on the wire: the nights' transform jobs behind botocore's client."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError

from tests.account.faults import body_of
from tests.injection.refusals import answer
from tests.nights import Transforms

_HEADERS = {"Content-Type": "application/x-amz-json-1.1"}


def serve(transforms: Transforms, request: Any) -> AWSResponse:
    """Answer one request as SageMaker does."""
    target = request.headers["X-Amz-Target"]
    name = (target.decode() if isinstance(target, bytes) else target).rpartition(".")[2]
    method = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
    try:
        told = getattr(transforms, method)(**json.loads(body_of(request)))
    except ClientError as error:
        found = error.response["Error"]
        body = json.dumps({"__type": found["Code"], "message": found["Message"]}).encode()
        return answer(request, 400, body, _HEADERS)
    return answer(request, 200, json.dumps(told or {}, default=_encode).encode(), _HEADERS)


def _encode(value: object) -> float:
    assert isinstance(value, datetime)
    return value.timestamp()
