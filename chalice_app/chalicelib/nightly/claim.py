"""Claims a nightly batch for one run, and shows by heartbeats that the run is alive."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import msgspec

from chalicelib.errors import AlreadyRunningError
from chalicelib.nightly import transform_job
from chalicelib.nightly.context import Continuation, NightlyContext
from chalicelib.nightly.ledger import LedgerState, NightlyBatch

# A run that gathers is considered dead this long after its last heartbeat.
DEAD_AFTER_S = 120.0
BEAT_S = 15.0


def claim(context: NightlyContext, resume: Continuation | None) -> NightlyBatch:
    """Begin a batch, continue one, or restart one whose run is dead.

    Raises:
        AlreadyRunningError: another run is gathering, or has taken over the batch.
    """
    now = context.clock()
    alive = now + DEAD_AFTER_S
    if resume is not None:
        current = context.ledger.read().named(resume.night)
        if current is None or (current.attempt, current.state) != (resume.attempt, "gathering"):
            raise AlreadyRunningError("another run has taken over this nightly batch")
        return current
    stamp = datetime.fromtimestamp(now, UTC).strftime("%Y%m%d-%H%M%S")
    name = f"nightly-{stamp}-{os.urandom(3).hex()}"
    settings = context.settings
    fresh = NightlyBatch(
        name,
        transform_job.job_name(settings.stack_name, name),
        settings.live_model,
        alive_until=alive,
        owner=context.owner,
    )
    claimed: list[NightlyBatch] = []

    def how(record: LedgerState) -> LedgerState | None:
        before = record.unsubmitted
        if before is not None and not _is_free(before, context):
            return None
        night = fresh
        if before is not None:
            night = msgspec.structs.replace(
                before,
                attempt=before.attempt + 1,
                model=fresh.model,
                alive_until=alive,
                owner=context.owner,
                state="gathering",
            )
        claimed[:] = [night]
        return record.with_night(night)

    if context.ledger.change(how) is None:
        raise AlreadyRunningError("another run is already gathering the nightly files")
    return claimed[0]


def _is_free(night: NightlyBatch, context: NightlyContext) -> bool:
    """Whether a batch without a job may be claimed: its run is dead, or was this invocation."""
    # The job of a gathered batch may be starting at this moment, and it reads that folder.
    if night.state == "gathered":
        return False
    is_own = bool(context.owner) and night.owner == context.owner
    return is_own or night.alive_until <= context.clock()


class Heartbeat:
    """The heartbeat of a run that gathers, every few seconds."""

    def __init__(self, context: NightlyContext, night: NightlyBatch) -> None:
        """`night` is the batch that is gathered; the claim was its first heartbeat."""
        self._context, self._night = context, night
        self._last = context.clock()

    def __call__(self) -> None:
        """Write a heartbeat when one is due."""
        if self._context.clock() - self._last >= BEAT_S:
            self.now()

    def now(self) -> None:
        """Write a heartbeat.

        Raises:
            AlreadyRunningError: another run has taken over the batch.
        """
        self._last = self._context.clock()
        alive = self._last + DEAD_AFTER_S
        self._context.ledger.update(self._night, alive_until=alive)
