"""Completes a nightly batch after its transform job has ended."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import msgspec

from chalicelib.drafting.batch_drafts import BatchMetadata
from chalicelib.errors import ConflictError
from chalicelib.nightly import shards, sweep, transform_job
from chalicelib.nightly.context import NightlyContext
from chalicelib.observability import count, log_info, log_warning
from chalicelib.output import results
from chalicelib.queue.messages import OwnMessage, ShardReady


def settle(context: NightlyContext, job: str) -> None:
    """Check the job of a nightly batch and act on its status; other jobs are ignored.

    Completed: the first check sends one message per shard, later checks one per unit whose object
    has no result. If all objects have one, the batch is removed from the ledger. Failed or stopped:
    the next nightly run gathers its objects again.

    Raises:
        ConflictError: the run that started the job has not recorded that yet.
    """
    night = context.ledger.read().of_job(job)
    if night is None:
        return
    if night.state != "submitted":
        raise ConflictError("the job's nightly batch is not recorded as submitted yet; try again")
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
        # No endpoint was called, so these rows must not count towards its latency and cost.
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
    unfinished = 0
    for shard in range(night.shards):
        if context.is_late:
            return
        unfinished += context.send(_without_result(context, night.folder, shard))
    if not unfinished:
        context.ledger.change(lambda record: record.without(name))


def send_shard(context: NightlyContext, ready: ShardReady) -> None:
    """Send the units of a drafted shard, to be joined with their drafts.

    Raises:
        TransformError: the message does not name the folder of a nightly batch.
    """
    bucket = context.settings.results_bucket
    context.send(shards.read_drafted_units(context.s3, bucket, ready.batch_folder, ready.shard))


def _without_result(context: NightlyContext, folder: str, shard: int) -> list[OwnMessage]:
    """The units of a shard whose objects have no result yet."""
    bucket = context.settings.results_bucket
    units = shards.read_drafted_units(context.s3, bucket, folder, shard)
    refs = {unit.ref.object_id: unit.ref for unit in units}
    with ThreadPoolExecutor(max_workers=sweep.CONCURRENT_CHECKS) as pool:
        found = pool.map(partial(results.has_result, context.s3, bucket), refs.values())
        has_result = dict(zip(refs, found, strict=True))
    return [unit for unit in units if not has_result[unit.ref.object_id]]
