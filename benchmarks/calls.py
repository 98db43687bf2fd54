"""Counts the AWS calls that the function makes for one small file, in this process."""

from __future__ import annotations

import json
import os
from collections import Counter
from typing import TYPE_CHECKING, Any
from unittest import mock

if TYPE_CHECKING:
    from local.stack.lifecycle import Stack

RECORD = {"report_id": "one", "findings": "The lungs are clear.", "impression": "Normal chest."}


class Context:
    """The part of the Lambda context that the function uses."""

    aws_request_id = "benchmark"
    function_name = "benchmark"
    memory_limit_in_mb = 1024
    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:benchmark"

    def get_remaining_time_in_millis(self) -> int:
        """Fifteen minutes, as for a new invocation."""
        return 900_000


def aws_calls_a_file(stack: Stack) -> dict[str, float]:
    """Run the function's code on one file with a reference, counting every request sent.

    The nightly lane has no notification, so the deployed function does not process the file.
    """
    s3, bucket = stack.client("s3"), stack.outputs.landing_bucket
    stored = s3.put_object(Bucket=bucket, Key="nightly/bench/a.json", Body=json.dumps(RECORD))
    message = {
        "bucket": bucket,
        "key": "nightly/bench/a.json",
        "etag": stored["ETag"].strip('"'),
        "version_id": stored["VersionId"],
    }
    sent: Counter[str] = Counter()

    def note(event_name: str, **_: Any) -> None:  # noqa: ANN401  # botocore's signature
        sent[event_name.removeprefix("before-send.")] += 1

    with mock.patch.dict(os.environ, _environment(stack)):
        from chalicelib import aws  # noqa: PLC0415  # reads the environment above
        from chalicelib.handlers import summarize  # noqa: PLC0415  # reads the environment above

        aws.session().events.register("before-send", note)
        response = summarize.handle(_event(message), Context())  # type: ignore[arg-type]  # a stand-in
    if response["batchItemFailures"]:
        raise RuntimeError("the file was not processed: the count would be meaningless")
    return {"aws_calls_a_file": float(sum(sent.values()))}


def _environment(stack: Stack) -> dict[str, str]:
    found = stack.client("lambda").get_function(FunctionName=stack.outputs.function_name)
    variables: dict[str, str] = found["Configuration"]["Environment"]["Variables"]
    return variables | {
        "AWS_ENDPOINT_URL": stack.aws_url,
        "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME": stack.runtime_url,
        "AWS_REGION": stack.settings.region,
        "AWS_DEFAULT_REGION": stack.settings.region,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "POWERTOOLS_TRACE_DISABLED": "1",
        "LOG_LEVEL": "ERROR",
    }


def _event(message: dict[str, str]) -> dict[str, Any]:
    return {
        "Records": [
            {
                "messageId": "benchmark",
                "receiptHandle": "benchmark",
                "body": json.dumps(message),
                "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1700000000000"},
                "eventSource": "aws:sqs",
            }
        ]
    }
