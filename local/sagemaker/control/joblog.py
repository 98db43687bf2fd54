"""A job's log, written to a file and CloudWatch Logs, and the metrics extracted from it."""

from __future__ import annotations

import math
import re
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from local.sagemaker.control.buckets import TROUBLE, Aws, patiently
from local.sagemaker.control.store import Document

EVERY_S = 1.0
CLOSE_S = 10.0
# PutLogEvents accepts 10,000 lines and 1 MB, PutMetricData 1,000 values.
LOG_BATCH = 500
METRIC_BATCH = 100


class JobLog:
    """Accepts lines from any thread; sends them to AWS periodically and at the end."""

    def __init__(self, aws: Aws, job: Document, path: Path) -> None:
        """`path` is the log file in the job's folder."""
        self._aws, self._path = aws, path
        self._job: str = job["TrainingJobName"]
        self._stream = f"{self._job}/algo-1-{int(time.time())}"
        self._definitions = [
            (one["Name"], re.compile(one["Regex"]))
            for one in job["AlgorithmSpecification"].get("MetricDefinitions", [])
        ]
        self._lock = threading.Lock()
        self._lines: list[tuple[int, str]] = []
        self._values: list[tuple[str, float, float]] = []
        self._last: dict[str, tuple[float, float]] = {}
        self._sent = time.monotonic()
        self._is_open = False
        path.parent.mkdir(parents=True, exist_ok=True)

    def say(self, line: str) -> None:
        """Add one line."""
        with self._lock:
            at = time.time()  # inside the lock: timestamps of a batch must not decrease
            with self._path.open("a", encoding="utf-8") as file:
                file.write(f"{line}\n")
            self._lines.append((int(at * 1000), line or " "))
            for name, regex in self._definitions:
                for found in regex.finditer(line):
                    self._measure(name, found, at)

    def _measure(self, name: str, found: re.Match[str], at: float) -> None:
        try:
            value = float(found[1])
        except (ValueError, IndexError):
            return  # not a number
        if not math.isfinite(value):
            return  # CloudWatch does not accept it
        self._values.append((name, value, at))
        self._last[name] = (value, at)

    def send_now_and_then(self) -> None:
        """Send new lines, at most once per second; what fails is sent again the next time."""
        if time.monotonic() - self._sent >= EVERY_S:
            with suppress(*TROUBLE):
                self._send()

    def close(self) -> None:
        """Send the rest; if AWS is down, it remains only in the file."""
        with suppress(*TROUBLE):
            patiently(self._send, CLOSE_S)

    def _send(self) -> None:
        self._sent = time.monotonic()
        if not self._is_open:
            self._aws.open_log(self._stream)
            self._is_open = True
        try:
            _send_batches(self._lines, LOG_BATCH, partial(self._aws.log, self._stream))
            _send_batches(self._values, METRIC_BATCH, partial(self._aws.measure, self._job))
        except TROUBLE:
            self._is_open = False  # if MiniStack was killed, it has lost the stream
            raise

    def final(self) -> list[dict[str, Any]]:
        """The last value of each metric: FinalMetricDataList."""
        return [
            {"MetricName": name, "Value": value, "Timestamp": round(at, 3)}
            for name, (value, at) in self._last.items()
        ]


def _send_batches(waiting: list[Any], most: int, send: Callable[[list[Any]], None]) -> None:
    """Send waiting items batch by batch; only those that were sent are removed.

    Other threads may append meanwhile.
    """
    while batch := waiting[:most]:
        send(batch)
        del waiting[: len(batch)]
