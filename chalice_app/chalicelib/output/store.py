"""Writes results and rows to the results bucket, and reads the result that stands."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import msgspec
from botocore.exceptions import ClientError

from chalicelib import s3_errors
from chalicelib.intake import landing
from chalicelib.intake.source import Source, timestamp
from chalicelib.objects import ObjectRef, lake_key, part_key, result_key
from chalicelib.output.document import Entry, part_lines, table_lines
from chalicelib.output.tables import TABLES, FileRow, Row

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def write_tables(  # noqa: PLR0913  # what a chunk's tables are named by
    s3: S3Client, bucket: str, source: Source, chunk: int, rows: Sequence[Row], *, tidy: bool
) -> None:
    """Write a chunk's rows, one object a table.

    `tidy` deletes the tables' objects that this run has no rows for: an earlier run that broke
    off may have left some, and a record would be counted both as failed and as done.
    """

    def write(kind: type[Row], table: str) -> None:
        own = [row for row in rows if type(row) is kind]
        key = lake_key(table, source.day, source.work.ref, chunk)
        if own:
            s3.put_object(
                Bucket=bucket,
                Key=key,
                Body=table_lines(own),
                ContentType="application/x-ndjson",
                ContentEncoding="gzip",
            )
        elif tidy and kind is not FileRow:  # whoever completes the object writes that one
            s3.delete_object(Bucket=bucket, Key=key)

    # At once: nearly all of a small file's time is waiting for S3.
    with ThreadPoolExecutor(max_workers=len(TABLES)) as pool:
        list(pool.map(write, TABLES.keys(), TABLES.values()))


def write_part(
    s3: S3Client, bucket: str, ref: ObjectRef, chunk: int, entries: Sequence[Entry]
) -> None:
    """Write one chunk's part of a large object's result."""
    s3.put_object(
        Bucket=bucket,
        Key=part_key(ref, chunk),
        Body=part_lines(entries),
        ContentType="application/x-ndjson",
    )


def write_result(s3: S3Client, bucket: str, source: Source, status: str, document: bytes) -> bool:
    """Write the result document, unless the key already holds a newer version's.

    Events of two versions of one key may come out of order; the newer version's result stays.

    Returns:
        Whether this document is the one that stands.
    """
    ref = source.work.ref
    asked: dict[str, Any] = {
        "Bucket": bucket,
        "Key": result_key(ref),
        "Body": document,
        "ContentType": "application/json",
        "Metadata": {
            "source-etag": ref.etag,
            "landed-at": timestamp(source.modified),
            "status": status,
        },
    }
    try:
        s3.put_object(**asked, IfNoneMatch="*")
    except ClientError as error:
        if s3_errors.code_of(error) not in s3_errors.CONFLICT:
            raise
    else:
        return True
    standing = s3.head_object(Bucket=bucket, Key=result_key(ref))
    if not _is_newer(s3, source, standing["Metadata"]):
        return False
    # If-Match: whoever wrote in between makes this fail, and the replay looks again.
    s3.put_object(**asked, IfMatch=standing["ETag"])
    return True


def has_result(s3: S3Client, bucket: str, ref: ObjectRef) -> bool:
    """Whether the result that stands is just this object's."""
    return result_status(s3, bucket, ref) is not None


def result_status(s3: S3Client, bucket: str, ref: ObjectRef) -> str | None:
    """The status of an object's result; None when there is none, or another version's."""
    try:
        standing = s3.head_object(Bucket=bucket, Key=result_key(ref))
    except ClientError as error:
        if s3_errors.is_missing_or_replaced(error):
            return None
        raise
    metadata = standing["Metadata"]
    # Results of an earlier release do not carry their status.
    status = metadata.get("status", "answered")
    return status if metadata.get("source-etag") == ref.etag else None


def read_result(s3: S3Client, bucket: str, ref: ObjectRef) -> dict[str, Any] | None:
    """An object's result document; None when there is none, or another version's."""
    if not has_result(s3, bucket, ref):
        return None
    body = s3.get_object(Bucket=bucket, Key=result_key(ref))["Body"]
    document: dict[str, Any] = msgspec.json.decode(body.read())
    return document


def _is_newer(s3: S3Client, source: Source, standing: dict[str, str]) -> bool:
    ref = source.work.ref
    if standing.get("source-etag") == ref.etag:
        return True
    ours, theirs = timestamp(source.modified), standing.get("landed-at", "")
    if ours != theirs:
        return ours > theirs
    # LastModified has whole seconds: within one, the landing bucket knows which came last.
    try:
        current = landing.current_version(s3, ref.bucket, ref.key)
    except ClientError:
        return False
    return current is not None and current.etag == ref.etag
