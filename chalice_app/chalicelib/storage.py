"""Reads landing objects and writes results: every S3 call of the functions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from chalicelib.decoding import PIECE_BYTES, skip
from chalicelib.errors import FileRejectedError
from chalicelib.objects import ObjectRef, lake_key, part_key, result_key
from chalicelib.results import Entry, part_lines, table_lines
from chalicelib.rows import Source, timestamp
from chalicelib.tables import TABLES, FileRow, Row

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_GONE = frozenset({"404", "NoSuchBucket", "NoSuchKey", "NoSuchVersion", "MethodNotAllowed"})
_DENIED = frozenset({"403", "AccessDenied", "InvalidObjectState"})
# 409: somebody else's conditional write of the same key was under way at this moment.
_CONFLICT = frozenset({"409", "412", "ConditionalRequestConflict", "PreconditionFailed"})


class Landed(NamedTuple):
    """A landing object, opened: LastModified, the size in bytes, and its content."""

    modified: datetime
    size: int
    pieces: Iterator[bytes]


def open_object(s3: S3Client, ref: ObjectRef, offset: int = 0) -> Landed:
    """Open exactly the version that `ref` names, from byte `offset` on.

    Raises:
        FileRejectedError: it is gone, not permitted, or its key has other content by now.
    """
    asked: dict[str, Any] = {"Bucket": ref.bucket, "Key": ref.key}
    if ref.version_id is not None:
        asked["VersionId"] = ref.version_id
    else:
        asked["IfMatch"] = f'"{ref.etag}"'
    if offset:
        asked["Range"] = f"bytes={offset}-"
    try:
        found = s3.get_object(**asked)
    except ClientError as error:
        raise _reading_error(error) from None
    pieces: Iterator[bytes] = found["Body"].iter_chunks(PIECE_BYTES)
    if not offset:
        return Landed(found["LastModified"], found["ContentLength"], pieces)
    if "ContentRange" not in found:  # a store that answers a range with the whole object
        return Landed(found["LastModified"], found["ContentLength"], skip(pieces, offset))
    return Landed(found["LastModified"], found["ContentLength"] + offset, pieces)


def write_tables(  # noqa: PLR0913 - what a chunk's tables are named by
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
        if _code(error) not in _CONFLICT:
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
        if is_refusal(error):
            return None
        raise
    metadata = standing["Metadata"]
    # Results of an earlier release do not carry their status.
    status = metadata.get("status", "answered")
    return status if metadata.get("source-etag") == ref.etag else None


def is_refusal(error: ClientError) -> bool:
    """Whether S3 says that the object is not there, or is another by now."""
    return _code(error) in _GONE | _CONFLICT


def write_work(s3: S3Client, bucket: str, key: str, body: bytes) -> None:
    """Write an object of the work in progress, which a lifecycle rule removes."""
    s3.put_object(Bucket=bucket, Key=key, Body=body)


def read_work(s3: S3Client, bucket: str, key: str) -> bytes | None:
    """Read an object of the work in progress; None when there is none."""
    try:
        return s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    except ClientError as error:
        if _code(error) in _GONE:
            return None
        raise


def _is_newer(s3: S3Client, source: Source, standing: dict[str, str]) -> bool:
    ref = source.work.ref
    if standing.get("source-etag") == ref.etag:
        return True
    ours, theirs = timestamp(source.modified), standing.get("landed-at", "")
    if ours != theirs:
        return ours > theirs
    # LastModified has whole seconds: within one, the landing bucket knows which came last.
    try:
        current = s3.head_object(Bucket=ref.bucket, Key=ref.key)
    except ClientError:
        return False
    return current["ETag"].strip('"') == ref.etag


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _reading_error(error: ClientError) -> Exception:
    code = _code(error)
    if code in _GONE:
        return FileRejectedError("ObjectGone", "it was deleted before it was read; upload it again")
    if code in _DENIED:
        problem = "s3:GetObject on it is denied; check the function's role and the key's policy"
        return FileRejectedError("ObjectDenied", problem)
    if code in _CONFLICT:
        problem = "its key holds other content by now, which is answered on its own"
        return FileRejectedError("ObjectReplaced", problem)
    return error
