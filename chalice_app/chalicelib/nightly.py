"""The night: re-queues what has no result, and gathers the nightly lane into a transform job.

It pages through any number of objects and goes on in another invocation of itself when its time
is short. A run that was killed is taken up by the next; nothing is paid for twice, because only a
gathering that is complete gets a job, and the job's name is the night's.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial

import msgspec

from chalicelib import batches, gather, settling, sweep, transform
from chalicelib.errors import AlreadyRunningError
from chalicelib.nightmeans import Means, Resume
from chalicelib.nights import Night, Record
from chalicelib.objects import ObjectRef
from chalicelib.observability import count, log_info

LANE = "nightly"
# A gathering that has not been heard of for so long is dead. It says so at every slice of objects.
DEAD_AFTER_S = 120.0
BEAT_S = 15.0


class Told(msgspec.Struct, frozen=True):
    """What a run came to; `continues` says that another invocation goes on with it."""

    requeued: int = 0
    night: str | None = None
    job: str | None = None
    objects: int = 0
    records: int = 0
    continues: bool = False


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
            settling.settle(means, night.job)
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
        self._means.book.update(self._night, alive_until=alive)


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
    gathered = means.book.update(
        night,
        state="gathered",
        shards=shards.count,
        objects=shards.objects,
        records=shards.records,
    )
    return _submit(means, gathered, requeued)


def _submit(means: Means, night: Night, requeued: int) -> Told:
    transform.start(means.sagemaker, means.settings, night)
    means.book.update(night, state="submitted")
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
