"""What the function's own code needs to run on this machine, against the local stack.

Its environment, a Lambda context, and files that no deployed function processes.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from benchmarks.curve.endpoint import URL_VARIABLE
from common.stack_settings import ROOT_ACCESS_KEY
from local.aws import ROOT_SECRET_KEY

if TYPE_CHECKING:
    from benchmarks.stage import Stage

# The nightly lane has no notification.
LANE = "nightly/bench"


class Context:
    """The part of the Lambda context that the function uses."""

    aws_request_id = "benchmark"
    function_name = "benchmark"
    memory_limit_in_mb = 1024
    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:benchmark"

    def get_remaining_time_in_millis(self) -> int:
        """Fifteen minutes, as for a new invocation."""
        return 900_000


def environment(stage: Stage) -> dict[str, str]:
    """The environment of the deployed function, for a process on this machine."""
    return stage.variables | {
        "AWS_ENDPOINT_URL": stage.stack.aws_url,
        URL_VARIABLE: stage.stack.runtime_url,
        "AWS_REGION": stage.settings.region,
        "AWS_DEFAULT_REGION": stage.settings.region,
        "AWS_ACCESS_KEY_ID": ROOT_ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": ROOT_SECRET_KEY,
        "POWERTOOLS_TRACE_DISABLED": "1",
        "LOG_LEVEL": "ERROR",
    }


def put_unnoticed(stage: Stage, name: str, document: Any) -> str:  # noqa: ANN401  # JSON
    """Put a file that the deployed function does not process; returns the body of its message."""
    bucket, key = stage.stack.outputs.landing_bucket, f"{LANE}/{name}.json"
    body = json.dumps(document).encode()
    stored = stage.stack.client("s3").put_object(Bucket=bucket, Key=key, Body=body)
    etag = stored["ETag"].strip('"')
    return json.dumps(
        {"bucket": bucket, "key": key, "etag": etag, "version_id": stored["VersionId"]}
    )
