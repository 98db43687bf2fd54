"""Handles a batch of queue messages; each is processed or returned to the queue individually."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import aws
from chalicelib.errors import AlreadyRunningError, EndpointUnavailableError, without_message
from chalicelib.handlers.contexts import nightly_context, processing_context
from chalicelib.nightly import completion
from chalicelib.observability import count, log_info, log_warning
from chalicelib.processing.context import WorkResult
from chalicelib.processing.idempotency import IdempotentProcessor
from chalicelib.queue.messages import JobChanged, ShardReady, WorkItem, read_message
from chalicelib.settings import Settings, current_settings

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

# The longest visibility timeout is 12 hours (SQS API reference, ChangeMessageVisibility).
LONGEST_DELAY_S = 43_200
# An endpoint that is missing or being created takes minutes, not seconds, to become available.
UNAVAILABLE_FACTOR = 10


def handle(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Process a batch; returns the messages that go back to the queue."""
    settings = current_settings()
    aws.session()  # without credentials, the whole invocation fails, not each message

    # Powertools passes the record under this parameter name.
    def handle_record(record: SQSRecord) -> None:
        try:
            _handle_message(record, context)
        except Exception as error:
            _return_to_queue(settings, record, error)
            raise

    # A processor keeps state: one per invocation.
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return dict(
        process_partial_response(
            event=event, record_handler=handle_record, processor=processor, context=context
        )
    )


def _handle_message(record: SQSRecord, context: LambdaContext) -> None:
    sent_at = datetime.fromtimestamp(int(record.attributes.sent_timestamp or 0) / 1000, UTC)
    works = read_message(record.body, sent_at)
    if not works:
        return
    processor = IdempotentProcessor(processing_context(context, _attempt(record)), context)
    for work in works:
        if isinstance(work, JobChanged):
            completion.settle(nightly_context(context), work.job)
            continue
        if isinstance(work, ShardReady):
            completion.send_shard(nightly_context(context), work)
            continue
        if work.ref.lane is None or work.ref.is_folder_marker:
            log_info("ignored: the object is not in a lane", object_id=work.ref.object_id)
            continue
        _report(work, processor.process(work))


def _attempt(record: SQSRecord) -> int:
    return int(record.attributes.approximate_receive_count or 1)


def _report(work: WorkItem, done: WorkResult) -> None:
    counts = done.counts
    log_info(
        "split into chunks" if done.chunks else "processed",
        object_id=work.ref.object_id,
        lane=work.ref.lane,
        records=counts.records,
        failed=counts.failed,
        chunks=done.chunks,
    )
    if not done.chunks:
        count("RecordsOk", counts.ok)
        count("RecordsFailed", counts.failed)
        count("FilesCompleted", done.files)


def _return_to_queue(settings: Settings, record: SQSRecord, error: Exception) -> None:
    """Log why a message is returned, and extend its visibility timeout with every delivery."""
    attempt = _attempt(record)
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
