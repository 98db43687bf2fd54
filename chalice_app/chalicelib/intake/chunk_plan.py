"""The plan and progress of a large object, in DynamoDB.

The first reader's plan wins, so that every later reader cuts the object into the same chunks,
whatever its settings say by then. Finishing a chunk is idempotent: it sets one key of a map.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import msgspec

from chalicelib.intake.framing import Form
from chalicelib.queue import wire

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# Longer than a chunk's message can live (SQS retention and redrives), so that the plan is there
# as long as any of its chunks may come back.
KEPT_S = 30 * 86_400
# Bounds the item: 400 KB is DynamoDB's limit, a chunk takes about 12 bytes.
MOST_CHUNKS = 2_000


class Plan(msgspec.Struct, frozen=True):
    """How one object is cut: `total` records in chunks of `chunk_records`.

    `rerun_token` names the operator's re-run that it is for; None for the first run.
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
        """How many chunks there are."""
        return -(-self.total // self.chunk_records)

    def bounds(self, chunk: int) -> tuple[int, int]:
        """The records [start, stop) of a chunk."""
        start = chunk * self.chunk_records
        return start, min(start + self.chunk_records, self.total)


def chunk_size(total: int, wanted: int) -> int:
    """Records a chunk: as many as wanted, a multiple of that when there would be too many."""
    return wanted * max(1, -(-total // (MOST_CHUNKS * wanted)))


def begin(dynamodb: DynamoDBClient, table: str, plan: Plan) -> Plan:
    """Store a plan, or return the one that was stored first.

    A re-run begins anew with no chunk done, and cuts as the run before did: its rows then lie
    where the earlier ones lay.
    """
    before = None if plan.rerun_token is None else read(dynamodb, table, plan.object_id)
    if before is not None:
        plan = msgspec.structs.replace(before, rerun_token=plan.rerun_token)
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
            + ("" if before is None else " OR #again <> :again"),
            **({} if before is None else _other_run(plan)),
        )
    except dynamodb.exceptions.ConditionalCheckFailedException:
        return read(dynamodb, table, plan.object_id) or plan
    return plan


def read(dynamodb: DynamoDBClient, table: str, object_id: str) -> Plan | None:
    """Read an object's plan; None when it was never split into chunks."""
    found = dynamodb.get_item(
        TableName=table,
        Key={"object_id": {"S": object_id}},
        ConsistentRead=True,
        ProjectionExpression="#plan",
        ExpressionAttributeNames={"#plan": "plan"},
    )
    item = found.get("Item")
    return None if item is None else decode_plan(item["plan"]["S"])


def finish_chunk(
    dynamodb: DynamoDBClient, table: str, plan: Plan, chunk: int, failed: int
) -> dict[int, int]:
    """Note that a chunk is done with so many failed records; return that of every done chunk."""
    answer = dynamodb.update_item(
        TableName=table,
        Key={"object_id": {"S": plan.object_id}},
        UpdateExpression="SET #done.#chunk = :failed",
        ExpressionAttributeNames={"#done": "done", "#chunk": f"c{chunk}"},
        ExpressionAttributeValues={":failed": {"N": str(failed)}},
        ReturnValues="ALL_NEW",
    )
    done = answer["Attributes"]["done"]["M"]
    return {int(name[1:]): int(count["N"]) for name, count in done.items()}


def read_progress(
    dynamodb: DynamoDBClient, table: str, object_id: str
) -> tuple[Plan, set[int]] | None:
    """An object's plan and which of its chunks are done; None when it was never cut."""
    item = dynamodb.get_item(TableName=table, Key={"object_id": {"S": object_id}}).get("Item")
    if item is None:
        return None
    return decode_plan(item["plan"]["S"]), {int(name[1:]) for name in item["done"]["M"]}


def decode_plan(text: str) -> Plan:
    """Read a stored plan, of this release or the one before."""
    return msgspec.convert(wire.with_new_names(msgspec.json.decode(text)), Plan)


def _other_run(plan: Plan) -> dict[str, Any]:
    return {
        "ExpressionAttributeNames": {"#again": "again"},
        "ExpressionAttributeValues": {":again": {"S": plan.rerun_token or ""}},
    }
