"""The plan and progress of a large object, in DynamoDB.

The first reader's plan wins, so that every later reader splits the object into the same chunks,
whatever its own settings are. Finishing a chunk is idempotent: it sets one key of a map.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from chalicelib.intake.frames import Form
from chalicelib.queue import wire

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# Longer than a chunk's message can live (SQS retention and redrives), so that the plan exists
# as long as any of its chunks may be delivered again.
KEPT_S = 30 * 86_400
# Limits the item's size: DynamoDB allows 400 KB, and a chunk takes about 12 bytes.
MOST_CHUNKS = 2_000


class Plan(msgspec.Struct, frozen=True):
    """How one object is split: `total` records in chunks of `chunk_records`.

    `rerun_token` identifies the operator's re-run that it belongs to; None for the first run.
    """

    object_id: str
    total: int
    chunk_records: int
    form: Form
    seekable: bool
    size: int
    rerun_token: str | None = None

    @property
    def chunks(self) -> int:
        """The number of chunks."""
        return -(-self.total // self.chunk_records)

    def bounds(self, chunk: int) -> tuple[int, int]:
        """The records [start, stop) of a chunk."""
        start = chunk * self.chunk_records
        return start, min(start + self.chunk_records, self.total)


def chunk_size(total: int, wanted: int) -> int:
    """Records per chunk: as many as wanted, or a multiple if there would be too many chunks."""
    return wanted * max(1, -(-total // (MOST_CHUNKS * wanted)))


def begin(dynamodb: DynamoDBClient, table: str, plan: Plan) -> Plan:
    """Store a plan, or return the one that was stored first.

    A re-run starts again with no chunk done, and splits as the previous run did, so that its rows
    replace the earlier ones.
    """
    previous = None if plan.rerun_token is None else read(dynamodb, table, plan.object_id)
    if previous is not None:
        plan = msgspec.structs.replace(previous, rerun_token=plan.rerun_token)
    item: dict[str, Any] = {
        "object_id": {"S": plan.object_id},
        "plan": {"S": wire.encode(plan).decode()},
        "again": {"S": plan.rerun_token or ""},
        "done": {"M": {}},
        "expiration": {"N": str(int(time.time()) + KEPT_S)},
    }
    try:
        dynamodb.put_item(
            TableName=table,
            Item=item,
            ConditionExpression="attribute_not_exists(object_id)"
            + ("" if previous is None else " OR #again <> :again"),
            **({} if previous is None else _other_run(plan)),
        )
    except dynamodb.exceptions.ConditionalCheckFailedException:
        return read(dynamodb, table, plan.object_id) or plan
    return plan


def read(dynamodb: DynamoDBClient, table: str, object_id: str) -> Plan | None:
    """Read an object's plan; None if it was never split into chunks."""
    found = dynamodb.get_item(
        TableName=table,
        Key={"object_id": {"S": object_id}},
        ConsistentRead=True,
        ProjectionExpression="#plan",
        ExpressionAttributeNames={"#plan": "plan"},
    )
    item = found.get("Item")
    return None if item is None else decode_plan(item["plan"]["S"])


class Plans:
    """The plans that the messages of an invocation have read, each read once; safe for threads."""

    def __init__(self, dynamodb: DynamoDBClient, table: str) -> None:
        """Read from `table`, the progress table."""
        self._dynamodb = dynamodb
        self._table = table
        self._found: dict[str, Plan] = {}
        self._lock = threading.Lock()
        self._reading: dict[str, threading.Lock] = {}

    def of(self, object_id: str, rerun_token: str | None) -> Plan | None:
        """An object's plan; None if it was never split.

        A plan of another run than `rerun_token` is the stored one: it has been read again.
        """
        with self._lock:
            reading = self._reading.setdefault(object_id, threading.Lock())
        with reading:  # the messages of other objects do not wait
            plan = self._found.get(object_id)
            if plan is None or plan.rerun_token != rerun_token:
                plan = read(self._dynamodb, self._table, object_id)
            if plan is not None:
                self._found[object_id] = plan
            return plan


class Finished(NamedTuple):
    """What finishing a chunk has led to.

    `failed` is the number of failed records of the object, once every chunk is done. `superseded`
    says that a re-run has replaced the plan: its own chunks are to come.
    """

    failed: int | None = None
    superseded: bool = False


def finish_chunk(
    dynamodb: DynamoDBClient, table: str, plan: Plan, chunk: int, failed: int
) -> Finished:
    """Record a chunk as done, with its number of failed records."""
    ours = "(attribute_not_exists(#again) OR #again = :again)"
    request: dict[str, Any] = {
        "TableName": table,
        "Key": {"object_id": {"S": plan.object_id}},
        "UpdateExpression": "SET #done.#chunk = :failed",
        "ExpressionAttributeNames": {"#done": "done", "#chunk": f"c{chunk}", "#again": "again"},
    }
    values = {":failed": {"N": str(failed)}, ":again": {"S": plan.rerun_token or ""}}
    others = {":others": {"N": str(plan.chunks - 1)}}
    try:
        # With fewer others done, this cannot be the last chunk. The map of a large object is 24 KB:
        # it is asked for only when it may be complete.
        dynamodb.update_item(
            **request,
            ConditionExpression=f"{ours} AND size(#done) < :others",
            ExpressionAttributeValues=values | others,
        )
    except dynamodb.exceptions.ConditionalCheckFailedException:
        pass
    else:
        return Finished()
    try:
        response = dynamodb.update_item(
            **request,
            ConditionExpression=ours,
            ExpressionAttributeValues=values,
            ReturnValues="ALL_NEW",
        )
    except dynamodb.exceptions.ConditionalCheckFailedException:
        return Finished(superseded=True)
    done = _done(response["Attributes"])
    return Finished(sum(done.values()) if len(done) == plan.chunks else None)


class Progress(NamedTuple):
    """An object's plan, and the number of failed records of every chunk that is done."""

    plan: Plan
    done: dict[int, int]

    @property
    def is_complete(self) -> bool:
        """Whether every chunk is done."""
        return len(self.done) == self.plan.chunks


def read_progress(dynamodb: DynamoDBClient, table: str, object_id: str) -> Progress | None:
    """An object's plan and its finished chunks; None if it was never split."""
    found = dynamodb.get_item(
        TableName=table, Key={"object_id": {"S": object_id}}, ConsistentRead=True
    )
    item = found.get("Item")
    return None if item is None else Progress(decode_plan(item["plan"]["S"]), _done(item))


def decode_plan(text: str) -> Plan:
    """Read a stored plan, of this release or the previous one."""
    return msgspec.convert(wire.with_new_names(msgspec.json.decode(text)), Plan)


def _done(item: Mapping[str, Any]) -> dict[int, int]:
    return {int(name[1:]): int(count["N"]) for name, count in item["done"]["M"].items()}


def _other_run(plan: Plan) -> dict[str, Any]:
    return {
        "ExpressionAttributeNames": {"#again": "again"},
        "ExpressionAttributeValues": {":again": {"S": plan.rerun_token or ""}},
    }
