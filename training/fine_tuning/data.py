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
    """The prefix with `train.jsonl`: what `prepare` wrote, or its `train`, or one like it.

    Raises:
        CollectionError: no `train.jsonl` is there.
        AwsError: the bucket is missing or denied.
    """
    client = target.client("s3")
    for folder in (place.below("train"), s3.S3Uri(place.bucket, place.key.rstrip("/"))):
        if next(s3.objects(client, folder.below(channel.TRAIN)), None) is not None:
            return folder
    raise CollectionError(str(place), f"holds no {channel.TRAIN}; put there what `prepare` wrote")


def digest(target: Target, place: s3.S3Uri) -> str:
    """Sixteen hex digits that stand for the content of a channel in S3: names and ETags.

    Raises:
        AwsError: the bucket is missing or denied.
    """
    client = target.client("s3")
    made = hashlib.sha256()
    for key in s3.objects(client, place):
        with explained(f"s3://{place.bucket}/{key}"):
            etag = client.head_object(Bucket=place.bucket, Key=key)["ETag"]
        # Not where it lies: the same files elsewhere make the same model.
        made.update(f"{key[len(place.key) :]}\0{etag}\0".encode())
    return made.hexdigest()[:16]


def fingerprint(content: str, base: str, hyperparameters: Mapping[str, str]) -> str:
    """Sixteen hex digits that two jobs share when they would make the same model.

    `content` is a digest of the training channel, `base` names the model to start from.
    """
    text = json.dumps([content, base, sorted(hyperparameters.items())])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def place_of(folder: Path, bucket: str) -> s3.S3Uri:
    """Where a channel goes: under a name made of its content."""
    return s3.S3Uri(bucket, f"channels/{channel.digest(folder)}")


def put(target: Target, folder: Path, bucket: str, kms_key: str | None = None) -> s3.S3Uri:
    """Put the channel where jobs read it, once; encrypted with `kms_key` or as the bucket says.

    Raises:
        AwsError: the bucket is missing or denied.
    """
    place = place_of(folder, bucket)
    if s3.is_empty(target, place):
        s3.upload(target, folder, place, kms_key)
    return place
