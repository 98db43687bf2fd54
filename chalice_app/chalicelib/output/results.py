"""The result document under a landing key: which upload's result stands there, read and written.

The result that stands is of the upload that stands: the key's current object. Its identity is in
the result's metadata, so that a sweep can check thousands of results without reading them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from botocore.exceptions import ClientError

from chalicelib import s3_errors
from chalicelib.errors import ConflictError, without_message
from chalicelib.intake import landing
from chalicelib.intake.landing import Listed
from chalicelib.intake.source import Source, timestamp
from chalicelib.objects import ObjectRef, result_key
from chalicelib.observability import log_warning

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mypy_boto3_s3 import S3Client

    from chalicelib.queue.messages import WorkItem

# Conditional writes of one result, in case other runs write the same key at the same time.
CONFLICTS = 3
# `YYYY-MM-DD HH:MM:SS`: listings and responses of S3 give LastModified with different resolutions.
_TO_THE_SECOND = 19


class StandingResult(NamedTuple):
    """What the metadata of the result under a key says.

    `version_id` is None if the landing bucket had no versioning, and in results of release 0.1;
    `object_id` is None in results of earlier releases. `answer` is the kind of the answer that
    stands beside it, if there is one.
    """

    etag: str
    version_id: str | None
    landed_at: str
    status: str
    rerun_token: str
    object_id: str | None = None
    answer: str = ""

    @classmethod
    def of(cls, metadata: Mapping[str, str]) -> StandingResult:
        """Read the metadata of a result; early releases wrote fewer fields."""
        return cls(
            metadata.get("source-etag", ""),
            metadata.get("source-version") or None,
            metadata.get("landed-at", ""),
            metadata.get("status", "answered"),
            metadata.get("rerun-token", ""),
            metadata.get("object-id"),
            metadata.get("answer", ""),
        )

    def is_of(self, ref: ObjectRef) -> bool:
        """Whether it is the result of this upload."""
        return ref.is_same_upload(ObjectRef(ref.bucket, ref.key, self.etag, self.version_id))

    def is_of_run(self, work: WorkItem) -> bool:
        """Whether it was written by a run of the same upload with the same token."""
        return self.is_of(work.ref) and self.rerun_token == (work.rerun_token or "")

    def is_of_listed(self, listed: Listed) -> bool:
        """Whether a listing, which has no version ids, suffices to say that it is the result."""
        landed_at = timestamp(listed.modified)[:_TO_THE_SECOND]
        return self.etag == listed.ref.etag and self.landed_at[:_TO_THE_SECOND] == landed_at


def write_result(  # noqa: PLR0913  # what is written, where, and whom it concerns
    s3: S3Client,
    bucket: str,
    source: Source,
    status: str,
    document: bytes,
    *,
    answer: str = "",
    on_replace: Callable[[StandingResult], None] | None = None,
) -> bool:
    """Write the result document, unless the result there is of an upload that came later.

    Events of two uploads of one key may arrive out of order. `on_replace` is called with the result
    that stands before another upload or re-run replaces it. `answer` is the kind of the answer that
    stands beside the document, if there is one.

    Returns:
        Whether this document is the current result.
    """
    ref = source.work.ref

    def replaces(existing: Mapping[str, str]) -> bool:
        standing = StandingResult.of(existing)
        if not _replaces(s3, source, standing):
            return False
        if on_replace is not None and not standing.is_of_run(source.work):
            on_replace(standing)
        return True

    request: dict[str, Any] = {
        "Bucket": bucket,
        "Key": result_key(ref),
        "Body": document,
        "ContentType": "application/json",
        "Metadata": {
            **identity(source),
            "status": status,
            "rerun-token": source.work.rerun_token or "",
            **({"answer": answer} if answer else {}),
            # Without versions, a record says itself that its object is done.
            **({} if ref.version_id is None else {"object-id": ref.object_id}),
        },
    }
    return put_unless_later(s3, request, replaces)


def identity(source: Source) -> dict[str, str]:
    """The metadata that tell of which upload an object of the results bucket is."""
    ref = source.work.ref
    return {
        "source-etag": ref.etag,
        "source-version": ref.version_id or "",
        "landed-at": timestamp(source.modified),
    }


def put_unless_later(
    s3: S3Client, request: dict[str, Any], replaces: Callable[[Mapping[str, str]], bool]
) -> bool:
    """Write an object if there is none, or if `replaces` says so of the metadata of the one there.

    Returns:
        Whether the object has been written.

    Raises:
        ConflictError: other runs keep writing it.
    """
    if _put_if(s3, request, IfNoneMatch="*"):
        return True
    # A conflict may be this very document, written by a request whose response was lost.
    for _ in range(CONFLICTS):
        current = s3_errors.unless_missing(
            s3.head_object, Bucket=request["Bucket"], Key=request["Key"]
        )
        if current is None:
            condition = {"IfNoneMatch": "*"}  # it has been deleted in the meantime
        elif replaces(current["Metadata"]):
            condition = {"IfMatch": current["ETag"]}
        else:
            return False
        if _put_if(s3, request, **condition):
            return True
    raise ConflictError("other runs keep writing the result of this key; try again")


def may_replace(s3: S3Client, source: Source, existing: Mapping[str, str]) -> bool:
    """Whether what belongs to a source may replace what has these metadata."""
    return _replaces(s3, source, StandingResult.of(existing))


def has_result(s3: S3Client, bucket: str, ref: ObjectRef) -> bool:
    """Whether the result that stands under the key is of this upload."""
    return current_result(s3, bucket, ref) is not None


def current_result(s3: S3Client, bucket: str, ref: ObjectRef) -> StandingResult | None:
    """The result of an upload; None if there is none, or only another upload's."""
    found = _standing(s3, bucket, ref)
    return found if found is not None and found.is_of(ref) else None


