"""Handles a batch of queue messages, all at once; each is processed or returned individually."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
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
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSEvent, SQSRecord

from chalicelib import aws
from chalicelib.drafting.shared_calls import Seat, SharedCalls
from chalicelib.errors import DiedBeforeError, OutOfTimeError
from chalicelib.handlers import deliveries
from chalicelib.handlers.contexts import nightly_context, plans, processing_context, shared_calls
from chalicelib.handlers.deliveries import attempt_of
from chalicelib.intake import landing
from chalicelib.intake.chunk_plan import Plans
from chalicelib.nightly import completion
from chalicelib.observability import count, log_info
from chalicelib.processing.context import WorkResult
from chalicelib.processing.idempotency import IdempotentProcessor
from chalicelib.queue.messages import JobChanged, ShardReady, WorkItem, read_message
from chalicelib.settings import Settings, current_settings

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


def handle(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Process a batch; returns the messages that go back to the queue."""
    settings = current_settings()
    aws.create_clients()  # without credentials, the whole invocation fails, not each message
    alone = len(event["Records"]) == 1
    batch = _Batch(settings, context, shared_calls(context), plans(), alone=alone)
    with batch.begun(list(SQSEvent(event).records)):
        # Powertools passes the record under this parameter name.
        def handle_record(record: SQSRecord) -> None:
            batch.wait(record)

        # A processor keeps state: one per invocation, in one thread.
        processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
        response = process_partial_response(
            event=event, record_handler=handle_record, processor=processor, context=context
        )
    done = batch.process_deferred()
    failed = [one for one in response["batchItemFailures"] if one["itemIdentifier"] not in done]
    return {"batchItemFailures": failed}


@dataclass
class _Batch:
    """The messages of one invocation, each in a thread of its own.

    A message whose last run ended the process comes last, when all others are done and deleted: if
    it ends the process again, it takes none of them with it.
    """

    settings: Settings
    context: LambdaContext
    calls: SharedCalls
    plans: Plans
    alone: bool
    # By receipt handle: SQS may deliver one message twice in a batch.
    _runs: dict[str, Future[None]] = field(default_factory=dict)
    _done: list[SQSRecord] = field(default_factory=list)
    _deferred: list[tuple[SQSRecord, int]] = field(default_factory=list)

    @contextmanager
    def begun(self, records: Sequence[SQSRecord]) -> Iterator[None]:
        """Begin to process all messages; at the end, all threads have ended."""
        # All seats are taken before the first message is read: no call leaves without the others.
        seats = [self.calls.seat() for _ in records]
        with ThreadPoolExecutor(max_workers=max(1, len(records))) as pool:
            for record, seat in zip(records, seats, strict=True):
                self._runs[record.receipt_handle] = pool.submit(
                    self._run, record, seat, alone=self.alone
                )
            yield

    def wait(self, record: SQSRecord) -> None:
        """Wait until a message is processed.

        Raises:
            Exception: the message goes back to the queue.
        """
        try:
            self._runs[record.receipt_handle].result()
        except DiedBeforeError as error:
            self._deferred.append((record, error.deaths))
            raise
        self._done.append(record)

    def process_deferred(self) -> set[str]:
        """Process what was deferred; returns the ids of the messages that are done."""
        if self._deferred:
            deliveries.delete(self.settings, self._done)
        done = set()
        for record, deaths in sorted(self._deferred, key=itemgetter(1)):
            with suppress(Exception):  # as in the batch: it has been returned
                self._run(record, self.calls.seat(), alone=True, deaths=deaths)
                deliveries.delete(self.settings, [record])
                done.add(record.message_id)
        return done

    def _run(self, record: SQSRecord, seat: Seat, *, alone: bool, deaths: int = 0) -> None:
        """Process a message, or return it to the queue at once, whatever the others do."""
        try:
            self._handle(record, seat, alone=alone, deaths=deaths)
        except DiedBeforeError:
            raise
        except Exception as error:
            deliveries.return_to_queue(self.settings, record, error)
            raise

    def _handle(self, record: SQSRecord, seat: Seat, *, alone: bool, deaths: int) -> None:
        try:
            attempt = attempt_of(record)
            made = processing_context(
                self.context, seat, self.plans, attempt, alone=alone, deaths=deaths
            )
            self._do_works(record, IdempotentProcessor(made, self.context), seat)
        finally:
            seat.leave()

    def _do_works(self, record: SQSRecord, processor: IdempotentProcessor, seat: Seat) -> None:
        sent_at = datetime.fromtimestamp(int(record.attributes.sent_timestamp or 0) / 1000, UTC)
        works = read_message(record.body, sent_at)
        for place, work in enumerate(works):
            if isinstance(work, JobChanged | ShardReady):
                seat.leave()
                self._settle(work)
                continue
            seat.take()
            try:
                _process(processor, work)
            except OutOfTimeError as error:
                # Without progress, it would be handed on for ever.
                if not error.progressed:
                    raise
                rest = [one for one in works[place:] if isinstance(one, WorkItem)]
                deliveries.hand_on(self.settings, record, rest)
                return

    def _settle(self, work: JobChanged | ShardReady) -> None:
        context = nightly_context(self.context)
        if isinstance(work, JobChanged):
            completion.settle(context, work.job)
        else:
            completion.send_shard(context, work)


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
