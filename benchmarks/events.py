"""Events of the queue, as Lambda hands them to the function."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

# What S3 sends once a notification is configured; the function has nothing to do for it.
S3_TEST = '{"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "landing"}'


def sqs_event(bodies: Sequence[str]) -> dict[str, Any]:
    """The event of one invocation, with a message for each body."""
    attributes = {"ApproximateReceiveCount": "1", "SentTimestamp": "1700000000000"}
    return {
        "Records": [
            {
                "messageId": f"benchmark-{number}",
                "receiptHandle": f"benchmark-{number}",
                "body": body,
                "attributes": attributes,
                "eventSource": "aws:sqs",
            }
            for number, body in enumerate(bodies)
        ]
    }