class LookedUp(NamedTuple):
    """An object of a listing and its result, if it has one; `ref` is None if it no longer exists.

    Unless it has a result, `ref` contains its version id.
    """

    ref: ObjectRef | None
    result: StandingResult | None


def look_up(s3: S3Client, bucket: str, listed: Listed) -> LookedUp:
    """Find the result of a listed object; asks for its version id only where it is needed."""
    found = _standing(s3, bucket, listed.ref)
    if found is not None and found.is_of_listed(listed):
        return LookedUp(listed.ref, found)
    ref = landing.with_version_id(s3, listed.ref)
    if ref is None or found is None or not found.is_of(ref):
        return LookedUp(ref, None)
    return LookedUp(ref, found)


def read_result(s3: S3Client, bucket: str, ref: ObjectRef) -> dict[str, Any] | None:
    """An upload's result document; None if there is none, or only another upload's."""
    current = s3_errors.unless_missing(s3.get_object, Bucket=bucket, Key=result_key(ref))
    if current is None or not StandingResult.of(current["Metadata"]).is_of(ref):
        return None
    document: dict[str, Any] = msgspec.json.decode(current["Body"].read())
    return document


def _standing(s3: S3Client, bucket: str, ref: ObjectRef) -> StandingResult | None:
    current = s3_errors.unless_missing(s3.head_object, Bucket=bucket, Key=result_key(ref))
    return None if current is None else StandingResult.of(current["Metadata"])


def _put_if(s3: S3Client, request: dict[str, Any], **condition: Any) -> bool:  # noqa: ANN401  # boto3's
    """Write an object; False if the condition is not met."""
    if not isinstance(request["Body"], bytes):
        request["Body"].seek(0)
    try:
        s3.put_object(**request, **condition)
    except ClientError as error:
        # NoSuchKey: the object that IfMatch refers to has been deleted.
        if s3_errors.code_of(error) in s3_errors.CONFLICT | {"NoSuchKey"}:
            return False
        raise
    return True


def _replaces(s3: S3Client, source: Source, existing: StandingResult) -> bool:
    """Whether the result of a source may replace the one that exists."""
    ref = source.work.ref
    ours, theirs = timestamp(source.modified), existing.landed_at
    if existing.is_of(ref):
        # Without versioning, the same content may have been uploaded again: the later time must
        # stand, or an upload from between the two would count as later.
        return existing.version_id is not None or ours >= theirs
    # The key's current object decides, not the times: they have a resolution of one second, and a
    # later upload may have been deleted since, so that an earlier one is the current object again.
    try:
        current = landing.current_version(s3, ref.bucket, ref.key)
    except ClientError as error:
        # Of an object that may not be read, only an upload that is clearly later replaces a result.
        if s3_errors.code_of(error) not in s3_errors.DENIED or ours <= theirs:
            raise
        problem = str(without_message(error))
        log_warning("could not ask for the key's current object", problem=problem)
        current = None
    if current is not None and current.is_same_upload(ref):
        return True
    return (current is None or not existing.is_of(current)) and ours > theirs
