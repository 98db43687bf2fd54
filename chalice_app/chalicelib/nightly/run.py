"""The nightly run: re-queues objects without a result and starts the nightly lane's transform job.

It pages through any number of objects and continues in a new invocation of itself when its time
runs out. The next run takes over from one that was killed. Nothing is paid for twice: only a
complete gathering gets a job, and the job is named after the batch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial

import msgspec

from chalicelib.nightly import completion, gather, sweep, transform_job
from chalicelib.nightly.claim import Heartbeat, claim
from chalicelib.nightly.context import Continuation, NightlyContext
from chalicelib.nightly.ledger import LedgerState, NightlyBatch
from chalicelib.nightly.shards import ShardWriter, read_units
from chalicelib.objects import ObjectRef
from chalicelib.observability import count, log_info

LANE = "nightly"


class NightlyResult(msgspec.Struct, frozen=True):
    """The result of an invocation; `continues` is set if another invocation continues the run."""

    requeued: int = 0
    night: str | None = None
    job: str | None = None
    objects: int = 0
    records: int = 0
    continues: bool = False


def run(context: NightlyContext, resume: Continuation | None) -> NightlyResult:
    """Start or continue the nightly run.

    Raises:
        AlreadyRunningError: another run is already gathering.
        TransformError: the job cannot be started; the next run tries again.
    """
    batch = context.settings.nightly_mode == "batch"
    requeued = 0 if resume is None else resume.requeued
    if resume is None:
        _settle_all(context, batch=batch)
    held = frozenset() if batch else frozenset(_held(context, context.ledger.read()))
    for lane in ("incoming", "evaluation", *(() if batch else (LANE,))):
        if resume is not None and resume.lane != lane:
            continue
        after = "" if resume is None else resume.after
        resume = None
        for page in _pages(context, lane, after):
            free = [ref for ref in page.missing if ref.object_id not in held]
            table = context.settings.progress_table
            requeued += context.send(sweep.messages(context.dynamodb, table, free))
            if context.is_late:
                context.hand_on(Continuation(lane, page.after, requeued=requeued))
                return NightlyResult(requeued, continues=True)
    log_info("sweep finished", objects=requeued)
    if not batch:
        return NightlyResult(requeued)
    return _batch(context, resume, requeued)


def _settle_all(context: NightlyContext, *, batch: bool) -> None:
    for night in context.ledger.read().nights:
        if night.state == "submitted":
            completion.settle(context, night.job)
        elif not batch:
            # From now on, the live endpoint drafts its files.
            context.ledger.change(partial(LedgerState.without, name=night.name))


def _pages(context: NightlyContext, lane: str, after: str) -> Iterator[sweep.Page]:
    settings = context.settings
    now = datetime.fromtimestamp(context.clock(), UTC)
    # The nightly lane waits for this run; objects of other lanes may be in progress.
    age_s = 0 if lane == LANE else settings.sweep_after_s
    window = sweep.Window.of(now, settings.sweep_days, age_s)
    # A listing's LastModified has a resolution of one second and may be the current second.
    if not age_s:
        window = window._replace(until=datetime.max.replace(tzinfo=UTC))
    return sweep.pages(context.s3, settings, lane, after, window)


def _batch(context: NightlyContext, resume: Continuation | None, requeued: int) -> NightlyResult:
    if resume is None:
        found = context.ledger.read().unsubmitted
        if found is not None and found.state == "gathered":
            return _submit(context, found, requeued)
    night = claim(context, resume)
    writer = ShardWriter(context.s3, context.settings, night.folder)
    after = ""
    if resume is not None:
        after = resume.after
        writer.count, writer.objects, writer.records = resume.shards, resume.objects, resume.records
    held = set(_held(context, context.ledger.read()))
    beat = Heartbeat(context, night)
    stores = gather.Stores(context.s3, context.dynamodb)
    for refs, done in _slices(context, after, held):
        context.send(gather.gather(stores, night.model, refs, writer, beat))
        if context.is_late:
            writer.flush()
            beat.now()
            context.hand_on(
                Continuation(
                    LANE,
                    done,
                    night.name,
                    night.attempt,
                    writer.count,
                    writer.objects,
                    writer.records,
                    requeued,
                )
            )
            return NightlyResult(
                requeued, night.name, None, writer.objects, writer.records, continues=True
            )
    writer.flush()
    return _close(context, night, writer, requeued)


def _slices(
    context: NightlyContext, after: str, held: set[str]
) -> Iterator[tuple[Sequence[ObjectRef], str]]:
    """Slices of the lane's objects that no batch claims, each with the last key that it finishes.

    A page with nothing to do yields an empty slice, because listing it took time too.
    """
    for page in _pages(context, LANE, after):
        free = [ref for ref in page.missing if ref.object_id not in held]
        for start in range(0, max(1, len(free)), gather.SLICE):
            refs = free[start : start + gather.SLICE]
            is_last = start + gather.SLICE >= len(free)
            yield refs, page.after if is_last else refs[-1].key


def _held(context: NightlyContext, record: LedgerState) -> Iterator[str]:
    """The ids of the objects that submitted batches claim."""
    bucket = context.settings.results_bucket
    for night in record.nights:
        if night.state == "submitted":
            for unit in read_units(context.s3, bucket, night.folder, night.shards):
                yield unit.ref.object_id


def _close(
    context: NightlyContext, night: NightlyBatch, writer: ShardWriter, requeued: int
) -> NightlyResult:
    if not writer.records:
        # No record needs a model: the work queue completes the objects.
        bucket = context.settings.results_bucket
        units = read_units(context.s3, bucket, night.folder, writer.count)
        context.send(units)
        context.ledger.change(lambda record: record.without(night.name))
        return NightlyResult(requeued, objects=writer.objects)
    gathered = context.ledger.update(
        night,
        state="gathered",
        shards=writer.count,
        objects=writer.objects,
        records=writer.records,
    )
    return _submit(context, gathered, requeued)


def _submit(context: NightlyContext, night: NightlyBatch, requeued: int) -> NightlyResult:
    transform_job.start(context.sagemaker, context.settings, night)
    context.ledger.update(night, state="submitted")
    count("NightlyRecords", night.records)
    log_info(
        "transform job started",
        night=night.name,
        job=night.job,
        objects=night.objects,
        records=night.records,
        shards=night.shards,
    )
    return NightlyResult(requeued, night.name, night.job, night.objects, night.records)
