"""The landing bucket: opens, looks up and lists the objects that hospitals upload."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from chalicelib import s3_errors
from chalicelib.errors import FileRejectedError, failed_call
from chalicelib.intake.decoding import PIECE_BYTES, skip
from chalicelib.objects import ObjectRef

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import HeadObjectOutputTypeDef


class Landed(NamedTuple):
    """An open landing object: LastModified, the size in bytes, and its content."""

    modified: datetime
    size: int
    pieces: Iterator[bytes]


class Listed(NamedTuple):
    """A listed landing object and its LastModified, with a resolution of one second."""

    ref: ObjectRef
    modified: datetime


class ListedPage(NamedTuple):
    """The objects among up to 1,000 listed keys, without folder markers; `last` is the last key."""

    objects: list[Listed]
    last: str


def open_object(s3: S3Client, ref: ObjectRef, offset: int = 0, end: int | None = None) -> Landed:
    """Open exactly the version that `ref` identifies, from byte `offset` on, up to `end` if known.

    `size` is that of the whole object. A response that is read to its end leaves its connection to
    the next request.

    Raises:
        FileRejectedError: it was deleted, access is denied, or the key has a newer version.
    """
    request: dict[str, Any] = {"Bucket": ref.bucket, "Key": ref.key}
    if ref.version_id is not None:
        request["VersionId"] = ref.version_id
    else:
        request["IfMatch"] = f'"{ref.etag}"'
    if offset:
        request["Range"] = f"bytes={offset}-{'' if end is None else end - 1}"
    try:
        found = s3.get_object(**request)
    except ClientError as error:
        raise _reading_error(error) from None
    pieces: Iterator[bytes] = found["Body"].iter_chunks(PIECE_BYTES)
    if not offset:
        return Landed(found["LastModified"], found["ContentLength"], pieces)
    if "ContentRange" not in found:  # an S3-compatible store that ignores the range
        return Landed(found["LastModified"], found["ContentLength"], skip(pieces, offset))
    size = int(found["ContentRange"].rpartition("/")[2])
    return Landed(found["LastModified"], size, pieces)


def current_version(s3: S3Client, bucket: str, key: str) -> ObjectRef | None:
    """The current object of a key; None if there is none."""
    head = s3_errors.unless_missing(s3.head_object, Bucket=bucket, Key=key)
    return None if head is None else _ref(bucket, key, head)


def with_version_id(s3: S3Client, ref: ObjectRef) -> ObjectRef | None:
    """The same object with its version id, as in a notification; None if it no longer exists."""
    head = s3_errors.unless_missing(
        s3.head_object, Bucket=ref.bucket, Key=ref.key, IfMatch=f'"{ref.etag}"'
    )
    return None if head is None else _ref(ref.bucket, ref.key, head)


def list_objects(s3: S3Client, bucket: str, prefix: str, after: str = "") -> Iterator[ListedPage]:
    """List the objects under a prefix whose keys sort after `after`; skips pages without keys."""
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix=prefix, StartAfter=after
    )
    for page in pages:
        items = page.get("Contents", [])
        if not items:
            continue
        listed = [
            Listed(ObjectRef(bucket, item["Key"], item["ETag"].strip('"')), item["LastModified"])
            for item in items
            if not item["Key"].endswith("/")
        ]
        yield ListedPage(listed, items[-1]["Key"])


def identify(s3: S3Client, ref: ObjectRef) -> ObjectRef:
    """The upload that a message refers to; only a message without a version id needs a call.

    A message that S3 or this system sends contains the version id, unless the bucket has no
    versioning. The same upload must have one object id however its message is written.
    """
    if ref.version_id is not None:
        return ref
    try:
        return with_version_id(s3, ref) or ref
    except ClientError as error:
        if s3_errors.code_of(error) in s3_errors.DENIED:
            return ref  # reading it will say so
        raise


def _ref(bucket: str, key: str, head: HeadObjectOutputTypeDef) -> ObjectRef:
    version = head.get("VersionId")
    # Objects that were written before versioning was enabled have the version id "null".
    return ObjectRef(bucket, key, head["ETag"].strip('"'), None if version == "null" else version)


def listed_time(s3: S3Client, ref: ObjectRef) -> datetime | None:
    """LastModified of an object that may be listed but not read; None if it is not listed."""
    try:
        page = s3.list_objects_v2(Bucket=ref.bucket, Prefix=ref.key, MaxKeys=1)
    except ClientError:
        return None
    for item in page.get("Contents", []):
        if (item["Key"], item["ETag"].strip('"')) == (ref.key, ref.etag):
            return item["LastModified"]
    return None


def _reading_error(error: ClientError) -> Exception:
    code = s3_errors.code_of(error)
    if code in s3_errors.GONE:
        return FileRejectedError("ObjectGone", "it was deleted before it was read; upload it again")
    if code in s3_errors.DENIED:
        advice = "check the function's role and the key's policy"
        if code == s3_errors.ARCHIVED:
            advice = "restore the object from its archive"
        problem = f"{failed_call(error)}; {advice}"
        return FileRejectedError("ObjectDenied", problem)
    if code in s3_errors.CONFLICT:
        problem = "the key now holds a newer version, which is processed separately"
        return FileRejectedError("ObjectReplaced", problem)
    return error
