"""Sends our own messages to the work queue, ten per call."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING

from chalicelib.errors import QueueError
from chalicelib.queue import wire
from chalicelib.queue.messages import OwnMessage, ShardReady

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

# SendMessageBatch accepts at most ten messages.
MESSAGES_PER_CALL = 10


def send(sqs: SQSClient, queue_url: str, messages: Iterable[OwnMessage | ShardReady]) -> int:
    """Send messages; returns how many.

    Raises:
        QueueError: the queue accepted only some of them. Sending all of them again is harmless.
    """
    rest = iter(messages)
    sent = 0
    while group := list(islice(rest, MESSAGES_PER_CALL)):
        entries: list[SendMessageBatchRequestEntryTypeDef] = [
            {"Id": str(number), "MessageBody": wire.encode(message).decode()}
            for number, message in enumerate(group)
        ]
        response = sqs.send_message_batch(QueueUrl=queue_url, Entries=entries)
        if response.get("Failed"):
            raise QueueError(f"the queue did not accept {len(response['Failed'])} messages")
        sent += len(group)
    return sent
