"""What becomes of one delivery of a queue message: returned with a delay, handed on, or deleted.

SQS counts every delivery and gives a message up after five. A message that could not be processed
is returned, which costs it a delivery. One whose turn had not come when the time was up, or that
made progress until then, is handed on: a copy is sent, which has all its deliveries before it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import aws
from chalicelib.errors import AlreadyRunningError, EndpointUnavailableError, without_message
from chalicelib.observability import count, log_info, log_warning
from chalicelib.queue import sender
from chalicelib.queue.messages import WorkItem, message_of
from chalicelib.settings import Settings

# The longest visibility timeout is 12 hours (SQS API reference, ChangeMessageVisibility).
LONGEST_DELAY_S = 43_200
# An endpoint that is missing or being created takes minutes, not seconds, to become available.
UNAVAILABLE_FACTOR = 10
# DeleteMessageBatch accepts at most ten messages.
MESSAGES_PER_CALL = 10


def attempt_of(record: SQSRecord) -> int:
    """The number of this delivery, from 1."""
    return int(record.attributes.approximate_receive_count or 1)


def return_to_queue(settings: Settings, record: SQSRecord, error: Exception) -> None:
    """Log why a message is returned, and extend its visibility timeout with every delivery."""
    attempt = attempt_of(record)
    base = settings.retry_delay_s
    if isinstance(error, EndpointUnavailableError):
        count("EndpointUnavailable")
        base *= UNAVAILABLE_FACTOR
    delay = base * 2 ** (attempt - 1)
    if isinstance(error, AlreadyRunningError):
        # If the other invocation was killed, its claim lasts longer than all retries together.
        delay = max(delay, math.ceil(error.wait_s))
    delay = min(delay, LONGEST_DELAY_S)
    log_warning(
        "returned to the queue",
        message_id=record.message_id,
        attempt=attempt,
        delay_s=delay,
        error=type(error).__name__,
        problem=str(without_message(error)),
    )
    try:
        aws.sqs().change_message_visibility(
            QueueUrl=settings.work_queue_url,
            ReceiptHandle=record.receipt_handle,
            VisibilityTimeout=delay,
        )
    except (BotoCoreError, ClientError) as failure:
        # It is redelivered anyway, after the queue's own visibility timeout.
        log_warning(
            "could not extend the visibility timeout",
            message_id=record.message_id,
            error=type(failure).__name__,
            problem=str(without_message(failure)),
        )


def hand_on(settings: Settings, record: SQSRecord, works: Sequence[WorkItem]) -> None:
    """Send messages for the rest of a message: the unit whose time was up, and those behind it."""
    first, *others = works
    messages = [message_of(first, continued=True), *map(message_of, others)]
    sender.send(aws.sqs(), settings.work_queue_url, messages)
    log_info("handed on: it will be continued", message_id=record.message_id)


def delete(settings: Settings, records: Sequence[SQSRecord]) -> None:
    """Delete messages that are done now, not when the invocation ends."""
    sqs = aws.sqs()
    for start in range(0, len(records), MESSAGES_PER_CALL):
        group = records[start : start + MESSAGES_PER_CALL]
        try:
            sqs.delete_message_batch(
                QueueUrl=settings.work_queue_url,
                Entries=[
                    {"Id": str(number), "ReceiptHandle": one.receipt_handle}
                    for number, one in enumerate(group)
                ],
            )
        except (BotoCoreError, ClientError) as failure:
            # They are deleted when the invocation ends, or delivered again and found done.
            problem = str(without_message(failure))
            log_warning("could not delete finished messages", problem=problem)
