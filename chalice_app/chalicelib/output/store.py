"""Writes results and rows to the results bucket, and reads the current result."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from botocore.exceptions import ClientError

from chalicelib import s3_errors
from chalicelib.errors import ConflictError
from chalicelib.intake import landing
from chalicelib.intake.source import Source, timestamp
from chalicelib.objects import ObjectRef, lake_key, part_key, result_key
from chalicelib.output.document import Entry, part_lines, table_lines
from chalicelib.output.tables import TABLES, FileRow, Row

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# Conditional writes of one result, in case other runs write the same key at the same time.
CONFLICTS = 3


def write_tables(  # noqa: PLR0913  # all of them are part of the keys
    s3: S3Client, bucket: str, source: Source, chunk: int, rows: Sequence[Row], *, tidy: bool
) -> None:
    """Write a chunk's rows, one object per table.

    `tidy` deletes the objects of tables for which this run has no rows: an earlier run that was
    interrupted may have left some, and a record would count as both failed and done.
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
        elif tidy and kind is not FileRow:  # the run that completes the object writes that one
            s3.delete_object(Bucket=bucket, Key=key)

    # In parallel: a small file's processing time is mostly waiting for S3.
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
    """Write the result document, unless the result of a newer version is already there.

    Events of two versions of one key may arrive out of order; the newer version's result is kept.

    Returns:
        Whether this document is the current result.
    """
    ref = source.work.ref
    request: dict[str, Any] = {
        "Bucket": bucket,
        "Key": result_key(ref),
        "Body": document,
        "ContentType": "application/json",
        "Metadata": {
            "source-etag": ref.etag,
            "landed-at": timestamp(source.modified),
            "status": status,
            "rerun-token": source.work.rerun_token or "",
        },
    }
    if _put_if(s3, request, IfNoneMatch="*"):
        return True
    # A conflict may be this very document, written by a request whose response was lost.
    for _ in range(CONFLICTS):
        current = s3.head_object(Bucket=bucket, Key=result_key(ref))
        if not _is_newer(s3, source, current["Metadata"]):
            return False
        if _put_if(s3, request, IfMatch=current["ETag"]):
            return True
    raise ConflictError("other runs keep writing the result of this key; try again")


class CurrentResult(NamedTuple):
    """The result that stands under a key, for one object version: its status and re-run."""

    status: str
    rerun_token: str


def has_result(s3: S3Client, bucket: str, ref: ObjectRef) -> bool:
    """Whether the current result belongs to exactly this object version."""
    return result_status(s3, bucket, ref) is not None


def result_status(s3: S3Client, bucket: str, ref: ObjectRef) -> str | None:
    """The status of an object's result; None if there is none, or only another version's."""
    current = current_result(s3, bucket, ref)
    return None if current is None else current.status


def current_result(s3: S3Client, bucket: str, ref: ObjectRef) -> CurrentResult | None:
    """The result that stands for an object; None if there is none, or only another version's."""
    try:
        current = s3.head_object(Bucket=bucket, Key=result_key(ref))
    except ClientError as error:
        if s3_errors.is_missing_or_replaced(error):
            return None
        raise
    return _result_of(ref, current["Metadata"])


def read_result(s3: S3Client, bucket: str, ref: ObjectRef) -> dict[str, Any] | None:
    """An object's result document; None if there is none, or only another version's."""
    try:
        current = s3.get_object(Bucket=bucket, Key=result_key(ref))
    except ClientError as error:
        if s3_errors.is_missing_or_replaced(error):
            return None
        raise
    if _result_of(ref, current["Metadata"]) is None:
        return None
    document: dict[str, Any] = msgspec.json.decode(current["Body"].read())
    return document


def _result_of(ref: ObjectRef, metadata: dict[str, str]) -> CurrentResult | None:
    """What a result's metadata says; None if it is another version's."""
    if metadata.get("source-etag") != ref.etag:
        return None
    # Results of earlier releases do not contain their status or re-run.
    return CurrentResult(metadata.get("status", "answered"), metadata.get("rerun-token", ""))


def _put_if(s3: S3Client, request: dict[str, Any], **condition: Any) -> bool:  # noqa: ANN401  # boto3's
    """Write an object; False if the condition is not met."""
    try:
        s3.put_object(**request, **condition)
    except ClientError as error:
        if s3_errors.code_of(error) in s3_errors.CONFLICT:
            return False
        raise
    return True


def _is_newer(s3: S3Client, source: Source, existing: dict[str, str]) -> bool:
    ref = source.work.ref
    ours, theirs = timestamp(source.modified), existing.get("landed-at", "")
    if existing.get("source-etag") == ref.etag:
        # The same content, uploaded again perhaps: the later time must stand, or a version from
        # between the two uploads would count as newer.
        return ours >= theirs
    if ours != theirs:
        return ours > theirs
    # LastModified has a resolution of one second. Within that, the current object is the newer.
    try:
        current = landing.current_version(s3, ref.bucket, ref.key)
    except ClientError:
        return False
    return current is not None and current.etag == ref.etag
