"""The record of the nights that are under way, one item in DynamoDB.

A night is `gathering` while its shards are written, `gathered` once they are complete, and
`submitted` when its one transform job is there. It is taken off the record when all its objects
have results, or when its job came to nothing: the next night gathers them again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from chalicelib.drafting.batch_drafts import BATCHES
from chalicelib.errors import AlreadyRunningError, ConflictError
from chalicelib.settings import Model

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# No object id: those are 32 hexadecimal digits.
ITEM = "nights"
TRIES = 5


class NightlyBatch(msgspec.Struct, frozen=True):
    """One night's batch.

    `attempt` grows each time the gathering is begun again: each has a folder of its own, so
    what an earlier one left can never be drafted. `alive_until` (seconds since 1970) is when the
    run that gathers counts as dead. `ended` is set once the job is Completed.
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

    @property
    def folder(self) -> str:
        """The folder of its files in the results bucket."""
        return f"{BATCHES}{self.name}-{self.attempt}"


class LedgerState(msgspec.Struct, frozen=True):
    """Every night that is under way; `version` counts the changes."""

    version: int = 0
    nights: tuple[NightlyBatch, ...] = ()

    @property
    def unsubmitted(self) -> NightlyBatch | None:
        """The night that has no job yet: there is never more than one."""
        return next((night for night in self.nights if night.state != "submitted"), None)

    def named(self, name: str) -> NightlyBatch | None:
        """The night of that name."""
        return next((night for night in self.nights if night.name == name), None)

    def of_job(self, job: str) -> NightlyBatch | None:
        """The night of that job."""
        return next((night for night in self.nights if night.job == job), None)

    def with_night(self, night: NightlyBatch) -> LedgerState:
        """The record with this night in place of the one of its name."""
        others = tuple(one for one in self.nights if one.name != night.name)
        return LedgerState(self.version, (*others, night))

    def without(self, name: str) -> LedgerState:
        """The record without a night."""
        return LedgerState(self.version, tuple(one for one in self.nights if one.name != name))


class NightLedger:
    """Reads and changes the record; every change sees the one before it."""

    def __init__(self, dynamodb: DynamoDBClient, table: str) -> None:
        """The record lies in `table`, the progress table."""
        self._dynamodb, self._table = dynamodb, table

    def read(self) -> LedgerState:
        """The record as it is."""
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
        """Change the record by `how`, which returns None to leave it; returns what it is then.

        Raises:
            ConflictError: others changed it each time.
        """
        for _ in range(TRIES):
            before = self.read()
            after = how(before)
            if after is None:
                return None
            after = LedgerState(before.version + 1, after.nights)
            if self._write(before, after):
                return after
        raise ConflictError("the record of the nights is changed by others; try again")

    def update(self, night: NightlyBatch, **members: object) -> NightlyBatch:
        """Change a night that nobody has changed since in attempt or state; returns it.

        Raises:
            AlreadyRunningError: another run has taken it over.
            ConflictError: others changed the record each time.
        """

        def how(record: LedgerState) -> LedgerState | None:
            standing = record.named(night.name)
            known = (night.attempt, night.state)
            if standing is None or (standing.attempt, standing.state) != known:
                return None
            return record.with_night(msgspec.structs.replace(standing, **members))

        after = self.change(how)
        changed = None if after is None else after.named(night.name)
        if changed is None:
            raise AlreadyRunningError("another run has taken over this nightly batch")
        return changed

    def _write(self, before: LedgerState, after: LedgerState) -> bool:
        item: dict[str, Any] = {
            "object_id": {"S": ITEM},
            "version": {"N": str(after.version)},
            "record": {"S": msgspec.json.encode(after).decode()},
        }
        condition = "attribute_not_exists(object_id)" if not before.version else "#v = :before"
        named: dict[str, Any] = {
            "ExpressionAttributeNames": {"#v": "version"},
            "ExpressionAttributeValues": {":before": {"N": str(before.version)}},
        }
        try:
            self._dynamodb.put_item(
                TableName=self._table,
                Item=item,
                ConditionExpression=condition,
                **(named if before.version else {}),
            )
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True
