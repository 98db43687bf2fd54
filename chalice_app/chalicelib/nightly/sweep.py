"""Finds landing objects without a result, page by page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.intake import chunk_plan, landing
from chalicelib.objects import ObjectRef
from chalicelib.output import results
from chalicelib.queue.messages import OwnMessage, whole_object_message
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

CONCURRENT_CHECKS = 16


class Window(NamedTuple):
    """The objects to check: those whose LastModified is in [since, until)."""

    since: datetime
    until: datetime

    @classmethod
    def of(cls, now: datetime, days: int, age_s: int) -> Window:
        """Objects that are at most `days` days old and older than `age_s` seconds."""
        return cls(now - timedelta(days=days), now - timedelta(seconds=age_s))


class Page(NamedTuple):
    """Objects without a result among the next 1,000 keys; `after` is the last of those keys."""

    missing: list[ObjectRef]
    after: str


def pages(
    s3: S3Client, settings: Settings, lane: str, after: str, window: Window
) -> Iterator[Page]:
    """Page through the objects of a lane whose keys sort after `after`."""
    bucket = settings.results_bucket
    with ThreadPoolExecutor(max_workers=CONCURRENT_CHECKS) as pool:
        for page in landing.list_objects(s3, settings.landing_bucket, f"{lane}/", after):
            listed = [one for one in page.objects if window.since <= one.modified < window.until]
            found = pool.map(lambda one: results.look_up(s3, bucket, one), listed)
            missing = [one.ref for one in found if one.ref is not None and one.result is None]
            yield Page(missing, page.last)


def messages(
    dynamodb: DynamoDBClient, table: str, missing: Sequence[ObjectRef]
) -> Iterator[OwnMessage]:
    """The messages that complete objects without a result.

    For an object that was split, only the chunks that are not done.
    """
    for ref in missing:
        found = chunk_plan.read_progress(dynamodb, table, ref.object_id)
        if found is None:
            yield whole_object_message(ref)
            continue
        plan, done = found
        # If every chunk is done, the last one crashed before it wrote the result. It has not
        # completed its idempotency record, so sending all of them again completes the object.
        open_chunks = [one for one in range(plan.chunks) if one not in done] or range(plan.chunks)
        for chunk in open_chunks:
            start, stop = plan.bounds(chunk)
            yield OwnMessage(
                ref.bucket,
                ref.key,
                ref.etag,
                start,
                stop,
                ref.version_id,
                rerun_token=plan.rerun_token,
            )
