"""The training channel in S3."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from common import s3
from common.aws import Target, explained
from training import channel
from training.errors import CollectionError


def channel_of(target: Target, place: s3.S3Uri) -> s3.S3Uri:
    """The prefix with `train.jsonl`: `train` below `place`, or `place` itself.

    Raises:
        CollectionError: there is no `train.jsonl`.
        AwsError: the bucket does not exist or access is denied.
    """
    client = target.client("s3")
    for folder in (place.below("train"), s3.S3Uri(place.bucket, place.key.rstrip("/"))):
        if next(s3.objects(client, folder.below(channel.TRAIN)), None) is not None:
            return folder
    raise CollectionError(
        str(place), f"contains no {channel.TRAIN}; upload the output of `prepare`"
    )


def digest(target: Target, place: s3.S3Uri) -> str:
    """Sixteen hex digits that identify the content of a channel in S3, from names and ETags.

    Raises:
        AwsError: the bucket does not exist or access is denied.
    """
    client = target.client("s3")
    hasher = hashlib.sha256()
    for key in s3.objects(client, place):
        with explained(f"s3://{place.bucket}/{key}"):
            etag = client.head_object(Bucket=place.bucket, Key=key)["ETag"]
        # Without the location: the same files elsewhere give the same model.
        hasher.update(f"{key[len(place.key) :]}\0{etag}\0".encode())
    return hasher.hexdigest()[:16]


def fingerprint(content: str, base: str, hyperparameters: Mapping[str, str]) -> str:
    """Sixteen hex digits that are equal for jobs that would produce the same model.

    `content` is a digest of the training channel, `base` identifies the base model.
    """
    text = json.dumps([content, base, sorted(hyperparameters.items())])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def place_of(folder: Path, bucket: str) -> s3.S3Uri:
    """The location of a channel, derived from its content."""
    return s3.S3Uri(bucket, f"channels/{channel.digest(folder)}")


def put(target: Target, folder: Path, bucket: str, kms_key: str | None = None) -> s3.S3Uri:
    """Upload the channel unless it exists; encrypted with `kms_key` or as the bucket defines.

    Raises:
        AwsError: the bucket does not exist or access is denied.
    """
    place = place_of(folder, bucket)
    if s3.is_empty(target, place):
        s3.upload(target, folder, place, kms_key)
    return place
