"""Finds landing objects that have no result, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import ClientError

from chalicelib import progress, storage
from chalicelib.events import OwnMessage
from chalicelib.objects import ObjectRef
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

LOOKERS = 16


class Window(NamedTuple):
    """Which objects are looked at: those whose LastModified lies in [since, until)."""

    since: datetime
    until: datetime

    @classmethod
    def of(cls, now: datetime, days: int, age_s: int) -> Window:
        """Objects of at most `days` days that are older than `age_s` seconds."""
        return cls(now - timedelta(days=days), now - timedelta(seconds=age_s))


class Page(NamedTuple):
    """Objects without a result among the next 1,000 keys; `after` is the last of those keys."""

    missing: list[ObjectRef]
    after: str


def pages(
    s3: S3Client, settings: Settings, lane: str, after: str, window: Window
) -> Iterator[Page]:
    """Page through the objects of a lane whose keys come after `after`."""
    landing, results = settings.landing_bucket, settings.results_bucket
    found = s3.get_paginator("list_objects_v2").paginate(
        Bucket=landing, Prefix=f"{lane}/", StartAfter=after
    )
    with ThreadPoolExecutor(max_workers=LOOKERS) as pool:
        for page in found:
            items = page.get("Contents", [])
            if not items:
                continue
            refs = [
                ObjectRef(landing, item["Key"], item["ETag"].strip('"'))
                for item in items
                if not item["Key"].endswith("/")
                and window.since <= item["LastModified"] < window.until
            ]
            lacks = pool.map(lambda ref: not storage.has_result(s3, results, ref), refs)
            missing = [ref for ref, lacking in zip(refs, lacks, strict=True) if lacking]
            yield Page(_versioned(s3, missing), items[-1]["Key"])


def messages(
    dynamodb: DynamoDBClient, table: str, missing: Sequence[ObjectRef]
) -> Iterator[OwnMessage]:
    """The messages that bring objects without a result to their end.

    Of an object that was cut, the chunks that are not done: its own message has done its part.
    """
    for ref in missing:
        found = progress.look(dynamodb, table, ref.object_id)
        if found is None:
            yield whole(ref)
            continue
        plan, done = found
        # With every chunk done the last one died before the result: it is not remembered as done.
        left = [chunk for chunk in range(plan.chunks) if chunk not in done] or range(plan.chunks)
        for chunk in left:
            start, stop = plan.bounds(chunk)
            yield OwnMessage(
                ref.bucket, ref.key, ref.etag, start, stop, ref.version_id, again=plan.again
            )


def whole(ref: ObjectRef, again: str | None = None) -> OwnMessage:
    """The message of a whole object."""
    return OwnMessage(ref.bucket, ref.key, ref.etag, version_id=ref.version_id, again=again)


def _versioned(s3: S3Client, refs: Sequence[ObjectRef]) -> list[ObjectRef]:
    """The same with their version ids, as the notification had them; what is gone is left out."""
    found = []
    for ref in refs:
        try:
            head = s3.head_object(Bucket=ref.bucket, Key=ref.key, IfMatch=f'"{ref.etag}"')
        except ClientError as error:
            if storage.is_refusal(error):
                continue
            raise
        version = head.get("VersionId")
        found.append(
            ObjectRef(ref.bucket, ref.key, ref.etag, None if version == "null" else version)
        )
    return found
