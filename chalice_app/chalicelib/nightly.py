"""The night: re-queues what has no result, and gathers the nightly lane into a transform job.

It pages through any number of objects and goes on in another invocation of itself when its time
is short. A run that was killed is taken up by the next; nothing is paid for twice, because only a
gathering that is complete gets a job, and the job's name is the night's.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from chalicelib import batches, gather, queueing, storage, sweep, transform
from chalicelib.errors import AlreadyRunningError, ConflictError
from chalicelib.events import OwnMessage, ShardReady
from chalicelib.nights import Book, Night, Record
from chalicelib.objects import ObjectRef
from chalicelib.observability import count, log_info, log_warning
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sagemaker import SageMakerClient
    from mypy_boto3_sqs import SQSClient

LANE = "nightly"
# A gathering that has not been heard of for so long is dead. It says so at every slice of objects.
DEAD_AFTER_S = 120.0
BEAT_S = 15.0
# What an invocation keeps to end a slice of objects and hand on. At least one slice is done.
RESERVE_S = 240.0


class Resume(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where an invocation goes on: the lane, the last key that is done, the night's own counts."""

    lane: str
    after: str = ""
    night: str = ""
    attempt: int = 0
    shards: int = 0
    objects: int = 0
    records: int = 0
    requeued: int = 0


class Told(msgspec.Struct, frozen=True):
    """What a run came to; `continues` says that another invocation goes on with it."""

    requeued: int = 0
    night: str | None = None
    job: str | None = None
    objects: int = 0
    records: int = 0
    continues: bool = False


@dataclass(frozen=True)
class Means:
    """What a run works with; `hand_on` starts the next invocation."""

    settings: Settings
    s3: S3Client
    sqs: SQSClient
    dynamodb: DynamoDBClient
    sagemaker: SageMakerClient
    seconds_left: Callable[[], float]
    hand_on: Callable[[Resume], None] = lambda _resume: None
    clock: Callable[[], float] = time.time

    @property
    def book(self) -> Book:
        """The record of the nights."""
        return Book(self.dynamodb, self.settings.progress_table)

    @property
    def is_late(self) -> bool:
        """Whether this invocation should hand on."""
        return self.seconds_left() < RESERVE_S

    def send(self, messages: Iterable[OwnMessage | ShardReady]) -> int:
        """Send messages to the work queue."""
        return queueing.send(self.sqs, self.settings.work_queue_url, messages)


def run(means: Means, resume: Resume | None) -> Told:
    """Run the night, or go on with it.

    Raises:
        AlreadyRunningError: another run gathers just now.
        TransformError: the batch cannot be started; the next run tries again.
    """
    batch = means.settings.nightly_mode == "batch"
    requeued = 0 if resume is None else resume.requeued
    if resume is None:
        _settle_all(means, batch=batch)
    held = frozenset() if batch else frozenset(_held(means, means.book.read()))
    for lane in ("incoming", "evaluation", *(() if batch else (LANE,))):
        if resume is not None and resume.lane != lane:
            continue
        after = "" if resume is None else resume.after
        resume = None
        for page in _pages(means, lane, after):
            free = [ref for ref in page.missing if ref.object_id not in held]
            table = means.settings.progress_table
            requeued += means.send(sweep.messages(means.dynamodb, table, free))
            if means.is_late:
                means.hand_on(Resume(lane, page.after, requeued=requeued))
                return Told(requeued, continues=True)
    log_info("swept", objects=requeued)
    if not batch:
        return Told(requeued)
    return _batch(means, resume, requeued)


def _settle_all(means: Means, *, batch: bool) -> None:
    for night in means.book.read().nights:
        if night.state == "submitted":
            settle(means, night.job)
        elif not batch:
            # The live endpoint drafts its files from now on.
            means.book.change(partial(Record.without, name=night.name))


def _pages(means: Means, lane: str, after: str) -> Iterator[sweep.Page]:
    settings = means.settings
    now = datetime.fromtimestamp(means.clock(), UTC)
    # What is in the nightly lane waits for the night; what is elsewhere may be at work just now.
    age_s = 0 if lane == LANE else settings.sweep_after_s
    window = sweep.Window.of(now, settings.sweep_days, age_s)
    # A listing's LastModified has whole seconds, and may be of this very second.
    if not age_s:
        window = window._replace(until=datetime.max.replace(tzinfo=UTC))
    return sweep.pages(means.s3, settings, lane, after, window)


