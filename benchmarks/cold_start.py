"""Cold start: the function from its zip in a new process, compared with boto3 and three clients.

Import alone, import and first score, and import and first event: one file, from its message to its
result in the local stack.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.events import sqs_event
from benchmarks.figures import Figure, Figures, in_turn
from benchmarks.function_here import environment, put_unnoticed
from benchmarks.reports import records

if TYPE_CHECKING:
    from benchmarks.stage import Stage

REPEATS = 9
# Timed inside the new interpreter: its own startup is the same for all.
TIMED = "import time; t = time.perf_counter(); {what}; print(time.perf_counter() - t)"
BOTO3 = (
    "import boto3; "
    "[boto3.client(name, region_name='us-east-1') for name in ('s3', 'sqs', 'dynamodb')]"
)
FUNCTION = "import app"
SCORING = "import app; from chalicelib.output import scoring; scoring.score('a', 'a')"
# The event is read before the clock starts.
EVENT = """
import contextlib, io, json, os, time, types
event = json.loads(os.environ["FIRST_EVENT"])
context = types.SimpleNamespace(
    aws_request_id="benchmark", function_name="benchmark", memory_limit_in_mb=1024,
    invoked_function_arn="arn:aws:lambda:us-east-1:000000000000:function:benchmark",
    get_remaining_time_in_millis=lambda: 900_000,
)
t = time.perf_counter()
with contextlib.redirect_stdout(io.StringIO()):
    import app
    response = app.summarize(event, context)
taken = time.perf_counter() - t
assert response == {"batchItemFailures": []}, response
print(taken)
"""


def cold_start(stage: Stage) -> Figures:
    """Seconds and ratios; the measurements alternate. And the size of the zip."""
    package, unzipped = stage.package, stage.folder / "zip"
    with zipfile.ZipFile(package.zip_path) as archive:
        archive.extractall(unzipped)
    # boto3 is precompiled in the Lambda runtime; in a new virtual environment it may not be.
    _seconds(TIMED.format(what=BOTO3), unzipped, {}, write_bytecode=True)
    deployed = environment(stage)
    drawn = records(REPEATS, "cold-start")

    def first_event(repeat: int) -> float:
        body = put_unnoticed(stage, f"cold-{repeat}", drawn[repeat])
        event = json.dumps(sqs_event([body]))
        return _seconds(EVENT, unzipped, deployed | {"FIRST_EVENT": event})

    def timed(what: str) -> partial[float]:
        return partial(_timed, what, unzipped)

    boto3, function, scoring, event = in_turn(
        REPEATS, timed(BOTO3), timed(FUNCTION), timed(SCORING), first_event
    )
    return {
        "boto3_and_clients_s": boto3,
        "cold_import_s": function,
        "cold_import_and_first_score_s": scoring,
        "cold_import_and_first_event_s": event,
        # Ratios of medians: a single process is too short to be compared with its neighbour.
        "cold_import_to_boto3": Figure.of(function.median / boto3.median),
        "cold_import_and_first_score_to_boto3": Figure.of(scoring.median / boto3.median),
        "cold_import_and_first_event_to_boto3": Figure.of(event.median / boto3.median),
        "zip_mb": Figure.of(package.zip_bytes / 1e6),
        "unzipped_mb": Figure.of(package.unzipped_bytes / 1e6),
    }


def _timed(what: str, unzipped: Path, _repeat: int) -> float:
    return _seconds(TIMED.format(what=what), unzipped, {})


def _seconds(
    code: str, unzipped: Path, variables: dict[str, str], *, write_bytecode: bool = False
) -> float:
    own = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(unzipped),
        # Lambda's code folder is read-only: compiled modules are not cached there.
        "PYTHONDONTWRITEBYTECODE": "" if write_bytecode else "1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "POWERTOOLS_SERVICE_NAME": "impressions",
        "POWERTOOLS_METRICS_NAMESPACE": "RadiologyImpressions",
        # As in Lambda: it enables Powertools' tracer.
        "LAMBDA_TASK_ROOT": str(unzipped),
    }
    command = [sys.executable, "-c", code]
    done = subprocess.run(  # noqa: S603  # our own command
        command, env=own | variables, capture_output=True, text=True, check=True
    )
    return float(done.stdout.splitlines()[-1])
