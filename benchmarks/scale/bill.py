"""What a run costs, at list prices (prices.py)."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.scale.prices import PRICES, Prices
from benchmarks.scale.queue import LONG_POLL_S
from benchmarks.scale.service_times import Measured
from benchmarks.scale.system import Outcome

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


def bill_of(
    outcome: Outcome,
    measured: Measured,
    *,
    bucket_keys: bool = True,
    prices: Prices = PRICES,
) -> Bill:
    """The bill of a run: requests and seconds that were simulated, times list prices."""
    usage, files = outcome.usage, len(outcome.uploads)
    gb = outcome.design.memory_mb / 1024
    puts = usage.s3_put + files  # the hospital's own put is paid for too
    gets = usage.s3_get
    return Bill(
        endpoint=outcome.endpoint.billed_s / 3600 * prices.endpoint_hour,
        function=usage.function_s * gb * prices.lambda_gb_second
        + outcome.queue.invocations * prices.lambda_request,
        s3=puts * prices.s3_put + gets * prices.s3_get,
        sqs=_sqs_requests(outcome) * prices.sqs_request,
        dynamodb=usage.dynamodb_write * prices.dynamodb_write
        + usage.dynamodb_read * prices.dynamodb_read,
        kms=_kms_requests(outcome.seconds, puts + gets, bucket_keys=bucket_keys)
        * prices.kms_request,
        logs=files * measured.log_bytes_per_file / 1e9 * prices.logs_gb,
    )


def _sqs_requests(outcome: Outcome) -> float:
    """Sent, received and deleted messages, and the pollers' empty receives."""
    idle = outcome.queue.most_pollers * outcome.seconds / LONG_POLL_S
    return outcome.queue.sent + outcome.queue.invocations + outcome.usage.sqs + idle


def _kms_requests(seconds: float, s3_requests: float, *, bucket_keys: bool) -> float:
    """Requests for data keys: of S3, and of the queue and two tables while they are in use."""
    of_s3 = s3_requests * (BUCKET_KEY_SHARE if bucket_keys else 1.0)
    return of_s3 + 3 * seconds / KEY_REUSE_S
