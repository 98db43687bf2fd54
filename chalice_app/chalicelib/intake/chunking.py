"""Splits a large object into chunk messages, by the one plan that all readers share."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from chalicelib.intake import chunk_plan
from chalicelib.queue.messages import OwnMessage, WorkItem

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.intake.reading import Scan


def chunk_messages(
    dynamodb: DynamoDBClient, table: str, work: WorkItem, found: Scan, size: int
) -> list[OwnMessage]:
    """Store the object's plan, unless it has one; returns one message per chunk, in order.

    Args:
        dynamodb: stores the plan, in `table`.
        table: the progress table.
        work: the object.
        found: the scan of the object, with the offsets of its records.
        size: the object's length in bytes.
    """
    wanted = chunk_plan.chunk_size(found.total, found.stride)
    object_id = work.ref.object_id
    plan = chunk_plan.begin(
        dynamodb,
        table,
        chunk_plan.Plan(
            object_id, found.total, wanted, found.form, found.seekable, size, work.rerun_token
        ),
    )
    return [_message(work, plan, chunk, found) for chunk in range(plan.chunks)]


def _message(work: WorkItem, plan: chunk_plan.Plan, chunk: int, found: Scan) -> OwnMessage:
    start, stop = plan.bounds(chunk)
    ref = work.ref
    begins, ends = _place(found, start), _place(found, stop)
    return OwnMessage(
        bucket=ref.bucket,
        key=ref.key,
        etag=ref.etag,
        start=start,
        stop=stop,
        version_id=ref.version_id,
        offset=begins.offset,
        # The next chunk may begin within the message or Bundle that this one ends in.
        end=None if ends.part else ends.offset,
        # The plan's: chunks of another run than the stored plan's are ignored as superseded.
        rerun_token=plan.rerun_token,
        # A batch's object may be split here if ChunkRecords has changed since it was gathered.
        batch_folder=work.batch_folder,
        drafts=work.drafts,
        part=begins.part,
    )


class _Place(NamedTuple):
    offset: int | None
    part: int = 0


def _place(found: Scan, record: int) -> _Place:
    """Where a record begins; no offset if it is not known, or if it is the end."""
    place, between = divmod(record, found.stride)
    # With an earlier plan and another stride, chunks may begin between the known offsets.
    if between or place >= len(found.offsets):
        return _Place(None)
    return _Place(found.offsets[place], found.parts.get(place, 0))
