"""The ledger of the nightly batches in progress, one item in DynamoDB.

A batch is `gathering` while its shards are written, `gathered` once they are complete, and
`submitted` once its transform job exists. It is removed when all its objects have results, or when
its job fails: the next nightly run gathers them again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal
from uuid import uuid4

import msgspec

from chalicelib.drafting.batch_drafts import BATCHES
from chalicelib.errors import AlreadyRunningError, ConflictError
from chalicelib.settings import Model

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# Cannot collide with an object id: those are 32 hexadecimal digits.
ITEM = "nights"
TRIES = 5


class NightlyBatch(msgspec.Struct, frozen=True):
    """One nightly batch.

    `attempt` is incremented each time gathering restarts. Each attempt has its own folder, so
    leftovers of an earlier one are never drafted. After `alive_until` (seconds since 1970), the run
    that gathers is considered dead. `ended` is set once the job is Completed. `owner` is the
    request id of the invocation that claimed it: Lambda repeats a failed one under the same id.
    """

    name: str
    job: str
    model: Model
    attempt: int = 1
    state: Literal["gathering", "gathered", "submitted"] = "gathering"
    shards: int = 0
    objects: int = 0
    records: int = 0
    alive_until: float = 0.0
    ended: bool = False
    owner: str = ""

    @property
    def folder(self) -> str:
        """The folder of the batch in the results bucket."""
        return f"{BATCHES}{self.name}-{self.attempt}"


class LedgerState(msgspec.Struct, frozen=True):
    """Every nightly batch in progress; `version` counts the changes."""

    version: int = 0
    nights: tuple[NightlyBatch, ...] = ()

    @property
    def unsubmitted(self) -> NightlyBatch | None:
        """The batch that has no job yet: there is never more than one."""
        return next((night for night in self.nights if night.state != "submitted"), None)

    def named(self, name: str) -> NightlyBatch | None:
        """The batch with that name."""
        return next((night for night in self.nights if night.name == name), None)

    def of_job(self, job: str) -> NightlyBatch | None:
        """The batch with that job."""
        return next((night for night in self.nights if night.job == job), None)

    def with_night(self, night: NightlyBatch) -> LedgerState:
        """The ledger with this batch in place of the one with the same name."""
        others = tuple(one for one in self.nights if one.name != night.name)
        return LedgerState(self.version, (*others, night))

    def without(self, name: str) -> LedgerState:
        """The ledger without a batch."""
        return LedgerState(self.version, tuple(one for one in self.nights if one.name != name))


class NightLedger:
    """Reads and changes the ledger, with optimistic locking."""

    def __init__(self, dynamodb: DynamoDBClient, table: str) -> None:
        """The ledger is an item of `table`, the progress table."""
        self._dynamodb, self._table = dynamodb, table

    def read(self) -> LedgerState:
        """Read the ledger."""
        found = self._dynamodb.get_item(
            TableName=self._table, Key={"object_id": {"S": ITEM}}, ConsistentRead=True
        )
        item = found.get("Item")
        return (
            LedgerState()
            if item is None
            else msgspec.json.decode(item["record"]["S"], type=LedgerState)
        )

    def change(self, how: Callable[[LedgerState], LedgerState | None]) -> LedgerState | None:
        """Change the ledger with `how`, which returns None to leave it as it is.

        Returns:
            The new state; None if it was not changed.

        Raises:
            ConflictError: other runs changed it at every attempt.
        """
        for _ in range(TRIES):
            before = self.read()
            after = how(before)
            if after is None:
                return None
            after = LedgerState(before.version + 1, after.nights)
            if self._write(before, after):
                return after
        raise ConflictError("other runs keep changing the ledger of nightly batches; try again")

    def update(self, night: NightlyBatch, **members: object) -> NightlyBatch:
        """Change a batch, unless its attempt or state has changed since it was read; returns it.

        Raises:
            AlreadyRunningError: another run has taken it over.
            ConflictError: other runs changed the ledger at every attempt.
        """

        def how(record: LedgerState) -> LedgerState | None:
            current = record.named(night.name)
            expected = (night.attempt, night.state)
            if current is None or (current.attempt, current.state) != expected:
                return None
            return record.with_night(msgspec.structs.replace(current, **members))

        after = self.change(how)
        changed = None if after is None else after.named(night.name)
        if changed is None:
            raise AlreadyRunningError("another run has taken over this nightly batch")
        return changed

    def _write(self, before: LedgerState, after: LedgerState) -> bool:
        writer = uuid4().hex
        item: dict[str, Any] = {
            "object_id": {"S": ITEM},
            "writer": {"S": writer},
            "version": {"N": str(after.version)},
            "record": {"S": msgspec.json.encode(after).decode()},
        }
        condition = "attribute_not_exists(object_id)" if not before.version else "#v = :before"
        names_and_values: dict[str, Any] = {
            "ExpressionAttributeNames": {"#v": "version"},
            "ExpressionAttributeValues": {":before": {"N": str(before.version)}},
        }
        try:
            self._dynamodb.put_item(
                TableName=self._table,
                Item=item,
                ConditionExpression=condition,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **(names_and_values if before.version else {}),
            )
        except self._dynamodb.exceptions.ConditionalCheckFailedException as error:
            # The SDK repeats a request whose response was lost, and then meets its own write.
            existing: dict[str, Any] = error.response.get("Item", {})  # type: ignore[assignment]  # not in the stubs' type
            return bool(existing.get("writer", {}).get("S") == writer)
        return True
