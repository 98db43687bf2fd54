"""Conditions in moto hold for threads, as those of DynamoDB and S3 do."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

import tests.atomic_moto  # noqa: F401  # importing it is what it takes
from tests.account.account import Account
from tests.account.settings import RESULTS, SETTINGS

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

THREADS, ROUNDS = 8, 12
CONDITION_FAILED = {"ConditionalCheckFailedException", "PreconditionFailed"}


@pytest.fixture(autouse=True)
def _often() -> Iterator[None]:
    """Let threads take turns as often as possible."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def met(call: Callable[[], object]) -> bool:
    """Whether the condition of a write was met."""
    try:
        call()
    except ClientError as error:
        assert error.response["Error"]["Code"] in CONDITION_FAILED
        return False
    return True


def claim(dynamodb: DynamoDBClient, name: str) -> bool:
    """Add a key to a map that has none yet."""
    return met(
        lambda: dynamodb.update_item(
            TableName=SETTINGS["PROGRESS_TABLE"],
            Key={"object_id": {"S": name}},
            UpdateExpression="SET #done.c1 = :one",
            ConditionExpression="size(#done) < :one",
            ExpressionAttributeNames={"#done": "done"},
            ExpressionAttributeValues={":one": {"N": "1"}},
        )
    )


def test_one_of_several_threads_meets_a_condition_of_dynamodb(account: Account) -> None:
    for number in range(ROUNDS):
        name = f"object-{number}"
        account.dynamodb.put_item(
            TableName=SETTINGS["PROGRESS_TABLE"],
            Item={"object_id": {"S": name}, "done": {"M": {}}},
        )
        with ThreadPoolExecutor(max_workers=THREADS) as pool:
            claimed = list(pool.map(claim, [account.dynamodb] * THREADS, [name] * THREADS))

        assert claimed.count(True) == 1


@pytest.mark.parametrize("number", range(ROUNDS))
def test_one_of_several_threads_meets_a_condition_of_s3(account: Account, number: int) -> None:
    def put(body: str) -> bool:
        return met(
            lambda: account.s3.put_object(
                Bucket=RESULTS, Key=f"results/{number}", Body=body.encode(), IfNoneMatch="*"
            )
        )

    with ThreadPoolExecutor(max_workers=THREADS) as pool:
        written = list(pool.map(put, map(str, range(THREADS))))

    assert written.count(True) == 1
