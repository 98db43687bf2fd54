"""Prices: one table of them, prices.json, of which a file of yours may replace any.

List prices in US dollars, us-east-1, on demand, without free tiers and discounts, from memory of
AWS's price pages and of articles that repeat them (2025 and 2026). They could not be looked up
here: check them before you decide by a figure.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from common.errors import UsageError

LISTED = Path(__file__).with_name("prices.json")


class Prices(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Dollars for one of each: an instance's hour, a request, a GB, a month of something.

    `endpoint_hour` is of ml.g5.2xlarge, real-time inference; batch transform costs the same.
    `s3_put` is also for COPY, POST and LIST. A unit of `dynamodb_write` has up to 1 KB.
    """

    endpoint_hour: float
    transform_hour: float
    lambda_gb_second: float
    lambda_request: float
    s3_put: float
    s3_get: float
    s3_gb_month: float
    sqs_request: float
    dynamodb_write: float
    dynamodb_read: float
    kms_request: float
    kms_key_month: float
    logs_gb: float
    alarm_month: float
    metric_month: float
    dashboard_month: float
    athena_tb: float


def read_prices(own: Path | None = None) -> Prices:
    """The listed prices, with those of a JSON file in their place.

    Raises:
        UsageError: the file cannot be read, is not a JSON object of numbers, names an unknown
            price, or has a negative one.
    """
    listed = msgspec.json.decode(LISTED.read_bytes())
    try:
        given = msgspec.json.decode(own.read_bytes(), type=dict[str, float]) if own else {}
        found = msgspec.convert(listed | given, Prices)
    except (OSError, msgspec.MsgspecError) as error:
        raise UsageError(f"{own}: {error}; the names are those of {LISTED.name}") from error
    negative = sorted(name for name, price in given.items() if price < 0)
    if negative:
        raise UsageError(f"{own}: {', '.join(negative)}: a price is not negative")
    return found


PRICES = read_prices()
