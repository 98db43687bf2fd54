"""What an idempotency record may answer: only a result that stands."""

from __future__ import annotations

from chalicelib.intake import chunk_plan, landing
from chalicelib.intake.chunk_plan import Plan
from chalicelib.output import results
from chalicelib.output.document import Counts
from chalicelib.processing.context import ProcessingContext, WorkResult
from chalicelib.queue.messages import WorkItem


def still_stands(context: ProcessingContext, work: WorkItem) -> bool:
    """Whether the completed record of a unit still answers it.

    It does not when the key holds this content but the result is missing or another's: content A
    was replaced by B and uploaded again, or the result was deleted.
    """
    ref = work.ref
    if results.has_result(context.s3, context.settings.results_bucket, ref):
        return True
    table = context.settings.progress_table
    progress = chunk_plan.read_progress(context.dynamodb, table, ref.object_id)
    if progress is not None and not progress.is_complete:
        return True  # its chunks are on their way
    current = landing.current_version(context.s3, ref.bucket, ref.key)
    return current is None or not current.is_same_upload(ref)


def finished_object(context: ProcessingContext, work: WorkItem) -> WorkResult | None:
    """The result of an object that an interrupted run finished; None if it did not.

    A re-run is finished only by its own result.
    """
    bucket = context.settings.results_bucket
    current = results.current_result(context.s3, bucket, work.ref)
    if current is None or work.rerun_token not in (None, current.rerun_token):
        return None
    document = results.read_result(context.s3, bucket, work.ref)
    if document is None:
        return None
    counts = document["counts"]
    return WorkResult(Counts(counts["records"], counts["ok"], counts["failed"]), files=1)


def finished_chunk(
    context: ProcessingContext, work: WorkItem, plan: Plan, chunk: int
) -> WorkResult | None:
    """The result of a chunk that an interrupted run finished; None if it did not.

    If all chunks are done but the object has no result, the run ended before it wrote it.
    """
    progress = chunk_plan.read_progress(
        context.dynamodb, context.settings.progress_table, plan.object_id
    )
    if (
        progress is None
        or progress.plan.rerun_token != plan.rerun_token
        or chunk not in progress.done
    ):
        return None
    if progress.is_complete and finished_object(context, work) is None:
        return None
    start, stop = plan.bounds(chunk)
    failed = progress.done[chunk]
    return WorkResult(Counts(stop - start, stop - start - failed, failed))
