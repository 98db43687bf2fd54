"""A job's log: a file, CloudWatch Logs, and the metrics that its definitions find in it."""

from __future__ import annotations

import re
import threading
import time
from pathlib import Path
from typing import Any

from local.sagemaker.control.buckets import Aws
from local.sagemaker.control.store import Document

EVERY_S = 1.0


class JobLog:
    """Takes lines from any thread; sends them on now and then, and at the end."""

    def __init__(self, aws: Aws, job: Document, path: Path) -> None:
        """`path` is the file of the job's folder that holds the log too."""
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
        path.parent.mkdir(parents=True, exist_ok=True)
        aws.open_log(self._stream)

    def say(self, line: str) -> None:
        """Take one line."""
        at = time.time()
        with self._lock:
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
            return  # no figure: SageMaker drops it too
        self._values.append((name, value, at))
        self._last[name] = (value, at)

    def send_now_and_then(self) -> None:
        """Send what came, once a second."""
        if time.monotonic() - self._sent >= EVERY_S:
            self.send()

    def send(self) -> None:
        """Send what came since the last time."""
        self._sent = time.monotonic()
        with self._lock:
            lines, self._lines = self._lines, []
            values, self._values = self._values, []
        if lines:
            self._aws.log(self._stream, lines)
        if values:
            self._aws.measure(self._job, values)

    def close(self) -> None:
        """Send the rest."""
        self.send()

    def final(self) -> list[dict[str, Any]]:
        """Each metric's last figure: FinalMetricDataList."""
        return [
            {"MetricName": name, "Value": value, "Timestamp": round(at, 3)}
            for name, (value, at) in self._last.items()
        ]
