"""Measures the CPU time of the function's own code, against the local stack, and stores it."""

from __future__ import annotations

import contextlib
import io
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from benchmarks.reports import records
from benchmarks.scale.service_times import MEASURED, Measured
from common import files
from common.paths import ROOT
from common.stack_settings import LocalStackSettings
from local.stack import lifecycle

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from local.stack.lifecycle import Stack

REPEATS = 9
SMALL_FILES = 5  # in one invocation
FILE_RECORDS = 40  # below ChunkRecords, so that the file is not split
LARGE_RECORDS = 2000
CHECKS = 200
SEED = "service-times"
# In a process of its own, without compiled modules, as in a new execution environment.
COLD_START = (
    "import time, common, app; from chalicelib import aws; from chalicelib.output import scoring;"
    "aws.s3(), aws.dynamodb(), aws.sqs(), aws.sagemaker_runtime(); scoring.score('a', 'a');"
    "print(time.process_time())"
)


class _Context:
    """The part of the Lambda context that the function uses."""

    aws_request_id = "measure"
    function_name = "measure"
    memory_limit_in_mb = 1024
    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:measure"

    def get_remaining_time_in_millis(self) -> int:
        """Fifteen minutes, as for a new invocation."""
        return 900_000


def measure() -> Measured:
    """Start a local stack, and let this process do the function's work.

    CPU time leaves out the stack's own work and what the services answer late: neither is AWS's.
    """
    with tempfile.TemporaryDirectory() as name:
        settings = LocalStackSettings(state_directory=Path(name) / "stack")
        try:
            return _measure(lifecycle.up(settings))
        finally:
            lifecycle.down(settings)


def _measure(stack: Stack) -> Measured:
    os.environ.update(_environment(stack))
    written = io.StringIO()
    with contextlib.redirect_stdout(written):  # before the logger takes hold of stdout
        import app  # noqa: PLC0415  # reads the environment above

    def invoke(files: Sequence[Sequence[dict[str, Any]]]) -> float:
        event = {"Records": [_message(stack, body) for body in files]}
        with contextlib.redirect_stdout(written):
            began = time.process_time()
            response = app.summarize(event, _Context())
            spent = time.process_time() - began
        if response["batchItemFailures"]:
            raise RuntimeError("a file was not processed: the times would be meaningless")
        return spent * 1000

    one = [records(1, SEED)]
    many = [records(FILE_RECORDS, SEED)]
    large = [records(LARGE_RECORDS, SEED)]
    invoke(one)  # the first one connects and imports
    written.truncate(0)
    one_ms = _least(lambda: invoke(one))
    log_bytes = len(written.getvalue().strip("\0")) / REPEATS
    five_ms = _least(lambda: invoke(one * SMALL_FILES))
    file_ms = (five_ms - one_ms) / (SMALL_FILES - 1)
    record_ms = (_least(lambda: invoke(many)) - one_ms) / (FILE_RECORDS - 1)
    scan_ms = (_least(lambda: invoke(large)) - one_ms) / LARGE_RECORDS
    return Measured(
        machine=f"{platform.processor() or platform.machine()}, Python {platform.python_version()}",
        invocation_ms=_rounded(one_ms - file_ms),
        file_ms=_rounded(file_ms - record_ms),
        record_ms=_rounded(record_ms),
        scan_record_ms=_rounded(scan_ms),
        cold_start_ms=_rounded(_cold_start_ms()),
        check_ms=_rounded(_check_ms()),
        gather_record_ms=_rounded(_gather_record_ms(stack)),
        log_bytes_per_file=float(round(log_bytes)),
    )


def _least(run: Callable[[], float]) -> float:
    """The least of some runs: other work on the machine only adds to CPU time."""
    return min(run() for _ in range(REPEATS))


def _rounded(milliseconds: float) -> float:
    return round(max(0.0, milliseconds), 3)


def _message(stack: Stack, body: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A message about a new object; nightly/ has no notification that would process it too."""
    s3, bucket = stack.client("s3"), stack.outputs.landing_bucket
    key = f"nightly/measure/{time.monotonic_ns()}.json"
    stored = s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(list(body)))
    own = {
        "bucket": bucket,
        "key": key,
        "etag": stored["ETag"].strip('"'),
        "version_id": stored["VersionId"],
    }
    return {
        "messageId": key,
        "receiptHandle": "measure",
        "body": json.dumps(own),
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": str(int(time.time() * 1000)),
        },
        "eventSource": "aws:sqs",
    }


def _check_ms() -> float:
    """One look-up of a result, as the nightly sweep makes it for every object of SweepDays."""
    from chalicelib import aws  # noqa: PLC0415  # reads the environment
    from chalicelib.intake import landing  # noqa: PLC0415  # the same
    from chalicelib.output import results  # noqa: PLC0415  # the same
    from chalicelib.settings import current_settings  # noqa: PLC0415  # the same

    settings = current_settings()
    pages = landing.list_objects(aws.s3(), settings.landing_bucket, "nightly/")
    listed = next(iter(pages)).objects
    began = time.process_time()
    for number in range(CHECKS):
        results.look_up(aws.s3(), settings.results_bucket, listed[number % len(listed)])
    return (time.process_time() - began) * 1000 / CHECKS


def _gather_record_ms(stack: Stack) -> float:
    """Packing one record of a large nightly file into a shard."""
    from chalicelib import aws  # noqa: PLC0415  # reads the environment
    from chalicelib.nightly import gather  # noqa: PLC0415  # the same
    from chalicelib.nightly.shards import ShardWriter  # noqa: PLC0415  # the same
    from chalicelib.objects import ObjectRef  # noqa: PLC0415  # the same
    from chalicelib.settings import current_settings  # noqa: PLC0415  # the same

    settings = current_settings()
    own = json.loads(_message(stack, records(LARGE_RECORDS, SEED))["body"])
    ref = ObjectRef(own["bucket"], own["key"], own["etag"], own["version_id"])
    stores = gather.Stores(aws.s3(), aws.dynamodb())

    def once() -> float:
        writer = ShardWriter(aws.s3(), settings, "work/nightly/measure")
        began = time.process_time()
        gather.gather(stores, settings.live_model, [ref], writer, lambda: None)
        writer.flush()
        return (time.process_time() - began) * 1000 / LARGE_RECORDS

    return _least(once)


def _cold_start_ms() -> float:
    def once() -> float:
        done = subprocess.run(  # noqa: S603  # our own interpreter
            [sys.executable, "-c", COLD_START],
            env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=True,
        )
        return float(done.stdout) * 1000

    return _least(once)


def _environment(stack: Stack) -> dict[str, str]:
    """The deployed function's variables, and where its services are."""
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
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "chalice_app")]),
    }


if __name__ == "__main__":
    encoded = msgspec.json.format(msgspec.json.encode(measure()), indent=1)
    files.write(MEASURED, f"{encoded.decode()}\n")
