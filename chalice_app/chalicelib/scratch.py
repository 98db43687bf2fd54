"""Temporary objects under `work/` in the results bucket; a lifecycle rule deletes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from chalicelib import s3_errors

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def write(s3: S3Client, bucket: str, key: str, body: bytes) -> None:
    """Write an object."""
    s3.put_object(Bucket=bucket, Key=key, Body=body)


def read(s3: S3Client, bucket: str, key: str) -> bytes | None:
    """Read an object; None if it does not exist."""
    try:
        return s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    except ClientError as error:
        if s3_errors.code_of(error) in s3_errors.GONE:
            return None
        raise


def keys_below(s3: S3Client, bucket: str, prefix: str) -> Iterator[str]:
    """The keys under a prefix."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    for page in pages:
        for item in page.get("Contents", []):
            yield item["Key"]
