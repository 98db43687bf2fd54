"""A month's bill: every line is a count, a unit and a price.

Formulas, for f files a month, each of one report:

    Lambda      f x seconds x GB x price + f x price;
                seconds = CPU + claim + read + call + two rounds of writes
    S3          (puts + 1) x f x price + gets x f x price; the hospital's own put is one;
                the sweep lists what is kept and looks up a result for each file of SweepDays
    SQS         3 x f x price + empty polls
    KMS         1 % of S3's requests (bucket keys) + one request in 5 minutes for each of 3 stores
    storage     f x 12 x bytes: kept for a year
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from benchmarks.cost.counts import Counts
from benchmarks.scale.bill import BUCKET_KEY_SHARE, KEY_REUSE_S
from benchmarks.scale.design import Design
from benchmarks.scale.endpoint import Curve
from benchmarks.scale.night import KEYS_PER_PAGE, YEAR_DAYS, job
from benchmarks.scale.prices import Prices
from benchmarks.scale.queue import LONG_POLL_S
from benchmarks.scale.service_times import FULL_VCPU_MB, Measured, Published

DAYS = 30
DAY_S = 86_400.0
# What Lambda polls a queue with while little happens.
POLLERS = 5
STORES_WITH_KEY = 3
# What the functions and the template have; a test counts both. A flag's metric is there once the
# flag was raised; an alarm costs as much as the metrics that it reads.
METRICS = 24
ALARMS = 11
# Assumptions about analysts: each query reads 30 days of one table, whose objects have a KB each.
QUERIES_A_DAY = 20
LAKE_OBJECT_BYTES = 1000
ATHENA_LEAST_BYTES = 10_000_000  # what a query is charged for at least


@dataclass(frozen=True, slots=True)
class Case:
    """A deployment: reports a day, one in each file, and the instances of its endpoint."""

    name: str
    reports: int
    instances: float


@dataclass(frozen=True, slots=True)
class Inputs:
    """What is measured, published and priced."""

    counts: Counts
    measured: Measured
    design: Design
    prices: Prices
    published: Published = field(default_factory=Published)
    curve: Curve = field(default_factory=Curve)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the bill: `count` units a month at `price` dollars each."""

    service: str
    unit: str
    count: float
    price: float

    @property
    def dollars(self) -> float:
        """Dollars a month."""
        return self.count * self.price


def bill(case: Case, of: Inputs) -> list[Line]:
    """A month of a deployment, by service; analysts and storage of a full year included."""
    files = case.reports * DAYS
    return [
        Line("endpoint", "instance hours", 24 * DAYS * case.instances, of.prices.endpoint_hour),
        *_function(files, of),
        *_storage(case, files, of),
        *_messages(case, files, of),
        *_watching(files, of),
        *_analysts(files, of),
    ]


def function_seconds(of: Inputs) -> float:
    """Seconds of the function for a file that is alone in its invocation."""
    share = min(1.0, of.design.memory_mb / FULL_VCPU_MB)
    measured, s3 = of.measured, of.published.s3.median_ms
    cpu = (measured.invocation_ms + measured.file_ms + measured.record_ms) / share
    claim = of.published.dynamodb.median_ms
    return (cpu + claim + 3 * s3) / 1000 + of.curve.seconds(1)


def night_dollars(reports: int, of: Inputs) -> float:
    """A night's transform job for all reports of a day."""
    _, instance_s = job(of.design, reports, of.curve)
    return instance_s / 3600 * of.prices.transform_hour


def _function(files: int, of: Inputs) -> Iterator[Line]:
    gb = of.design.memory_mb / 1024
    yield Line(
        "Lambda", "GB-seconds", files * function_seconds(of) * gb, of.prices.lambda_gb_second
    )
    yield Line("Lambda", "requests", files, of.prices.lambda_request)


def _s3_requests(case: Case, files: int, of: Inputs) -> tuple[float, float]:
    """Requests at the price of a PUT and of a GET."""
    kept = of.design.landing_days or YEAR_DAYS
    pages = math.ceil(kept * case.reports / KEYS_PER_PAGE) * DAYS
    checks = of.design.sweep_days * case.reports * DAYS
    return files * (1 + of.counts.s3_puts) + pages, files * of.counts.s3_gets + checks


def _storage(case: Case, files: int, of: Inputs) -> Iterator[Line]:
    puts, gets = _s3_requests(case, files, of)
    yield Line("S3", "PUT, LIST", puts, of.prices.s3_put)
    yield Line("S3", "GET, HEAD", gets, of.prices.s3_get)
    stored = files * 12 * (of.counts.bytes_sent + of.counts.bytes_received) / 1e9
    yield Line("S3", "GB stored", stored, of.prices.s3_gb_month)


def _messages(case: Case, files: int, of: Inputs) -> Iterator[Line]:
    polls = POLLERS * DAYS * DAY_S / LONG_POLL_S
    yield Line("SQS", "requests", files * (3 + of.counts.sqs) + polls, of.prices.sqs_request)
    yield Line("DynamoDB", "writes", files * of.counts.dynamodb_writes, of.prices.dynamodb_write)
    yield Line("DynamoDB", "reads", files * of.counts.dynamodb_reads, of.prices.dynamodb_read)
    keys = sum(_s3_requests(case, files, of)) * BUCKET_KEY_SHARE
    keys += STORES_WITH_KEY * DAYS * DAY_S / KEY_REUSE_S
    yield Line("KMS", "requests", keys, of.prices.kms_request)
    yield Line("KMS", "keys", 1, of.prices.kms_key_month)


def _watching(files: int, of: Inputs) -> Iterator[Line]:
    logged = files * of.measured.log_bytes_per_file / 1e9
    yield Line("CloudWatch", "GB of logs", logged, of.prices.logs_gb)
    yield Line("CloudWatch", "metrics", METRICS, of.prices.metric_month)
    yield Line("CloudWatch", "alarms", ALARMS, of.prices.alarm_month)
    yield Line("CloudWatch", "dashboards", 1, of.prices.dashboard_month)


def _analysts(files: int, of: Inputs) -> Iterator[Line]:
    """Athena scans what it reads, and pays S3 for each object: the more there are, the more."""
    queries = QUERIES_A_DAY * DAYS
    scanned = max(ATHENA_LEAST_BYTES, files * LAKE_OBJECT_BYTES)
    yield Line("Athena", "TB scanned", queries * scanned / 1e12, of.prices.athena_tb)
    yield Line("Athena", "S3 GET", queries * files, of.prices.s3_get)
