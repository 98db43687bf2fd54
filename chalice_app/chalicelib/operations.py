"""Operator requests: a file's state, counts by state, redrive, re-run.

Access is controlled by IAM alone (lambda:InvokeFunction). Responses never contain report text.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from chalicelib.errors import RequestError
from chalicelib.intake import chunk_plan, landing
from chalicelib.intake.landing import Listed
from chalicelib.nightly import shards
from chalicelib.nightly.ledger import NightLedger
from chalicelib.objects import LANES, ObjectRef, result_key
from chalicelib.output import results
from chalicelib.queue import sender
from chalicelib.queue.messages import whole_object_message
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

# Time that an invocation reserves for its response.
RESERVE_S = 30.0
MESSAGES_PER_CALL = 10
CONCURRENT_CHECKS = 16
_TOKEN = re.compile(r"[A-Za-z0-9._-]{1,64}")


class OperatorRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One request; `after` continues from the `next` of an earlier response.

    `token` identifies a re-run: repeating a request with the same token is not paid for twice.
    """

    action: Literal["file", "counts", "redrive", "rerun"]
    key: str = ""
    prefix: str = ""
    after: str = ""
    token: str = ""


@dataclass(frozen=True)
class OperatorContext:
    """Everything that a request needs."""

    settings: Settings
    s3: S3Client
    sqs: SQSClient
    dynamodb: DynamoDBClient
    seconds_left: Callable[[], float]

    @property
    def is_late(self) -> bool:
        """Whether this invocation has to respond now."""
        return self.seconds_left() < RESERVE_S


def answer(context: OperatorContext, event: object) -> dict[str, Any]:
    """Process one request; returns a JSON document.

    Raises:
        RequestError: the request is not valid; the message says why.
    """
    try:
        request = msgspec.convert(event, OperatorRequest)
        # AWS takes only text that can be encoded; a JSON event may hold half a surrogate pair.
        msgspec.json.encode(request)
    except UnicodeEncodeError:
        raise RequestError("a field is not valid Unicode") from None
    except msgspec.ValidationError as error:
        raise RequestError(f"{error}; docs/runbook.md has examples") from None
    if request.action == "file":
        return _file(context, request)
    if request.action == "counts":
        return _counts(context, request)
    if request.action == "redrive":
        return _redrive(context)
    return _rerun(context, request)


def _file(context: OperatorContext, request: OperatorRequest) -> dict[str, Any]:
    if _lane(request.key) is None:
        raise RequestError("key: must be an object in incoming/, evaluation/ or nightly/")
    ref = landing.current_version(context.s3, context.settings.landing_bucket, request.key)
    if ref is None:
        raise RequestError("key: there is no such object in the landing bucket")
    described = {"key": ref.key, "etag": ref.etag, "object_id": ref.object_id}
    document = results.read_result(context.s3, context.settings.results_bucket, ref)
    if document is not None:
        counts = document["counts"]
        return described | {
            "state": document["status"],
            "counts": counts,
            "result": result_key(ref),
        }
    found = chunk_plan.read_progress(
        context.dynamodb, context.settings.progress_table, ref.object_id
    )
    if found is not None and found.done:
        chunks = {"chunks": found.plan.chunks, "chunks_done": len(found.done)}
        return described | {"state": "in work", **chunks}
    for night in NightLedger(context.dynamodb, context.settings.progress_table).read().nights:
        bucket = context.settings.results_bucket
        units = shards.read_units(context.s3, bucket, night.folder, night.shards)
        if any(unit.ref.is_same_upload(ref) for unit in units):
            return described | {"state": "in batch", "job": night.job}
    return described | {"state": "waiting"}


def _counts(context: OperatorContext, request: OperatorRequest) -> dict[str, Any]:
    """Files by state, under a prefix or in every lane, and the queue depths."""
    counted: Counter[str] = Counter()
    after = request.after
    late = False
    for listed in _pages(context, request.prefix, request.after):
        with ThreadPoolExecutor(max_workers=CONCURRENT_CHECKS) as pool:
            counted.update(pool.map(lambda one: _state(context, one), listed))
        after = listed[-1].ref.key
        late = context.is_late
        if late:
            break
    nights = NightLedger(context.dynamodb, context.settings.progress_table).read().nights
    return {
        "files": dict(sorted(counted.items())),
        "queue": _depth(context, context.settings.work_queue_url),
        "dead_letters": _dead_letters(context),
        "nights": [
            {
                "name": one.name,
                "state": one.state,
                "job": one.job,
                "objects": one.objects,
                "records": one.records,
            }
            for one in nights
        ],
        **({"next": after} if late else {}),
    }


