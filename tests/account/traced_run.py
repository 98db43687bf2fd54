"""A run with tracing on, in a process of its own: `python -m tests.account.traced_run CANARY`.

The X-Ray SDK has one recorder per process and reads its settings when it is imported.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from chalicelib import aws
from tests.account.account import _Raw, account_in_moto
from tests.account.model import runtime
from tests.account.texts import json_lines


def main(canary: str) -> None:
    """Process a file whose model error echoes its input, and one whose reading is refused."""
    patch = pytest.MonkeyPatch()
    with runtime() as up, account_in_moto(up, patch) as account:
        aws.forget_clients()
        client = account.renew_client("sagemaker_runtime")

        def echo(request: Any, **_: Any) -> AWSResponse:
            said = f"Received client error (400) from primary: {request.body.decode()}"
            body = {"Message": said, "OriginalMessage": said, "OriginalStatusCode": 400}
            headers = {"x-amzn-ErrorType": "ModelError", "Content-Type": "application/json"}
            raw = _Raw(json.dumps(body).encode())
            return AWSResponse(request.url, 424, headers, raw)  # type: ignore[arg-type]  # a stand-in

        client.meta.events.register_first("before-send.sagemaker-runtime.InvokeEndpoint", echo)
        record = {"report_id": f"{canary}id", "findings": f"{canary} lungs", "impression": canary}
        account.drop(f"incoming/{canary}/{canary}.json", json_lines(record))
        account.drain()
        account.refuse("s3", "GetObject", 403, "AccessDenied")
        account.drop(f"incoming/{canary}/denied-{canary}.json", json_lines(record))
        account.drain()


if __name__ == "__main__":
    main(sys.argv[1])
