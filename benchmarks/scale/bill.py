"""What a run costs, at list prices."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.scale.queue import LONG_POLL_S
from benchmarks.scale.service_times import Measured
from benchmarks.scale.system import Outcome

# List prices in US dollars, us-east-1, without free tiers and discounts, as AWS's pricing pages and
# public articles that repeat them gave them in 2025 and 2026. They cannot be checked here; check
# them before you decide by a figure. docs/scale.md names the pages.
ENDPOINT_HOUR = 1.515  # ml.g5.2xlarge, real-time inference; batch transform costs the same
LAMBDA_GB_SECOND = 0.0000166667  # x86
LAMBDA_REQUEST = 0.20 / 1e6
S3_PUT = 0.005 / 1000  # PUT, COPY, POST, LIST
S3_GET = 0.0004 / 1000
SQS_REQUEST = 0.40 / 1e6
DYNAMODB_WRITE = 0.625 / 1e6  # one unit: up to 1 KB
DYNAMODB_READ = 0.125 / 1e6
KMS_REQUEST = 0.03 / 10_000
LOGS_GB = 0.50  # CloudWatch Logs, ingestion
# With a bucket key, "up to 99 percent" fewer requests reach KMS (S3 user guide, "S3 Bucket Keys").
BUCKET_KEY_SHARE = 0.01
# SQS and DynamoDB use a data key for five minutes (their guides' defaults).
KEY_REUSE_S = 300.0


@dataclass(frozen=True)
class Bill:
    """Dollars of one run, by what is paid for."""

    endpoint: float
    function: float
    s3: float
    sqs: float
    dynamodb: float
    kms: float
    logs: float

    @property
    def total(self) -> float:
        """Dollars in total."""
        return self.endpoint + self.besides_endpoint

    @property
    def besides_endpoint(self) -> float:
        """Dollars for everything but instances."""
        return self.function + self.s3 + self.sqs + self.dynamodb + self.kms + self.logs


def bill_of(outcome: Outcome, measured: Measured, *, bucket_keys: bool = True) -> Bill:
    """The bill of a run: requests and seconds that were simulated, times list prices."""
    usage, files = outcome.usage, len(outcome.uploads)
    gb = outcome.design.memory_mb / 1024
    puts = usage.s3_put + files  # the hospital's own put is paid for too
    gets = usage.s3_get
    return Bill(
        endpoint=outcome.endpoint.billed_s / 3600 * ENDPOINT_HOUR,
        function=usage.function_s * gb * LAMBDA_GB_SECOND
        + outcome.queue.invocations * LAMBDA_REQUEST,
        s3=puts * S3_PUT + gets * S3_GET,
        sqs=_sqs_requests(outcome) * SQS_REQUEST,
        dynamodb=usage.dynamodb_write * DYNAMODB_WRITE + usage.dynamodb_read * DYNAMODB_READ,
        kms=_kms_requests(outcome.seconds, puts + gets, bucket_keys=bucket_keys) * KMS_REQUEST,
        logs=files * measured.log_bytes_per_file / 1e9 * LOGS_GB,
    )


def _sqs_requests(outcome: Outcome) -> float:
    """Sent, received and deleted messages, and the pollers' empty receives."""
    idle = outcome.queue.most_pollers * outcome.seconds / LONG_POLL_S
    return outcome.queue.sent + outcome.queue.invocations + outcome.usage.sqs + idle


def _kms_requests(seconds: float, s3_requests: float, *, bucket_keys: bool) -> float:
    """Requests for data keys: of S3, and of the queue and two tables while they are in use."""
    of_s3 = s3_requests * (BUCKET_KEY_SHARE if bucket_keys else 1.0)
    return of_s3 + 3 * seconds / KEY_REUSE_S
