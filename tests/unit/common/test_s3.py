from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

from common import s3
from common.aws import Target
from common.errors import AwsError, SettingError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

TARGET = Target(region="us-east-1")
BUCKET = "invented-reports"


@pytest.fixture
def bucket() -> Iterator[S3Client]:
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket=BUCKET)
        yield client


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("s3://bucket", ("bucket", "")),
        ("s3://bucket/", ("bucket", "")),
        ("s3://bucket/a b/c.zip", ("bucket", "a b/c.zip")),
    ],
)
def test_name_is_read(text: str, expected: tuple[str, str]) -> None:
    place = s3.parse(text)

    assert (place.bucket, place.key) == expected


@pytest.mark.parametrize("text", ["s3://", "s3:///key", "s3://UPPER/key", "s3://b", "bucket/key"])
def test_what_is_no_name_is_refused_by_name(text: str) -> None:
    with pytest.raises(SettingError, match="is not an S3 URI; write s3://bucket/prefix"):
        s3.parse(text)


def test_folder_comes_with_its_folders_and_without_its_neighbours(
    bucket: S3Client, tmp_path: Path
) -> None:
    for key in ("a/one.txt", "a/b/two.txt", "a/b/", "ab/three.txt"):
        bucket.put_object(Bucket=BUCKET, Key=key, Body=key.encode())

    found = s3.download(TARGET, s3.parse(f"s3://{BUCKET}/a"), tmp_path)

    names = sorted(str(p.relative_to(found)) for p in found.rglob("*") if p.is_file())
    assert names == ["b/two.txt", "one.txt"]
    assert (found / "one.txt").read_text() == "a/one.txt"


def test_one_object_is_one_file(bucket: S3Client, tmp_path: Path) -> None:
    bucket.put_object(Bucket=BUCKET, Key="a/reports.zip", Body=b"PK")

    found = s3.download(TARGET, s3.parse(f"s3://{BUCKET}/a/reports.zip"), tmp_path)

    assert (found.name, found.read_bytes()) == ("reports.zip", b"PK")


def test_key_that_leads_upwards_stays_in_the_folder(bucket: S3Client, tmp_path: Path) -> None:
    bucket.put_object(Bucket=BUCKET, Key="a/../../out.txt", Body=b"x")

    s3.download(TARGET, s3.parse(f"s3://{BUCKET}/a"), tmp_path / "here")

    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [tmp_path / "here" / "out.txt"]


@given(st.text(max_size=40))
def test_no_key_leaves_its_folder(rest: str) -> None:
    relative = s3._relative(f"p/{rest}", "p/")

    assert ".." not in relative.split("/")
    assert not relative.startswith("/")


def test_nothing_there_and_no_bucket_are_one_line_each(bucket: Any, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=f"s3://{BUCKET}/none: is empty"):
        s3.download(TARGET, s3.parse(f"s3://{BUCKET}/none"), tmp_path)
    with pytest.raises(AwsError, match="s3://no-such-bucket: does not exist"):
        s3.download(TARGET, s3.parse("s3://no-such-bucket/a"), tmp_path)


def test_missing_credentials_say_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))

    with pytest.raises(AwsError, match="no AWS credentials were found; run `aws sso login`"):
        s3.is_empty(TARGET, s3.parse("s3://bucket/a"))


def test_profile_that_is_not_there_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))

    with pytest.raises(AwsError, match=r"profile \(nobody\) could not be found"):
        Target(profile="nobody").client("s3")


class Refusing:
    """Puts some files and is then refused, as by a policy."""

    def __init__(self, client: S3Client) -> None:
        self.client = client
        self.left = 1

    def upload_file(self, path: str, bucket: str, key: str, **options: Any) -> None:
        if not self.left:
            self.client.put_object(Bucket="no-such-bucket", Key=key, Body=b"")
        self.left -= 1
        self.client.upload_file(path, bucket, key, **options)

    def delete_object(self, **arguments: Any) -> None:
        self.client.delete_object(**arguments)


def test_upload_that_breaks_off_leaves_nothing(
    bucket: S3Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(Target, "client", lambda self, service: Refusing(bucket))

    with pytest.raises(AwsError, match=f"s3://{BUCKET}/out/b: does not exist"):
        s3.upload(TARGET, tmp_path, s3.parse(f"s3://{BUCKET}/out"))

    assert "Contents" not in bucket.list_objects_v2(Bucket=BUCKET)
