"""Service times: what was measured on this machine, and what AWS publishes."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import msgspec

MEASURED = Path(__file__).with_name("service_times.json")
# A function has a full vCPU at this size (Lambda developer guide, "Configure memory").
FULL_VCPU_MB = 1769
_NINETY_NINTH = 2.3263  # standard deviations from the median of a normal distribution to its p99


class Measured(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """CPU milliseconds of the function's own code, on a full core; `--measure` writes them.

    `machine` says where. Memory and network of AWS are in none of them.
    """

    machine: str
    invocation_ms: float
    file_ms: float
    record_ms: float
    scan_record_ms: float
    cold_start_ms: float
    check_ms: float
    gather_record_ms: float
    log_bytes_per_file: float


class Latency(msgspec.Struct, frozen=True):
    """A log-normal latency, by its median and 99th percentile in milliseconds."""

    median_ms: float
    p99_ms: float

    def draw_s(self, random: Random) -> float:
        """One latency in seconds."""
        spread = math.log(self.p99_ms / self.median_ms) / _NINETY_NINTH
        return random.lognormvariate(math.log(self.median_ms), spread) / 1000


@dataclass(frozen=True)
class Published:
    """Latencies inside AWS that cannot be measured here. docs/scale.md says where each is from."""

    s3: Latency = field(default=Latency(100.0, 200.0))
    dynamodb: Latency = field(default=Latency(5.0, 20.0))
    sqs: Latency = field(default=Latency(10.0, 50.0))
    notification: Latency = field(default=Latency(500.0, 2000.0))
    runtime_start: Latency = field(default=Latency(150.0, 400.0))


def read_measured(path: Path = MEASURED) -> Measured:
    """The measurements that are committed."""
    return msgspec.json.decode(path.read_bytes(), type=Measured)


@dataclass
class ServiceTimes:
    """Draws the time of each step of the function, at its memory size."""

    measured: Measured
    published: Published
    memory_mb: int
    random: Random

    def cpu_s(self, full_core_ms: float) -> float:
        """Seconds that a computation takes with the function's share of a core."""
        return full_core_ms / 1000 / min(1.0, self.memory_mb / FULL_VCPU_MB)

    def s3_s(self, parallel: int = 1) -> float:
        """Requests to S3 that run in parallel: the slowest of them."""
        return max(self.published.s3.draw_s(self.random) for _ in range(parallel))

    def dynamodb_s(self) -> float:
        """One request to DynamoDB."""
        return self.published.dynamodb.draw_s(self.random)

    def sqs_s(self) -> float:
        """One request to SQS."""
        return self.published.sqs.draw_s(self.random)

    def notification_s(self) -> float:
        """From a put to the message in the queue."""
        return self.published.notification.draw_s(self.random)

    def cold_start_s(self) -> float:
        """A new execution environment: the sandbox, and the imports of the function."""
        return self.published.runtime_start.draw_s(self.random) + self.cpu_s(
            self.measured.cold_start_ms
        )
