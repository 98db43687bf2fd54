"""Reads the messages of the work queue: events of S3 and of transform jobs, and our own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote_plus

import msgspec

from chalicelib.errors import MessageError
from chalicelib.objects import ObjectRef
from chalicelib.queue import wire


class WorkItem(msgspec.Struct, frozen=True):
    """One thing to do: a whole object, or the records [start, stop) of one.

    `offset` is the byte of the decoded text where record `start` begins; None: count from 0.
    `noticed_at` stands in for LastModified when the object can no longer be read. `rerun_token`
    names an operator's re-run: results from before it do not count. `batch_folder` is the folder of
    the nightly batch that drafted these records, `drafts` the key of the output with the drafts.
    """

    ref: ObjectRef
    noticed_at: datetime
    start: int | None = None
    stop: int | None = None
    offset: int | None = None
    rerun_token: str | None = None
    batch_folder: str | None = None
    drafts: str | None = None


class JobChanged(msgspec.Struct, frozen=True):
    """A transform job has another status; which, SageMaker itself is asked."""

    job: str


class ShardReady(msgspec.Struct, frozen=True):
    """A shard of a nightly batch is drafted: its units can be sent."""

    batch_folder: str
    shard: int


class OwnMessage(msgspec.Struct, frozen=True, omit_defaults=True):
    """What sweep, redrive, fan-out and transform output send to the work queue."""

    bucket: str
    key: str
    etag: str
    start: int | None = None
    stop: int | None = None
    version_id: str | None = None
    offset: int | None = None
    rerun_token: str | None = None
    batch_folder: str | None = None
    drafts: str | None = None

    @property
    def ref(self) -> ObjectRef:
        """The object that it is about."""
        return ObjectRef(self.bucket, self.key, _etag(self.etag), _version(self.version_id))


def whole_object_message(ref: ObjectRef, rerun_token: str | None = None) -> OwnMessage:
    """The message that has a whole object processed."""
    return OwnMessage(
        ref.bucket, ref.key, ref.etag, version_id=ref.version_id, rerun_token=rerun_token
    )


def read_message(body: str, sent_at: datetime) -> list[WorkItem | JobChanged | ShardReady]:
    """Read one message; an empty list is a message to acknowledge and ignore.

    Args:
        body: the message as it lay in the queue.
        sent_at: when it was sent (SQS SentTimestamp), for shapes without a time of their own.

    Raises:
        MessageError: the body has none of the known shapes.
    """
    try:
        message = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        raise MessageError("the message is not JSON") from None
    if not isinstance(message, dict):
        raise MessageError("the message is not a JSON object")
    if message.get("Event") == "s3:TestEvent":
        return []
    try:
        if "Records" in message:
            works = [_notified(record, sent_at) for record in message["Records"]]
            return [work for work in works if work is not None]
        if "detail-type" in message:
            if message.get("source") == "aws.sagemaker":
                return [JobChanged(_text(message["detail"]["TransformJobName"]))]
            work = _bridged(message, sent_at)
            return [] if work is None else [work]
        if "shard" in message:
            return [msgspec.convert(wire.with_new_names(message), ShardReady)]
        if "bucket" in message:
            return [_own(message, sent_at)]
    except (KeyError, TypeError, AttributeError, ValueError, msgspec.ValidationError):
        raise MessageError("the message lacks a bucket, key or etag where they belong") from None
    raise MessageError("the message is no S3 notification, EventBridge event or own message")


def _notified(record: dict[str, Any], sent_at: datetime) -> WorkItem | None:
    if record.get("eventSource") != "aws:s3":
        raise MessageError("a record of the message does not come from S3")
    if not str(record.get("eventName")).startswith("ObjectCreated:"):
        return None
    found = record["s3"]["object"]
    ref = ObjectRef(
        bucket=_text(record["s3"]["bucket"]["name"]),
        # Notifications carry the key as a form field: `+` is a space, the rest is %XX.
        key=unquote_plus(_text(found["key"])),
        etag=_etag(found["eTag"]),
        version_id=_version(found.get("versionId")),
    )
    return WorkItem(ref, _moment(record.get("eventTime"), sent_at))


def _bridged(message: dict[str, Any], sent_at: datetime) -> WorkItem | None:
    if message.get("source") != "aws.s3":
        raise MessageError("the EventBridge event comes from neither S3 nor SageMaker")
    if message["detail-type"] != "Object Created":
        return None
    found = message["detail"]["object"]
    ref = ObjectRef(
        bucket=_text(message["detail"]["bucket"]["name"]),
        key=_text(found["key"]),  # EventBridge does not encode keys
        etag=_etag(found["etag"]),
        version_id=_version(found.get("version-id")),
    )
    return WorkItem(ref, _moment(message.get("time"), sent_at))


def _own(message: dict[str, Any], sent_at: datetime) -> WorkItem:
    own = msgspec.convert(wire.with_new_names(message), OwnMessage)
    if own.start is not None and (own.start < 0 or (own.stop is not None and own.stop < own.start)):
        raise MessageError("start and stop of the message are no range")
    if own.offset is not None and own.offset < 0:
        raise MessageError("offset of the message is no place in a text")
    return WorkItem(
        own.ref,
        sent_at,
        own.start,
        own.stop,
        own.offset,
        own.rerun_token,
        own.batch_folder,
        own.drafts,
    )


def _text(value: Any) -> str:  # noqa: ANN401  # any JSON value
    if not isinstance(value, str) or not value:
        raise TypeError
    return value


def _etag(value: Any) -> str:  # noqa: ANN401  # any JSON value
    return _text(value).strip('"')


def _version(value: Any) -> str | None:  # noqa: ANN401  # any JSON value
    # An unversioned bucket's objects have the version id "null", or none.
    return None if value in (None, "", "null") else _text(value)


def _moment(value: Any, otherwise: datetime) -> datetime:  # noqa: ANN401  # any JSON value
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return otherwise
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
