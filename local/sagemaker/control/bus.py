"""Publishes status changes of transform jobs to the local EventBridge.

Like AWS, MiniStack does not accept events of `aws.*` sources from users. So this module does what
EventBridge would do: it lets MiniStack match the event against its rules, and sends the event to
the SQS targets of the matching ones.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from common.stack_settings import LocalStackSettings
from local.aws import client
from local.sagemaker.control.naming import ACCOUNT_ID
from local.sagemaker.control.store import Document

TRANSFORM_CHANGED = "SageMaker Transform Job State Change"

_log = logging.getLogger(__name__)


class Bus:
    """The default event bus of the local AWS."""

    def __init__(self, url: str, settings: LocalStackSettings) -> None:
        """`url` is MiniStack's."""
        self._url, self._settings = url, settings

    def announce(self, job: Document) -> None:
        """Send a transform job's status change to the targets of the matching rules.

        Raises:
            one of buckets.TROUBLE: the local AWS does not respond.
        """
        event = {
            "version": "0",
            "id": str(uuid4()),
            "detail-type": TRANSFORM_CHANGED,
            "source": "aws.sagemaker",
            "account": ACCOUNT_ID,
            "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": self._settings.region,
            "resources": [job["TransformJobArn"]],
            "detail": job,
        }
        body = json.dumps(event)
        events = client("events", self._url, self._settings)
        for rule in events.list_rules()["Rules"]:
            pattern = rule.get("EventPattern")
            if not pattern or rule.get("State") != "ENABLED":
                continue
            if events.test_event_pattern(EventPattern=pattern, Event=body)["Result"]:
                for target in events.list_targets_by_rule(Rule=rule["Name"])["Targets"]:
                    self._deliver(target, body)

    def _deliver(self, target: Document, body: str) -> None:
        service, name = target["Arn"].split(":")[2], target["Arn"].rpartition(":")[2]
        if service != "sqs":
            _log.warning("target %s is not a queue: the local SageMaker only supports SQS", name)
            return
        sqs: Any = client("sqs", self._url, self._settings)
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody=body)
