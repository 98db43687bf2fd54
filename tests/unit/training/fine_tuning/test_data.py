from __future__ import annotations

from pathlib import Path

import pytest

from common.aws import Target
from common.errors import AwsError
from common.s3 import S3Uri
from training.errors import CollectionError
from training.fine_tuning import data

PAIR = b'{"prompt": "Clear.", "completion": "Normal."}\n'


@pytest.fixture
def bucket(moto_target: Target) -> str:
    moto_target.client("s3").create_bucket(Bucket="bucket")
    return "bucket"


def put(moto_target: Target, key: str, body: bytes = PAIR) -> None:
    moto_target.client("s3").put_object(Bucket="bucket", Key=key, Body=body)


@pytest.mark.parametrize("given", ["prepared", "prepared/", "prepared/train", "prepared/train/"])
def test_the_channel_is_the_folder_of_the_pairs_alone(
    moto_target: Target, bucket: str, given: str
) -> None:
    """JumpStart reads whatever lies in the channel: evaluation files must not be in it."""
    put(moto_target, "prepared/train/train.jsonl")
    put(moto_target, "prepared/evaluation/set.jsonl")
    assert data.channel_of(moto_target, S3Uri(bucket, given)) == S3Uri(bucket, "prepared/train")


def test_no_pairs(moto_target: Target, bucket: str) -> None:
    put(moto_target, "prepared/evaluation/set.jsonl")
    with pytest.raises(CollectionError, match=r"contains no train.jsonl"):
        data.channel_of(moto_target, S3Uri(bucket, "prepared"))


def test_a_missing_bucket(moto_target: Target) -> None:
    with pytest.raises(AwsError, match="does not exist"):
        data.channel_of(moto_target, S3Uri("nowhere", "x"))


def test_the_digest_is_of_the_content_and_not_of_the_place(
    moto_target: Target, bucket: str
) -> None:
    put(moto_target, "a/train.jsonl")
    put(moto_target, "b/c/train.jsonl")
    put(moto_target, "d/train.jsonl", PAIR * 2)
    first, same, other = (data.digest(moto_target, S3Uri(bucket, key)) for key in ("a", "b/c", "d"))
    assert first == same != other


def test_a_folder_is_put_once(moto_target: Target, bucket: str, tmp_path: Path) -> None:
    (tmp_path / "train.jsonl").write_bytes(PAIR)
    place = data.put(moto_target, tmp_path, bucket)
    s3 = moto_target.client("s3")
    before = s3.head_object(Bucket=bucket, Key=f"{place.key}/train.jsonl")["LastModified"]
    assert data.put(moto_target, tmp_path, bucket) == place
    after = s3.head_object(Bucket=bucket, Key=f"{place.key}/train.jsonl")["LastModified"]
    assert before == after


def test_what_is_put_is_encrypted_with_the_key(
    moto_target: Target, bucket: str, tmp_path: Path
) -> None:
    (tmp_path / "train.jsonl").write_bytes(PAIR)
    place = data.put(moto_target, tmp_path, bucket, "alias/reports")
    head = moto_target.client("s3").head_object(Bucket=bucket, Key=f"{place.key}/train.jsonl")
    assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", "alias/reports")


def test_fingerprints_are_of_data_base_and_hyperparameters() -> None:
    one = data.fingerprint("content", "base", {"epochs": "3", "seed": "1"})
    assert one == data.fingerprint("content", "base", {"seed": "1", "epochs": "3"})
    assert one != data.fingerprint("content", "base", {"epochs": "4", "seed": "1"})
    assert one != data.fingerprint("other", "base", {"epochs": "3", "seed": "1"})
    assert one != data.fingerprint("content", "other", {"epochs": "3", "seed": "1"})
