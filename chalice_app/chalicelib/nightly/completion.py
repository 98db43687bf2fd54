"""What follows when a night's transform job has ended."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import msgspec

from chalicelib.drafting.batch_drafts import BatchMetadata
from chalicelib.errors import ConflictError
from chalicelib.nightly import shards, sweep, transform_job
from chalicelib.nightly.context import NightlyContext
from chalicelib.observability import count, log_info, log_warning
from chalicelib.output import store
from chalicelib.queue.messages import OwnMessage, ShardReady


def settle(context: NightlyContext, job: str) -> None:
    """See how a night's job is, and do what follows; a job that is no night's is ignored.

    Completed: a message for each shard goes out, and when it is looked at again, one for each unit
    whose object still has no result; when there is none the night is over. Failed or stopped: its
    objects are the next night's.

    Raises:
        ConflictError: the run that started the job has not written that down yet.
    """
    night = context.ledger.read().of_job(job)
    if night is None:
        return
    if night.state != "submitted":
        raise ConflictError("the job's night is not noted as submitted yet; try again")
    name = night.name
    found = transform_job.describe(context.sagemaker, job)
    if found is not None and found.is_under_way:
        return
    if found is None or found.status != "Completed":
        context.ledger.change(lambda record: record.without(name))
        count("NightlyFailed")
        status = "gone" if found is None else found.status
        log_warning("transform job failed", night=name, job=job, status=status)
        return
    if not night.ended:
        # No endpoint drafted: its latency and cost are not to be taken from these rows.
        model = msgspec.structs.replace(night.model, endpoint_name="")
        metadata = BatchMetadata(model, found.seconds, night.records)
        shards.write_metadata(context.s3, context.settings.results_bucket, night.folder, metadata)
        context.send(ShardReady(night.folder, shard) for shard in range(night.shards))
        context.ledger.update(night, ended=True)
        log_info(
            "transform job completed",
            night=name,
            job=job,
            objects=night.objects,
            records=night.records,
        )
        return
    left = 0
    for shard in range(night.shards):
        if context.is_late:
            return
        left += context.send(_unanswered(context, night.folder, shard))
    if not left:
        context.ledger.change(lambda record: record.without(name))


def send_shard(context: NightlyContext, ready: ShardReady) -> None:
    """Send the units of a drafted shard, each to be joined with its drafts.

    Raises:
        TransformError: the message names no night's folder.
    """
    bucket = context.settings.results_bucket
    context.send(shards.read_drafted_units(context.s3, bucket, ready.batch_folder, ready.shard))


def _unanswered(context: NightlyContext, folder: str, shard: int) -> list[OwnMessage]:
    """The units of a shard whose objects have no result yet."""
    bucket = context.settings.results_bucket
    units = shards.read_drafted_units(context.s3, bucket, folder, shard)
    refs = {unit.ref.object_id: unit.ref for unit in units}
    with ThreadPoolExecutor(max_workers=sweep.CONCURRENT_CHECKS) as pool:
        found = pool.map(partial(store.has_result, context.s3, bucket), refs.values())
        answered = dict(zip(refs, found, strict=True))
    return [unit for unit in units if not answered[unit.ref.object_id]]
