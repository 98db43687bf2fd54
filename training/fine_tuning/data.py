"""The training channel in S3."""

from __future__ import annotations

import hashlib
from pathlib import Path

from training import channel, s3
from training.aws import Target, explained
from training.errors import CollectionError


def digest(target: Target, place: s3.S3Uri) -> str:
    """Sixteen hex digits that stand for the content of a channel in S3: names and ETags.

    Raises:
        CollectionError: nothing is there.
        AwsError: the bucket is missing or denied.
    """
    client = target.client("s3")
    made = hashlib.sha256()
    keys = list(s3.objects(client, place))
    if not any(key.endswith(channel.TRAIN) for key in keys):
        raise CollectionError(
            str(place), f"holds no {channel.TRAIN}; put there what `prepare` wrote"
        )
    for key in keys:
        with explained(f"s3://{place.bucket}/{key}"):
            etag = client.head_object(Bucket=place.bucket, Key=key)["ETag"]
        made.update(f"{key}\0{etag}\0".encode())
    return made.hexdigest()[:16]


def place_of(folder: Path, bucket: str) -> s3.S3Uri:
    """Where a channel goes: under a name made of its content."""
    return s3.S3Uri(bucket, f"channels/{channel.digest(folder)}")


def put(target: Target, folder: Path, bucket: str) -> s3.S3Uri:
    """Put the channel where jobs read it; once.

    Raises:
        AwsError: the bucket is missing or denied.
    """
    place = place_of(folder, bucket)
    if s3.is_empty(target, place):
        s3.upload(target, folder, place)
    return place
