"""Cold start: importing the function from its zip, compared with boto3 and three clients."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from local.packaging.package import Package

REPEATS = 9
# Timed inside the new interpreter: its own startup is the same for all.
TIMED = "import time; t = time.perf_counter(); {what}; print(time.perf_counter() - t)"
BOTO3 = (
    "import boto3; "
    "[boto3.client(name, region_name='us-east-1') for name in ('s3', 'sqs', 'dynamodb')]"
)
FUNCTION = "import app"
SCORING = "import app; from chalicelib.output import scoring; scoring.score('a', 'a')"


def cold_start(package: Package, folder: Path) -> dict[str, float]:
    """Medians in seconds and as ratios; the measurements alternate in one run."""
    unzipped = folder / "zip"
    with zipfile.ZipFile(package.zip_path) as archive:
        archive.extractall(unzipped)
    # boto3 is precompiled in the Lambda runtime; in a new virtual environment it may not be.
    _seconds(BOTO3, unzipped, write_bytecode=True)
    taken: dict[str, list[float]] = {BOTO3: [], FUNCTION: [], SCORING: []}
    for _ in range(REPEATS):
        for what, times in taken.items():
            times.append(_seconds(what, unzipped))
    boto3_s, function_s, scoring_s = (statistics.median(times) for times in taken.values())
    return {
        "boto3_and_clients_s": boto3_s,
        "cold_import_s": function_s,
        "cold_import_to_boto3": function_s / boto3_s,
        "cold_import_and_first_score_to_boto3": scoring_s / boto3_s,
        "zip_mb": package.zip_bytes / 1e6,
        "unzipped_mb": package.unzipped_bytes / 1e6,
    }


def _seconds(what: str, unzipped: Path, *, write_bytecode: bool = False) -> float:
    environment = {
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
    command = [sys.executable, "-c", TIMED.format(what=what)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)  # noqa: S603  # ours
    return float(done.stdout.splitlines()[-1])
