"""Objects in the landing bucket, the events that tell of them, and Lambda's context object."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import quote_plus

from tests.account.settings import INVOCATION_MS, LANDING, REGION


@dataclass
class Context:
    """Stands in for the context object that Lambda hands to a function."""

    aws_request_id: str
    function_name: str = "summarize"
    function_version: str = "$LATEST"
    memory_limit_in_mb: int = 1024
    invoked_function_arn: str = f"arn:aws:lambda:{REGION}:123456789012:function:summarize"
    log_group_name: str = "/aws/lambda/summarize"

    def get_remaining_time_in_millis(self) -> int:
        """Always the whole invocation."""
        return INVOCATION_MS


class Landed(NamedTuple):
    """One object that lies in the landing bucket."""

    key: str
    etag: str
    version_id: str

    def notification(self, *, versioned: bool = True, event: str = "ObjectCreated:Put") -> str:
        """The message that S3 sends for it."""
        return json.dumps({"Records": [self.record(versioned=versioned, event=event)]})

    def record(self, *, versioned: bool = True, event: str = "ObjectCreated:Put") -> dict[str, Any]:
        """One record of an S3 notification: the key is a form field, quoted."""
        found = {
            "key": quote_plus(self.key, safe="/"),
            "size": 1,
            "eTag": self.etag,
            "sequencer": "0055AED6DCD90281E5",
        }
        return {
            "eventVersion": "2.1",
            "eventSource": "aws:s3",
            "awsRegion": REGION,
            "eventTime": "2026-11-02T03:04:05.678Z",
            "eventName": event,
            "s3": {
                "s3SchemaVersion": "1.0",
                "configurationId": "incoming",
                "bucket": {"name": LANDING, "arn": f"arn:aws:s3:::{LANDING}"},
                "object": found | ({"versionId": self.version_id} if versioned else {}),
            },
        }

    def bridged(self, detail_type: str = "Object Created") -> str:
        """The same as EventBridge sends it: the key is not quoted."""
        found = {"key": self.key, "size": 1, "etag": self.etag, "version-id": self.version_id}
        event = {
            "version": "0",
            "id": "17793124-05d4-b198-2fde-7ededc63b103",
            "detail-type": detail_type,
            "source": "aws.s3",
            "account": "123456789012",
            "time": "2026-11-02T03:04:05Z",
            "region": REGION,
            "resources": [f"arn:aws:s3:::{LANDING}"],
            "detail": {"version": "0", "bucket": {"name": LANDING}, "object": found},
        }
        return json.dumps(event)

    def own(self, **more: int) -> str:
        """The message that the project's own parts send."""
        return json.dumps({"bucket": LANDING, "key": self.key, "etag": self.etag, **more})
