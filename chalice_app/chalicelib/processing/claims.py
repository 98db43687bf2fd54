"""Idempotency records that carry their owner.

The SDK repeats a request whose response was lost. When the lost request had written the record,
the repetition fails its condition, and the record looks like another invocation's. The owner
tells the two apart.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

OWNER = "owner"
DEATHS = "deaths"
# A record that its run gave up: the unit failed, or came to its end without being finished.
GIVEN_UP = "given_up"
_IN_PROGRESS = "INPROGRESS"


@dataclass
class ClaimClient:
    """A DynamoDB client for one claim of one idempotency record, as Powertools uses it.

    Attributes:
        redo: claim a completed record too.
        is_proven: what the run has written says that its unit is done, so the record need not.
        replaced: the claim replaced an earlier record, whose unit may be done.
        deaths: how many runs of the unit in a row have ended without a trace: each left a record in
            progress behind.
        blocked_until: when the record that blocked the claim expires, in seconds since 1970.
    """

    dynamodb: DynamoDBClient
    redo: bool = False
    is_proven: bool = False
    replaced: bool = False
    deaths: int = 0
    blocked_until: float = 0.0
    _owner: str = field(default_factory=lambda: uuid4().hex)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # boto3's
        """Everything else is the client's."""
        return getattr(self.dynamodb, name)

    def put_item(self, **request: Any) -> dict[str, Any]:  # noqa: ANN401  # boto3's
        """Write the record with its owner; one's own record is a success."""
        request["Item"] = request["Item"] | {OWNER: {"S": self._owner}} | self._counted
        request["ReturnValues"] = "ALL_OLD"
        request["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        if self.redo:
            request["ConditionExpression"] += " OR #status = :completed"
            values = request["ExpressionAttributeValues"] | {":completed": {"S": "COMPLETED"}}
            request["ExpressionAttributeValues"] = values
        try:
            response = self.dynamodb.put_item(**request)
        except self.dynamodb.exceptions.ConditionalCheckFailedException as error:
            existing: dict[str, Any] = error.response.get("Item", {})  # type: ignore[assignment]  # not in the stubs' type
            if existing.get(OWNER, {}).get("S") == self._owner:
                # What it replaced is in the response that was lost: assume the worse.
                self.replaced = True
                return {}
            if existing.get("status", {}).get("S") == _IN_PROGRESS:
                self.blocked_until = _expiry(existing)
            raise
        earlier = response.get("Attributes", {})
        self.replaced = bool(earlier)
        if earlier.get("status", {}).get("S") == _IN_PROGRESS and GIVEN_UP not in earlier:
            self.deaths = int(earlier.get(DEATHS, {}).get("N", "0")) + 1
            self._note(request)
        return dict(response)

    @property
    def _counted(self) -> dict[str, Any]:
        return {DEATHS: {"N": str(self.deaths)}} if self.deaths else {}

    @property
    def _if_own(self) -> dict[str, Any]:
        """The condition that the record is still this claim's."""
        return {
            "ConditionExpression": "#owner = :owner",
            "ExpressionAttributeNames": {"#owner": OWNER},
            "ExpressionAttributeValues": {":owner": {"S": self._owner}},
        }

    def _note(self, request: dict[str, Any]) -> None:
        """Add the number of deaths to the record, for the next run if this one ends so too."""
        self.dynamodb.put_item(
            TableName=request["TableName"],
            Item=request["Item"] | self._counted,
            **self._if_own,
        )

    def update_item(self, **request: Any) -> dict[str, Any]:  # noqa: ANN401  # boto3's
        """Complete the record, unless what was written says as much: that saves a call per file."""
        return {} if self.is_proven else dict(self.dynamodb.update_item(**request))

    def delete_item(self, **request: Any) -> dict[str, Any]:  # noqa: ANN401  # boto3's
        """Give the record up unless it is another claim's by now.

        It is kept, free to be claimed, so that the next run knows that this one may have written.
        """
        condition = self._if_own
        condition["ExpressionAttributeNames"] |= {"#free": "in_progress_expiration"}
        condition["ExpressionAttributeNames"] |= {"#given_up": GIVEN_UP}
        condition["ExpressionAttributeValues"] |= {":free": {"N": "1"}, ":yes": {"BOOL": True}}
        try:
            response = self.dynamodb.update_item(
                **request, UpdateExpression="SET #free = :free, #given_up = :yes", **condition
            )
        except self.dynamodb.exceptions.ConditionalCheckFailedException:
            return {}
        return dict(response)


def _expiry(record: dict[str, Any]) -> float:
    milliseconds = record.get("in_progress_expiration", {}).get("N")
    return time.time() if milliseconds is None else int(milliseconds) / 1000
