"""Handles a batch of queue messages; each is processed or returned to the queue individually."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import msgspec
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from chalicelib import aws
from chalicelib.drafting.endpoint import RESERVE_S
from chalicelib.errors import DiedBeforeError, OutOfTimeError
from chalicelib.handlers import deliveries
from chalicelib.handlers.contexts import nightly_context, processing_context
from chalicelib.handlers.deliveries import attempt_of
from chalicelib.intake import landing
from chalicelib.nightly import completion
from chalicelib.observability import count, log_info
from chalicelib.processing.context import WorkResult
from chalicelib.processing.idempotency import IdempotentProcessor
from chalicelib.queue.messages import JobChanged, ShardReady, WorkItem, read_message
from chalicelib.settings import Settings, current_settings

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

# The time in which a message that needs the model can make progress.
USEFUL_S = aws.LONGEST_CALL_S + RESERVE_S


def handle(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Process a batch; returns the messages that go back to the queue."""
    settings = current_settings()
    aws.session()  # without credentials, the whole invocation fails, not each message
    batch = _Batch(settings, context, alone=len(event["Records"]) == 1)

    # Powertools passes the record under this parameter name.
    def handle_record(record: SQSRecord) -> None:
        batch.process(record)

    # A processor keeps state: one per invocation.
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    response = process_partial_response(
        event=event, record_handler=handle_record, processor=processor, context=context
    )
    done = batch.process_deferred()
    failed = [one for one in response["batchItemFailures"] if one["itemIdentifier"] not in done]
    return {"batchItemFailures": failed}


@dataclass
class _Batch:
    """The messages of one invocation.

    A message whose last run ended the process comes last, when all others are done and deleted: if
    it ends the process again, it takes none of them with it.
    """

    settings: Settings
    context: LambdaContext
    alone: bool
    _done: list[SQSRecord] = field(default_factory=list)
    _deferred: list[tuple[SQSRecord, int]] = field(default_factory=list)
    _has_begun: bool = False

    def process(self, record: SQSRecord) -> None:
        """Process a message, or hand it back if there is too little time for it.

        Raises:
            Exception: the message goes back to the queue.
        """
        try:
            if self._has_begun and self.context.get_remaining_time_in_millis() < USEFUL_S * 1000:
                deliveries.hand_back(self.settings, record)
            else:
                self._has_begun = True
                self._handle(record, alone=self.alone)
        except DiedBeforeError as error:
            self._deferred.append((record, error.deaths))
            raise
        except Exception as error:
            deliveries.return_to_queue(self.settings, record, error)
            raise
        self._done.append(record)

    def process_deferred(self) -> set[str]:
        """Process what was deferred; returns the ids of the messages that are done."""
        if self._deferred:
            deliveries.delete(self.settings, self._done)
        done = set()
        for record, deaths in sorted(self._deferred, key=itemgetter(1)):
            try:
                self._handle(record, alone=True, deaths=deaths)
            except Exception as error:  # noqa: BLE001  # as in the batch: any error returns it
                deliveries.return_to_queue(self.settings, record, error)
            else:
                deliveries.delete(self.settings, [record])
                done.add(record.message_id)
        return done

    def _handle(self, record: SQSRecord, *, alone: bool, deaths: int = 0) -> None:
        sent_at = datetime.fromtimestamp(int(record.attributes.sent_timestamp or 0) / 1000, UTC)
        works = read_message(record.body, sent_at)
        if not works:
            return
        made = processing_context(self.context, attempt_of(record), alone=alone, deaths=deaths)
        processor = IdempotentProcessor(made, self.context)
        for place, work in enumerate(works):
            if isinstance(work, JobChanged):
                completion.settle(nightly_context(self.context), work.job)
                continue
            if isinstance(work, ShardReady):
                completion.send_shard(nightly_context(self.context), work)
                continue
            try:
                _process(processor, work)
            except OutOfTimeError as error:
                # Without progress, it would be handed on for ever.
                if not error.progressed:
                    raise
                rest = [one for one in works[place:] if isinstance(one, WorkItem)]
                deliveries.hand_on(self.settings, record, rest)
                return


def _process(processor: IdempotentProcessor, work: WorkItem) -> None:
    if work.ref.lane is None or work.ref.is_folder_marker:
        log_info("ignored: the object is not in a lane", object_id=work.ref.object_id)
        return
    work = msgspec.structs.replace(work, ref=landing.identify(aws.s3(), work.ref))
    _report(work, processor.process(work))


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
