"""ARNs and timestamps in SageMaker's format."""

from __future__ import annotations

import time

ACCOUNT_ID = "000000000000"
REGION = "us-east-1"


def arn(kind: str, name: str) -> str:
    """The ARN of a resource; SageMaker converts its name to lower case."""
    return f"arn:aws:sagemaker:{REGION}:{ACCOUNT_ID}:{kind}/{name.lower()}"


def now() -> float:
    """Seconds since 1970, with milliseconds, as in JSON responses."""
    return round(time.time(), 3)
