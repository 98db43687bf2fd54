"""Measures the CPU time of the function's own code, against the local stack, and stores it."""

from __future__ import annotations

import contextlib
import io
import json
import os
import platform
import subprocess
import sys
import time
from itertools import count
from typing import TYPE_CHECKING, Any

import msgspec

from benchmarks.events import sqs_event
from benchmarks.function_here import LANE, Context, environment, put_unnoticed
from benchmarks.reports import records
from benchmarks.scale.service_times import MEASURED, Measured
from benchmarks.stage import staged
from common import files
from common.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.stage import Stage

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


def measure() -> Measured:
    """Start a local stack, and let this process do the function's work.

    CPU time leaves out the stack's own work and what the services answer late: neither is AWS's.
    """
    with staged() as stage:
        return _measure(stage)


def _measure(stage: Stage) -> Measured:
    # The log lines are counted, and a cold start imports from here.
    folders = os.pathsep.join([str(ROOT), str(ROOT / "chalice_app")])
    logged = {"LOG_LEVEL": stage.variables.get("LOG_LEVEL", "INFO"), "PYTHONPATH": folders}
    os.environ.update(environment(stage) | logged)
    written = io.StringIO()
    with contextlib.redirect_stdout(written):  # before the logger takes hold of stdout
        import app  # noqa: PLC0415  # reads the environment above

    names = (f"measured-{number}" for number in count())

    def invoke(files: Sequence[Sequence[dict[str, Any]]]) -> float:
        event = sqs_event([put_unnoticed(stage, next(names), body) for body in files])
        with contextlib.redirect_stdout(written):
            began = time.process_time()
            response = app.summarize(event, Context())
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
        gather_record_ms=_rounded(_gather_record_ms(stage)),
        log_bytes_per_file=float(round(log_bytes)),
    )


def _least(run: Callable[[], float]) -> float:
    """The least of some runs: other work on the machine only adds to CPU time."""
    return min(run() for _ in range(REPEATS))


def _rounded(milliseconds: float) -> float:
    return round(max(0.0, milliseconds), 3)


def _check_ms() -> float:
    """One look-up of a result, as the nightly sweep makes it for every object of SweepDays."""
    from chalicelib import aws  # noqa: PLC0415  # reads the environment
    from chalicelib.intake import landing  # noqa: PLC0415  # the same
    from chalicelib.output import results  # noqa: PLC0415  # the same
    from chalicelib.settings import current_settings  # noqa: PLC0415  # the same

    settings = current_settings()
    pages = landing.list_objects(aws.s3(), settings.landing_bucket, f"{LANE}/")
    listed = next(iter(pages)).objects
    began = time.process_time()
    for number in range(CHECKS):
        results.look_up(aws.s3(), settings.results_bucket, listed[number % len(listed)])
    return (time.process_time() - began) * 1000 / CHECKS


def _gather_record_ms(stage: Stage) -> float:
    """Packing one record of a large nightly file into a shard."""
    from chalicelib import aws  # noqa: PLC0415  # reads the environment
    from chalicelib.nightly import gather  # noqa: PLC0415  # the same
    from chalicelib.nightly.shards import ShardWriter  # noqa: PLC0415  # the same
    from chalicelib.objects import ObjectRef  # noqa: PLC0415  # the same
    from chalicelib.settings import current_settings  # noqa: PLC0415  # the same

    settings = current_settings()
    own = json.loads(put_unnoticed(stage, "gathered", records(LARGE_RECORDS, SEED)))
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


if __name__ == "__main__":
    encoded = msgspec.json.format(msgspec.json.encode(measure()), indent=1)
    files.write(MEASURED, f"{encoded.decode()}\n")
