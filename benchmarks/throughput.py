"""The throughput of files and records in the deployed stack, compared with its upper bounds."""

from __future__ import annotations

import json
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from benchmarks.reports import records
from chalicelib.drafting.endpoint import CallBudget, EndpointClient
from chalicelib.settings import Model
from local.aws import client
from local.client import run as running

if TYPE_CHECKING:
    from pathlib import Path

    from local.stack.lifecycle import Stack

FILES = 200
RECORDS = 2000
REPEATS = 3
MICRO_BATCH = 8
SEED = "benchmark"


def files_a_second(stack: Stack, folder: Path) -> dict[str, float]:
    """Upload many files of one record each: median files per second, and relative to S3 puts."""
    dropped, put = [], []
    for repeat in range(REPEATS):
        source = folder / f"files-{repeat}"
        source.mkdir()
        for number, record in enumerate(records(FILES, f"{SEED}-{repeat}")):
            (source / f"{number:05d}.json").write_text(json.dumps(record), encoding="utf-8")
        put.append(FILES / _put_alone(stack, source))
        dropped.append(FILES / _run(stack, source).seconds)
    files, puts = statistics.median(dropped), statistics.median(put)
    return {"files_a_second": files, "s3_puts_a_second": puts, "files_to_s3_puts": files / puts}


def records_a_second(stack: Stack, folder: Path) -> dict[str, float]:
    """Upload one file of many records: median records per second, and relative to the model."""
    through, alone = [], []
    for repeat in range(REPEATS):
        many = records(RECORDS, f"{SEED}-many-{repeat}")
        path = folder / f"records-{repeat}.json"
        path.write_text(json.dumps(many), encoding="utf-8")
        alone.append(RECORDS / _model_alone(stack, [one["findings"] for one in many]))
        through.append(RECORDS / _run(stack, path).seconds)
    system, model = statistics.median(through), statistics.median(alone)
    return {
        "records_a_second": system,
        "model_alone_records_a_second": model,
        "records_to_model_alone": system / model,
    }


def _run(stack: Stack, path: Path) -> running.Report:
    report = running.run(stack, [str(path)], quiet=True)
    if report.failed:
        message = f"{report.failed} records of {path} failed: the results would be meaningless"
        raise RuntimeError(message)
    return report


def _put_alone(stack: Stack, source: Path) -> float:
    """Seconds to put the same files where nothing processes them, as concurrently as `run`."""
    s3, bucket = stack.client("s3"), stack.outputs.results_bucket

    def put(path: Path) -> None:
        s3.put_object(Bucket=bucket, Key=f"benchmark/{path.name}", Body=path.read_bytes())

    began = time.perf_counter()
    with ThreadPoolExecutor(max_workers=8) as pool:
        list(pool.map(put, sorted(source.iterdir())))
    return time.perf_counter() - began


def _model_alone(stack: Stack, findings: list[str]) -> float:
    """Seconds for the endpoint alone, with as many callers as the function has."""
    settings = stack.settings
    model = Model("fine-tuned", settings.endpoint_name, settings.model_id, settings.model_version)
    runtime = client("sagemaker-runtime", stack.runtime_url, settings)
    endpoint = EndpointClient(runtime, CallBudget(seconds_left=lambda: 3600.0))
    half = len(findings) // 2

    def draft(texts: list[str]) -> None:
        endpoint.draft(model, texts, MICRO_BATCH)

    began = time.perf_counter()
    with ThreadPoolExecutor(max_workers=2) as pool:
        list(pool.map(draft, (findings[:half], findings[half:])))
    return time.perf_counter() - began