def _redrive(context: OperatorContext) -> dict[str, Any]:
    """Send dead letters back to the work queue; repeating it is harmless."""
    settings, sqs = context.settings, context.sqs
    moved = 0
    while not context.is_late:
        found = sqs.receive_message(
            QueueUrl=settings.dead_letter_queue_url,
            MaxNumberOfMessages=MESSAGES_PER_CALL,
            VisibilityTimeout=120,
            WaitTimeSeconds=1,
        ).get("Messages", [])
        if not found:
            break
        # Sent before it is deleted: if this is killed in between, the message is in both queues
        # and is still processed only once.
        for message in found:
            sqs.send_message(QueueUrl=settings.work_queue_url, MessageBody=message["Body"])
            sqs.delete_message(
                QueueUrl=settings.dead_letter_queue_url, ReceiptHandle=message["ReceiptHandle"]
            )
        moved += len(found)
    return {"redriven": moved, "left": _dead_letters(context)}


def _rerun(context: OperatorContext, request: OperatorRequest) -> dict[str, Any]:
    """Re-run a file, or everything under a prefix, with the currently deployed models."""
    if bool(request.key) == bool(request.prefix):
        raise RequestError("rerun: set either key or prefix")
    token = request.token or os.urandom(8).hex()
    if not _TOKEN.fullmatch(token):
        raise RequestError("token: use 1 to 64 letters, digits, dots, hyphens and underscores")
    sent, after, late = 0, request.after, False
    for refs in _wanted(context, request):
        messages = [whole_object_message(ref, token) for ref in refs]
        sent += sender.send(context.sqs, context.settings.work_queue_url, messages)
        after, late = refs[-1].key, context.is_late
        if late:
            break
    if not sent and not request.after:
        raise RequestError("rerun: there is no such object in the landing bucket")
    return {"rerun": sent, "token": token, **({"next": after} if late else {})}


def _wanted(context: OperatorContext, request: OperatorRequest) -> Iterator[list[ObjectRef]]:
    if request.prefix:
        for listed in _pages(context, request.prefix, request.after):
            yield [one.ref for one in listed]
        return
    if _lane(request.key) is None:
        raise RequestError("key: must be an object in incoming/, evaluation/ or nightly/")
    ref = landing.current_version(context.s3, context.settings.landing_bucket, request.key)
    if ref is not None:
        yield [ref]


def _pages(context: OperatorContext, prefix: str, after: str) -> Iterator[list[Listed]]:
    """The objects under a prefix, or in every lane, up to 1,000 at a time."""
    if prefix and _lane(prefix) is None:
        raise RequestError("prefix: must begin with incoming/, evaluation/ or nightly/")
    bucket = context.settings.landing_bucket
    for lane in (prefix,) if prefix else tuple(sorted(f"{lane}/" for lane in LANES)):
        for page in landing.list_objects(context.s3, bucket, lane, after):
            if page.objects:
                yield page.objects


def _lane(text: str) -> str | None:
    lane, slash, _ = text.partition("/")
    return lane if slash and lane in LANES else None


def _state(context: OperatorContext, listed: Listed) -> str:
    found = results.look_up(context.s3, context.settings.results_bucket, listed)
    return "waiting" if found.result is None else found.result.status


def _dead_letters(context: OperatorContext) -> int:
    """How many there are, those included that an interrupted redrive received and still hides."""
    return sum(_depth(context, context.settings.dead_letter_queue_url).values())


def _depth(context: OperatorContext, queue_url: str) -> dict[str, int]:
    found = context.sqs.get_queue_attributes(
        QueueUrl=queue_url,
        AttributeNames=[
            "ApproximateNumberOfMessages",
            "ApproximateNumberOfMessagesNotVisible",
        ],
    )["Attributes"]
    return {
        "waiting": int(found["ApproximateNumberOfMessages"]),
        "in_work": int(found["ApproximateNumberOfMessagesNotVisible"]),
    }
