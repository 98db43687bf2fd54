"""The time from the PUT of a small file to its result document, at rest and under load.

The moment of a result is the modification time of the file in which MiniStack keeps the object:
asking MiniStack for it, again and again, would slow down what is measured.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.article import invoke, runtime_client
from benchmarks.curve.cost import CostCurve
from benchmarks.curve.endpoint import called_by_the_function, serving
from benchmarks.figures import Figure, Figures, percentile, seconds
from benchmarks.reports import records
from chalicelib.objects import ObjectRef, result_key
from local.client.uploads import UPLOADERS

if TYPE_CHECKING:
    from benchmarks.stage import Record, Stage

AT_REST = 40
AT_REST_ON_CURVE = 30
POLL_S = 0.002
PATIENCE_S = 120.0
# Files a second, and for how long they arrive. The endpoint with a GPU's costs can answer 2.9
# calls of one record a second.
RATE, RATE_ON_CURVE = 10.0, 2.0
LOADED_S = 20.0
WARM_UP = 5
PERCENTILE = 99


def latency(stage: Stage) -> Figures:
    """Medians and 99th percentiles in milliseconds, on the embedded model and on the curve."""
    runtime_url = stage.stack.runtime_url
    figures = _both(stage, "", runtime_url, AT_REST, RATE)
    with (
        serving(CostCurve(), stage.folder / "latency.log") as endpoint,
        called_by_the_function(stage.stack, endpoint.url),
    ):
        return figures | _both(stage, "curve_", endpoint.url, AT_REST_ON_CURVE, RATE_ON_CURVE)


def _both(stage: Stage, prefix: str, runtime_url: str, count: int, rate: float) -> Figures:
    _Puts(stage, f"latency-{prefix}warm-up").one_by_one(records(WARM_UP, "latency-warm-up"))
    drawn = records(count, f"latency-{prefix}")
    runtime = runtime_client(runtime_url)
    puts, rested, called = _Puts(stage, f"latency-{prefix}rest"), [], []
    for record in drawn:
        rested += puts.one_by_one([record])
        one_call = _Call(runtime, stage, record["findings"])
        called.append(seconds(one_call) * 1000)
    loaded = _Puts(stage, f"latency-{prefix}load").at_a_rate(
        records(round(rate * LOADED_S), f"latency-{prefix}load"), rate
    )
    call, rest = Figure.of(*called), Figure.of(*rested)
    return {
        f"{prefix}model_call_ms": call,
        f"{prefix}at_rest_ms": rest,
        f"{prefix}at_rest_p{PERCENTILE}_ms": Figure.of(percentile(rested, PERCENTILE)),
        f"{prefix}at_rest_beyond_two_calls_ms": Figure.of(rest.median - 2 * call.median),
        f"{prefix}under_load_ms": Figure.of(*loaded),
        f"{prefix}under_load_p{PERCENTILE}_ms": Figure.of(percentile(loaded, PERCENTILE)),
        f"{prefix}under_load_files_a_second": Figure.of(rate),
    }


class _Call:
    """One call of the model with one report."""

    def __init__(self, runtime: object, stage: Stage, findings: str) -> None:
        self._runtime, self._model, self._findings = runtime, stage.model, findings

    def __call__(self) -> None:
        invoke(self._runtime, self._model, self._findings)


class _Puts:
    """Puts files of one record each into a dataset; every method returns milliseconds."""

    def __init__(self, stage: Stage, dataset: str) -> None:
        self._outputs = stage.stack.outputs
        self._s3 = stage.stack.client("s3")
        self._prefix = f"incoming/{dataset}"
        self._results = (
            stage.settings.objects_directory
            / stage.settings.account_id
            / self._outputs.results_bucket
        )

    def one_by_one(self, drawn: Sequence[Record]) -> list[float]:
        """Put a file when the one before has its result."""
        taken = []
        for record in drawn:
            name = str(record["study_id"])
            began = self._put(name, record)
            self._wait_for([name])
            taken.append(self._result_at(name) - began)
        return taken

    def at_a_rate(self, drawn: Sequence[Record], rate: float) -> list[float]:
        """Put `rate` files a second, whether or not the ones before have their results."""
        names = [str(record["study_id"]) for record in drawn]
        start = time.monotonic()
        with ThreadPoolExecutor(max_workers=UPLOADERS) as pool:
            puts: list[Future[float]] = []
            for number, (name, record) in enumerate(zip(names, drawn, strict=True)):
                time.sleep(max(start + number / rate - time.monotonic(), 0))
                puts.append(pool.submit(self._put, name, record))
            began = [put.result() for put in puts]
        self._wait_for(names)
        return [self._result_at(name) - at for name, at in zip(names, began, strict=True)]

    def _put(self, name: str, record: Record) -> float:
        """Put a file; returns the time before, in milliseconds of the system's clock."""
        began = time.time() * 1000
        key, body = f"{self._prefix}/{name}.json", json.dumps(record).encode()
        self._s3.put_object(Bucket=self._outputs.landing_bucket, Key=key, Body=body)
        return began

    def _path(self, name: str) -> Path:
        ref = ObjectRef(self._outputs.landing_bucket, f"{self._prefix}/{name}.json", "")
        return self._results / result_key(ref)

    def _result_at(self, name: str) -> float:
        return self._path(name).stat().st_mtime_ns / 1e6

    def _wait_for(self, names: Sequence[str]) -> None:
        left = list(names)
        deadline = time.monotonic() + PATIENCE_S
        while left:
            if self._path(left[-1]).exists():
                left.pop()
            elif time.monotonic() > deadline:
                message = f"{len(left)} files have no result after {PATIENCE_S:.0f} s"
                raise TimeoutError(message)
            else:
                time.sleep(POLL_S)
