"""What is added to MiniStack: its S3 answers a range of an object's version, as AWS does."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from local.stack.lifecycle import Stack

BODY = bytes(range(100))
KEY = "elsewhere/ranges"  # in no lane: no notification


@pytest.fixture(scope="module")
def version_id(stack: Stack) -> str:
    bucket = stack.outputs.landing_bucket
    first = stack.client("s3").put_object(Bucket=bucket, Key=KEY, Body=BODY)
    stack.client("s3").put_object(Bucket=bucket, Key=KEY, Body=b"newer")
    version: str = first["VersionId"]
    return version


@pytest.mark.parametrize(
    ("asked", "part"),
    [("bytes=90-", BODY[90:]), ("bytes=10-19", BODY[10:20]), ("bytes=-5", BODY[95:])],
)
def test_a_range_of_a_version(stack: Stack, version_id: str, asked: str, part: bytes) -> None:
    found = stack.client("s3").get_object(
        Bucket=stack.outputs.landing_bucket, Key=KEY, VersionId=version_id, Range=asked
    )

    assert found["Body"].read() == part
    assert found["ContentLength"] == len(part)
    assert found["ContentRange"].endswith("/100")
    assert found["ResponseMetadata"]["HTTPStatusCode"] == 206


def test_a_range_that_a_version_does_not_have(stack: Stack, version_id: str) -> None:
    with pytest.raises(ClientError, match="InvalidRange"):
        stack.client("s3").get_object(
            Bucket=stack.outputs.landing_bucket, Key=KEY, VersionId=version_id, Range="bytes=100-"
        )


def test_a_version_without_a_range_is_whole(stack: Stack, version_id: str) -> None:
    found = stack.client("s3").get_object(
        Bucket=stack.outputs.landing_bucket, Key=KEY, VersionId=version_id
    )

    assert found["Body"].read() == BODY
