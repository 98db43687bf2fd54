"""Processes one unit of work: read, draft, score and write it, or split it into chunks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from chalicelib.drafting import routing
from chalicelib.drafting.routing import PATIENT_DELIVERIES
from chalicelib.errors import FileRejectedError, ReadDeniedError, RecordRejectedError
from chalicelib.intake import chunk_plan, chunking, forms, landing, reading
from chalicelib.intake.frames import Form, Frame
from chalicelib.intake.record import Record
from chalicelib.intake.source import Source, timestamp
from chalicelib.objects import ObjectRef, part_key, result_key
from chalicelib.output import results, store
from chalicelib.output.answers.making import Answer
from chalicelib.output.assembly import Checked, Outcome, assemble, assemble_rejected
from chalicelib.output.document import Counts, result_document
from chalicelib.output.results import StandingResult
from chalicelib.output.tables import FileRow
from chalicelib.processing.answering import Answering
from chalicelib.processing.checking import checker_of, remarks_on
from chalicelib.processing.context import (
    REMEMBERED_S,
    EarlierRuns,
    ProcessingContext,
    WorkResult,
)
from chalicelib.processing.flag_counts import count_checks
from chalicelib.processing.records import complete_replaced
from chalicelib.queue import sender
from chalicelib.queue.messages import WorkItem
from chalicelib.settings import Settings

# After so many runs that ended their process, an object is split into single records, to find the
# one that does it. After one, the fault may have been anything.
SPLITTING_DEATHS = 2
# After so many, the unit fails by name. One delivery of the five is left, for any other fault.
MOST_DEATHS = 3
DAY_S = 86_400
FIRST_RUN = EarlierRuns()
_DIED = "processing it ended the function's process every time; see docs/runbook.md"


def process_object(
    context: ProcessingContext, work: WorkItem, earlier: EarlierRuns = FIRST_RUN
) -> WorkResult:
    """Process a whole object if it is small; otherwise split it and send the chunks to the queue.

    Args:
        context: the clients and settings.
        work: the object.
        earlier: what is known of earlier runs of it.

    Raises:
        RetryableError: nothing final has been written; the same work may be retried.
    """
    settings, ref = context.settings, work.ref
    source = Source(work, work.noticed_at)
    size: int | None = None
    form: Form | None = None
    answers: Sequence[Answer] = ()
    most = settings.chunk_records
    if earlier.deaths >= SPLITTING_DEATHS:
        most = 1
    try:
        _give_up_if_deadly(earlier.deaths)
        opened = reading.open_text(context.s3, ref, settings.max_object_bytes)
        source, size = Source(work, opened.modified), opened.size
        found = reading.scan(opened.text, most)
    except FileRejectedError as error:
        _retry_if_denied(context, error)
        if size is None:
            source = _dated(context, source)
        outcome = assemble_rejected(source, error)
    else:
        if found.total > most:
            return _split(context, work, found, opened.size)
        form = found.form
        outcome, answers = _draft(context, source, form, found.head, 0)
    answering = Answering(context, source, form)
    file_row = _file_row(context, source, outcome.counts, 1, size)
    tidy = _may_have_rows(context, source, earlier)
    bucket = settings.results_bucket
    store.write_tables(context.s3, bucket, source, 0, [*outcome.rows, file_row], tidy=tidy)
    answer = answering.store(answers)
    document = result_document(ref, outcome.counts, entries=outcome.entries, answer=answer)
    stands = _write_result(context, source, outcome.counts, document, answering)
    count_checks(ref.lane, outcome.rows)
    return WorkResult(outcome.counts, files=1, superseded=not stands)


def process_chunk(
    context: ProcessingContext,
    work: WorkItem,
    plan: chunk_plan.Plan,
    chunk: int,
    earlier: EarlierRuns = FIRST_RUN,
) -> WorkResult:
    """Process one chunk of a large object; the last chunk to finish completes the object.

    Args:
        context: the clients and settings.
        work: the object and the range of the chunk.
        plan: how the object is split.
        chunk: the number of the chunk, from 0.
        earlier: what is known of earlier runs of it.

    Raises:
        RetryableError: the chunk is not marked as done; the same work may be retried.
    """
    settings = context.settings
    source = Source(work, work.noticed_at)
    answers: Sequence[Answer] = ()
    try:
        _give_up_if_deadly(earlier.deaths)
        modified, frames = reading.read_chunk(
            context.s3, work, plan, chunk, settings.max_object_bytes
        )
        source = Source(work, modified)
        outcome, answers = _draft(context, source, plan.form, frames, chunk)
    except FileRejectedError as error:
        _retry_if_denied(context, error)
        source = _dated(context, source)
        # The object was readable when it was counted, so each record of the chunk fails by index.
        start, stop = plan.bounds(chunk)
        lost = [RecordRejectedError(index, "record", str(error)) for index in range(start, stop)]
        outcome = assemble(source, lost, (), None)
    # A run of the whole object, before it was split, wrote under the first chunk's keys.
    tidy = chunk == 0 or _may_have_rows(context, source, earlier)
    store.write_chunk(
        context.s3,
        settings.results_bucket,
        source,
        chunk,
        outcome.rows,
        entries=outcome.entries,
        tidy=tidy,
    )
    Answering(context, source, plan.form).write_part(chunk, answers)
    finished = chunk_plan.finish_chunk(
        context.dynamodb, settings.progress_table, plan, chunk, outcome.counts.failed
    )
    if finished.superseded:
        return WorkResult(Counts(0, 0, 0), superseded=True)
    count_checks(source.work.ref.lane, outcome.rows)
    if finished.failed is None:
        return WorkResult(outcome.counts)
    stands = _complete(context, source, plan, finished.failed)
    return WorkResult(outcome.counts, files=1, superseded=not stands)


def _draft(
    context: ProcessingContext, source: Source, form: Form, frames: Sequence[Frame], chunk: int
) -> tuple[Outcome, Sequence[Answer]]:
    settings, ref = context.settings, source.work.ref
    records = [_read(form, frame, ref, settings) for frame in frames]
    good = [record for record in records if isinstance(record, Record)]
    drafts = routing.draft(context, source, good, chunk)
    baseline = settings.baseline_sentence if ref.lane == routing.EVALUATION else None
    remarks = remarks_on(settings, good, drafts)
    answers = Answering(context, source, form).make(frames, records, drafts, remarks)
    checked = Checked(remarks, checker_of(settings))
    return assemble(source, records, drafts, baseline, checked), answers


def _read(
    form: Form, frame: Frame, ref: ObjectRef, settings: Settings
) -> Record | RecordRejectedError:
    limit = settings.max_findings_characters
    try:
        return forms.read(form, frame, ref.object_id, limit, ref.key)
    except RecordRejectedError as error:
        return error


def _give_up_if_deadly(deaths: int) -> None:
    if deaths >= MOST_DEATHS:
        raise FileRejectedError("ProcessDied", _DIED)


def _retry_if_denied(context: ProcessingContext, error: FileRejectedError) -> None:
    """A denied read may pass, such as while a policy or key is being changed."""
    if error.reason == "ObjectDenied" and context.attempt < PATIENT_DELIVERIES:
        raise ReadDeniedError(str(error)) from None


def _dated(context: ProcessingContext, source: Source) -> Source:
    """The source with its LastModified, though it was not read, if it is still listed.

    Once the cause is gone and the file is processed again, only rows of the same day are replaced;
    and a message may come days after the file.
    """
    modified = landing.listed_time(context.s3, source.work.ref)
    return source if modified is None else Source(source.work, modified)


def _may_have_rows(context: ProcessingContext, source: Source, earlier: EarlierRuns) -> bool:
    """Whether an earlier run may have left rows: for days, its claim says so."""
    age_s = (context.started_at - source.modified).total_seconds()
    is_repeated = context.attempt > 1 or source.work.rerun_token is not None
    return earlier.may_have_written or is_repeated or age_s > REMEMBERED_S - DAY_S


def _complete(
    context: ProcessingContext, source: Source, plan: chunk_plan.Plan, failed: int
) -> bool:
    """Write the result of an object whose chunks are all done; returns whether it stands."""
    ref, bucket = source.work.ref, context.settings.results_bucket
    counts = Counts(plan.total, plan.total - failed, failed)
    row = _file_row(context, source, counts, plan.chunks, plan.size)
    store.write_tables(context.s3, bucket, source, 0, [row], tidy=False)
    parts = [part_key(ref, chunk) for chunk in range(plan.chunks)]
    answering = Answering(context, source, plan.form)
    answer = answering.store_parts(plan.chunks)
    document = result_document(ref, counts, parts=parts, answer=answer)
    return _write_result(context, source, counts, document, answering)


def _write_result(
    context: ProcessingContext,
    source: Source,
    counts: Counts,
    document: bytes,
    answering: Answering,
) -> bool:
    def on_replace(replaced: StandingResult) -> None:
        complete_replaced(context, replaced)
        answering.remove_replaced(replaced)

    stands = results.write_result(
        context.s3,
        context.settings.results_bucket,
        source,
        counts.status,
        document,
        answer=answering.standing_kind or "",
        on_replace=on_replace,
    )
    if not stands:
        answering.take_back()
    return stands


def _file_row(
    context: ProcessingContext, source: Source, counts: Counts, chunks: int, size: int | None
) -> FileRow:
    ref = source.work.ref
    return FileRow(
        run_id=ref.object_id,
        lane=ref.lane or "",
        dataset=ref.dataset,
        source_bucket=ref.bucket,
        source_key=ref.key,
        source_etag=ref.etag,
        source_version_id=ref.version_id,
        source_size=size,
        status=counts.status,
        records_total=counts.records,
        records_ok=counts.ok,
        records_failed=counts.failed,
        chunks=chunks,
        result_key=result_key(ref),
        attempt=context.attempt,
        lambda_request_id=context.request_id,
        landed_at=source.stamp,
        started_at=timestamp(context.started_at),
        finished_at=timestamp(datetime.now(UTC)),
    )


def _split(
    context: ProcessingContext, work: WorkItem, found: reading.Scan, size: int
) -> WorkResult:
    settings = context.settings
    messages = chunking.chunk_messages(context.dynamodb, settings.progress_table, work, found, size)
    sender.send(context.sqs, settings.work_queue_url, messages)
    return WorkResult(Counts(found.total, 0, 0), len(messages))
