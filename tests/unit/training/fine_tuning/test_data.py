from __future__ import annotations

from pathlib import Path

import pytest

from training.aws import Target
from training.errors import AwsError, CollectionError
from training.fine_tuning import data
from training.s3 import S3Uri

PAIR = b'{"prompt": "Clear.", "completion": "Normal."}\n'


@pytest.fixture
def bucket(account: Target) -> str:
    account.client("s3").create_bucket(Bucket="bucket")
    return "bucket"


def put(account: Target, key: str, body: bytes = PAIR) -> None:
    account.client("s3").put_object(Bucket="bucket", Key=key, Body=body)


@pytest.mark.parametrize("given", ["prepared", "prepared/", "prepared/train", "prepared/train/"])
def test_the_channel_is_the_folder_of_the_pairs_alone(
    account: Target, bucket: str, given: str
) -> None:
    """JumpStart reads whatever lies in the channel: evaluation files must not be in it."""
    put(account, "prepared/train/train.jsonl")
    put(account, "prepared/evaluation/set.jsonl")
    assert data.channel_of(account, S3Uri(bucket, given)) == S3Uri(bucket, "prepared/train")


def test_no_pairs(account: Target, bucket: str) -> None:
    put(account, "prepared/evaluation/set.jsonl")
    with pytest.raises(CollectionError, match=r"holds no train.jsonl"):
        data.channel_of(account, S3Uri(bucket, "prepared"))


def test_a_missing_bucket(account: Target) -> None:
    with pytest.raises(AwsError, match="does not exist"):
        data.channel_of(account, S3Uri("nowhere", "x"))


def test_the_digest_is_of_the_content_and_not_of_the_place(account: Target, bucket: str) -> None:
    put(account, "a/train.jsonl")
    put(account, "b/c/train.jsonl")
    put(account, "d/train.jsonl", PAIR * 2)
    first, same, other = (data.digest(account, S3Uri(bucket, key)) for key in ("a", "b/c", "d"))
    assert first == same != other


def test_a_folder_is_put_once(account: Target, bucket: str, tmp_path: Path) -> None:
    (tmp_path / "train.jsonl").write_bytes(PAIR)
    place = data.put(account, tmp_path, bucket)
    s3 = account.client("s3")
    before = s3.head_object(Bucket=bucket, Key=f"{place.key}/train.jsonl")["LastModified"]
    assert data.put(account, tmp_path, bucket) == place
    after = s3.head_object(Bucket=bucket, Key=f"{place.key}/train.jsonl")["LastModified"]
    assert before == after


def test_what_is_put_is_encrypted_with_the_key(
    account: Target, bucket: str, tmp_path: Path
) -> None:
    (tmp_path / "train.jsonl").write_bytes(PAIR)
    place = data.put(account, tmp_path, bucket, "alias/reports")
    head = account.client("s3").head_object(Bucket=bucket, Key=f"{place.key}/train.jsonl")
    assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", "alias/reports")


def test_fingerprints_are_of_data_base_and_hyperparameters() -> None:
    one = data.fingerprint("content", "base", {"epochs": "3", "seed": "1"})
    assert one == data.fingerprint("content", "base", {"seed": "1", "epochs": "3"})
    assert one != data.fingerprint("content", "base", {"epochs": "4", "seed": "1"})
    assert one != data.fingerprint("other", "base", {"epochs": "3", "seed": "1"})
    assert one != data.fingerprint("content", "other", {"epochs": "3", "seed": "1"})