def _batch(means: Means, resume: Resume | None, requeued: int) -> Told:
    if resume is None:
        found = means.book.read().unsubmitted
        if found is not None and found.state == "gathered":
            return _submit(means, found, requeued)
    night = _claim(means, resume)
    shards = gather.Shards(means.s3, means.settings, night.folder)
    after = ""
    if resume is not None:
        after = resume.after
        shards.count, shards.objects, shards.records = resume.shards, resume.objects, resume.records
    held = set(_held(means, means.book.read()))
    beat = _Beat(means, night)
    stores = gather.Stores(means.s3, means.dynamodb)
    for some, done in _slices(means, after, held):
        means.send(gather.gather(stores, night.model, some, shards, beat))
        if means.is_late:
            shards.flush()
            beat.now()
            means.hand_on(
                Resume(
                    LANE,
                    done,
                    night.name,
                    night.attempt,
                    shards.count,
                    shards.objects,
                    shards.records,
                    requeued,
                )
            )
            return Told(requeued, night.name, None, shards.objects, shards.records, continues=True)
    shards.flush()
    return _close(means, night, shards, requeued)


def _slices(means: Means, after: str, held: set[str]) -> Iterator[tuple[Sequence[ObjectRef], str]]:
    """The lane's objects that no night holds, a few at a time, and the last key that is then done.

    A page of which there is nothing to do is a slice of none: that took time as well.
    """
    for page in _pages(means, LANE, after):
        free = [ref for ref in page.missing if ref.object_id not in held]
        for start in range(0, max(1, len(free)), gather.SLICE):
            some = free[start : start + gather.SLICE]
            is_last = start + gather.SLICE >= len(free)
            yield some, page.after if is_last else some[-1].key


def _claim(means: Means, resume: Resume | None) -> Night:
    """Begin a night, go on with one, or take a dead one over from the start."""
    now = means.clock()
    alive = now + DEAD_AFTER_S
    if resume is not None:
        going = means.book.read().named(resume.night)
        if going is None or (going.attempt, going.state) != (resume.attempt, "gathering"):
            raise AlreadyRunningError("another run has taken this night over")
        return going
    stamp = datetime.fromtimestamp(now, UTC).strftime("%Y%m%d-%H%M%S")
    name = f"nightly-{stamp}-{os.urandom(3).hex()}"
    settings = means.settings
    fresh = Night(
        name, transform.job_name(settings.stack_name, name), settings.live_model, alive_until=alive
    )
    claimed: list[Night] = []

    def how(record: Record) -> Record | None:
        before = record.unsubmitted
        # One that is gathered may be getting its job just now, which reads that folder.
        if before is not None and (before.state == "gathered" or before.alive_until > now):
            return None
        night = fresh
        if before is not None:
            night = msgspec.structs.replace(
                before,
                attempt=before.attempt + 1,
                model=fresh.model,
                alive_until=alive,
                state="gathering",
            )
        claimed[:] = [night]
        return record.with_night(night)

    if means.book.change(how) is None:
        raise AlreadyRunningError("another run gathers the night's files just now")
    return claimed[0]


class _Beat:
    """Says every few seconds that a gathering is alive."""

    def __init__(self, means: Means, night: Night) -> None:
        self._means, self._night = means, night
        self._last = means.clock()

    def __call__(self) -> None:
        if self._means.clock() - self._last >= BEAT_S:
            self.now()

    def now(self) -> None:
        self._last = self._means.clock()
        alive = self._last + DEAD_AFTER_S
        _change(self._means, self._night, alive_until=alive)


def _change(means: Means, night: Night, **members: object) -> Night:
    """Change a night that is still this run's.

    Raises:
        AlreadyRunningError: another run has taken it over.
    """

    def how(record: Record) -> Record | None:
        standing = record.named(night.name)
        if standing is None or (standing.attempt, standing.state) != (night.attempt, night.state):
            return None
        return record.with_night(msgspec.structs.replace(standing, **members))

    after = means.book.change(how)
    changed = None if after is None else after.named(night.name)
    if changed is None:
        raise AlreadyRunningError("another run has taken this night over")
    return changed


