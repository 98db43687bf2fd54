"""Names and times as SageMaker writes them."""

from __future__ import annotations

import time

ACCOUNT_ID = "000000000000"
REGION = "us-east-1"


def arn(kind: str, name: str) -> str:
    """The ARN of a resource; SageMaker writes names in it in lower case."""
    return f"arn:aws:sagemaker:{REGION}:{ACCOUNT_ID}:{kind}/{name.lower()}"


def now() -> float:
    """Seconds since 1970, to the millisecond, as JSON answers hold them."""
    return round(time.time(), 3)
