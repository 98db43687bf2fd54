"""Reads the messages of the work queue: S3 events, transform job events, and our own messages."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote_plus

import msgspec

from chalicelib.errors import MessageError
from chalicelib.objects import ObjectRef
from chalicelib.queue import wire


class WorkItem(msgspec.Struct, frozen=True):
    """One unit of work: a whole object, or the records [start, stop) of one.

    `offset` is the byte of the decoded text at which record `start` begins; None: read from 0.
    `end` is the byte at which record `stop` begins; None: unknown, or the end of the text.
    `part` is the number of records that begin at byte `offset` too and precede record `start`.
    `noticed_at` replaces LastModified if the object can no longer be read. `rerun_token`
    identifies an operator's re-run: earlier results do not count. `batch_folder` is the folder of
    the nightly batch that drafted these records, `drafts` the key of the output with the drafts.
    `continued` says that an earlier run, whose time was up, has saved some of the drafts.
    """

    ref: ObjectRef
    noticed_at: datetime
    start: int | None = None
    stop: int | None = None
    offset: int | None = None
    rerun_token: str | None = None
    batch_folder: str | None = None
    drafts: str | None = None
    continued: bool = False
    end: int | None = None
    part: int = 0


class JobChanged(msgspec.Struct, frozen=True):
    """The status of a transform job has changed; the current status is read from SageMaker."""

    job: str


class ShardReady(msgspec.Struct, frozen=True):
    """A shard of a nightly batch has been drafted: its units can be sent."""

    batch_folder: str
    shard: int


class OwnMessage(msgspec.Struct, frozen=True, omit_defaults=True):
    """A message that the system sends itself: for a sweep, re-run, split or nightly batch."""

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
    continued: bool = False
    end: int | None = None
    part: int = 0

    @property
    def ref(self) -> ObjectRef:
        """The object that the message refers to."""
        return ObjectRef(self.bucket, self.key, _etag(self.etag), _version(self.version_id))


def whole_object_message(ref: ObjectRef, rerun_token: str | None = None) -> OwnMessage:
    """The message that requests processing of a whole object."""
    return OwnMessage(
        ref.bucket, ref.key, ref.etag, version_id=ref.version_id, rerun_token=rerun_token
    )


def message_of(work: WorkItem, *, continued: bool = False) -> OwnMessage:
    """The message that requests processing of a unit, perhaps behind drafts that were saved."""
    return OwnMessage(
        work.ref.bucket,
        work.ref.key,
        work.ref.etag,
        work.start,
        work.stop,
        work.ref.version_id,
        work.offset,
        work.rerun_token,
        work.batch_folder,
        work.drafts,
        continued=continued or work.continued,
        end=work.end,
        part=work.part,
    )


def read_message(body: str, sent_at: datetime) -> list[WorkItem | JobChanged | ShardReady]:
    """Read one message; an empty list means: acknowledge and ignore it.

    Args:
        body: the message body.
        sent_at: when it was sent (SQS SentTimestamp), for formats without a timestamp.

    Raises:
        MessageError: the body has none of the known formats.
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
            works = [_from_notification(record, sent_at) for record in message["Records"]]
            return [work for work in works if work is not None]
        if "detail-type" in message:
            if message.get("source") == "aws.sagemaker":
                return [JobChanged(_text(message["detail"]["TransformJobName"]))]
            work = _from_eventbridge(message, sent_at)
            return [] if work is None else [work]
        if "shard" in message:
            return [msgspec.convert(wire.with_new_names(message), ShardReady)]
        if "bucket" in message:
            return [_from_own_message(message, sent_at)]
    except (KeyError, TypeError, AttributeError, ValueError, msgspec.ValidationError):
        raise MessageError("a field of the message is missing or not valid") from None
    problem = "the message is not an S3 notification, an EventBridge event or one of our own"
    raise MessageError(problem)


def _from_notification(record: dict[str, Any], sent_at: datetime) -> WorkItem | None:
    if record.get("eventSource") != "aws:s3":
        raise MessageError("a record of the message is not from S3")
    if not str(record.get("eventName")).startswith("ObjectCreated:"):
        return None
    found = record["s3"]["object"]
    ref = ObjectRef(
        bucket=_text(record["s3"]["bucket"]["name"]),
        # Notifications URL-encode the key: `+` is a space, other characters are %XX.
        key=unquote_plus(_text(found["key"])),
        etag=_etag(found["eTag"]),
        version_id=_version(found.get("versionId")),
    )
    return WorkItem(ref, _time(record.get("eventTime"), sent_at))


def _from_eventbridge(message: dict[str, Any], sent_at: datetime) -> WorkItem | None:
    if message.get("source") != "aws.s3":
        raise MessageError("the EventBridge event is from neither S3 nor SageMaker")
    if message["detail-type"] != "Object Created":
        return None
    found = message["detail"]["object"]
    ref = ObjectRef(
        bucket=_text(message["detail"]["bucket"]["name"]),
        key=_text(found["key"]),  # EventBridge does not encode keys
        etag=_etag(found["etag"]),
        version_id=_version(found.get("version-id")),
    )
    return WorkItem(ref, _time(message.get("time"), sent_at))


def _from_own_message(message: dict[str, Any], sent_at: datetime) -> WorkItem:
    own = msgspec.convert(wire.with_new_names(message), OwnMessage)
    if own.start is not None and (own.start < 0 or (own.stop is not None and own.stop < own.start)):
        raise MessageError("start and stop of the message are not a valid range")
    if own.offset is not None and own.offset < 0:
        raise MessageError("offset of the message is negative")
    if own.end is not None and own.end <= (own.offset or 0):
        raise MessageError("end of the message is not behind its offset")
    if not 0 <= own.part <= (own.start or 0):
        raise MessageError("part of the message is not a number of the records before it")
    return WorkItem(
        own.ref,
        sent_at,
        own.start,
        own.stop,
        own.offset,
        own.rerun_token,
        own.batch_folder,
        own.drafts,
        own.continued,
        own.end,
        own.part,
    )


def _text(value: Any) -> str:  # noqa: ANN401  # any JSON value
    if not isinstance(value, str) or not value:
        raise TypeError
    return value


def _etag(value: Any) -> str:  # noqa: ANN401  # any JSON value
    return _text(_text(value).strip('"'))


def _version(value: Any) -> str | None:  # noqa: ANN401  # any JSON value
    # Objects of an unversioned bucket have the version id "null", or none at all.
    return None if value in (None, "", "null") else _text(value)


def _time(value: Any, default: datetime) -> datetime:  # noqa: ANN401  # any JSON value
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return default
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