def _held(means: Means, record: Record) -> Iterator[str]:
    """The ids of the objects that nights with a job hold."""
    bucket = means.settings.results_bucket
    for night in record.nights:
        if night.state == "submitted":
            for unit in batches.read_units(means.s3, bucket, night.folder, night.shards):
                yield unit.ref.object_id


def _close(means: Means, night: Night, shards: gather.Shards, requeued: int) -> Told:
    if not shards.records:
        # Nothing that a model is needed for: the usual way ends it.
        bucket = means.settings.results_bucket
        units = batches.read_units(means.s3, bucket, night.folder, shards.count)
        means.send(units)
        means.book.change(lambda record: record.without(night.name))
        return Told(requeued, objects=shards.objects)
    gathered = _change(
        means,
        night,
        state="gathered",
        shards=shards.count,
        objects=shards.objects,
        records=shards.records,
    )
    return _submit(means, gathered, requeued)


def _submit(means: Means, night: Night, requeued: int) -> Told:
    transform.start(means.sagemaker, means.settings, night)
    _change(means, night, state="submitted")
    count("NightlyRecords", night.records)
    log_info(
        "batch started",
        night=night.name,
        job=night.job,
        objects=night.objects,
        records=night.records,
        shards=night.shards,
    )
    return Told(requeued, night.name, night.job, night.objects, night.records)


def settle(means: Means, job: str) -> None:
    """See how a night's job is, and do what follows; a job that is no night's is ignored.

    Completed: a message for each shard goes out, and when it is looked at again, one for each unit
    whose object still has no result; when there is none the night is over. Failed or stopped: its
    objects are the next night's.

    Raises:
        ConflictError: the run that started the job has not written that down yet.
    """
    night = means.book.read().of_job(job)
    if night is None:
        return
    if night.state != "submitted":
        raise ConflictError("the job's night is not noted as submitted yet; try again")
    name = night.name
    found = transform.describe(means.sagemaker, job)
    if found is not None and found.is_under_way:
        return
    if found is None or found.status != "Completed":
        means.book.change(lambda record: record.without(name))
        count("NightlyFailed")
        status = "gone" if found is None else found.status
        log_warning("batch came to nothing", night=name, job=job, status=status)
        return
    if not night.ended:
        # No endpoint drafted: its latency and cost are not to be taken from these rows.
        model = msgspec.structs.replace(night.model, endpoint_name="")
        ended = batches.Ended(model, found.seconds, night.records)
        batches.write_ended(means.s3, means.settings.results_bucket, night.folder, ended)
        means.send(ShardReady(night.folder, shard) for shard in range(night.shards))
        _change(means, night, ended=True)
        log_info("batch ended", night=name, job=job, objects=night.objects, records=night.records)
        return
    left = 0
    for shard in range(night.shards):
        if means.is_late:
            return
        left += means.send(_unanswered(means, night.folder, shard))
    if not left:
        means.book.change(lambda record: record.without(name))


def send_shard(means: Means, ready: ShardReady) -> None:
    """Send the units of a drafted shard, each to be joined with its drafts.

    Raises:
        TransformError: the message names no night's folder.
    """
    bucket = means.settings.results_bucket
    means.send(batches.read_drafted_units(means.s3, bucket, ready.night, ready.shard))


def _unanswered(means: Means, folder: str, shard: int) -> list[OwnMessage]:
    """The units of a shard whose objects have no result yet."""
    bucket = means.settings.results_bucket
    units = batches.read_drafted_units(means.s3, bucket, folder, shard)
    refs = {unit.ref.object_id: unit.ref for unit in units}
    with ThreadPoolExecutor(max_workers=sweep.LOOKERS) as pool:
        found = pool.map(partial(storage.has_result, means.s3, bucket), refs.values())
        answered = dict(zip(refs, found, strict=True))
    return [unit for unit in units if not answered[unit.ref.object_id]]
