"""An inference script is added to weights whose archive lacks it: real archives, in moto's S3."""

from __future__ import annotations

import io
import shutil
import tarfile
from types import SimpleNamespace
from typing import Any

import pytest

from common import s3
from common.aws import Target
from common.errors import AwsError, SettingError
from training.config import Repack
from training.serving import repack

BUCKET, JUMPSTART = "hospital-training", "jumpstart-cache-prod-us-east-1"
WEIGHTS = f"s3://{JUMPSTART}/infer-flan-t5-small.tar.gz"
SCRIPT = f"s3://{JUMPSTART}/sourcedir.tar.gz"
FILES = {"config.json": b"{}", "pytorch_model.bin": bytes(range(256)) * 5_000}


def archive(files: dict[str, bytes], links: dict[str, str] | None = None) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
        for name, target in (links or {}).items():
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = tarfile.SYMTYPE, target
            tar.addfile(entry)
    return packed.getvalue()


def put(target: Target, uri: str, content: bytes) -> None:
    place = s3.parse(uri)
    target.client("s3").put_object(Bucket=place.bucket, Key=place.key, Body=content)


@pytest.fixture
def aws(moto_target: Target) -> Target:
    for bucket in (BUCKET, JUMPSTART):
        moto_target.client("s3").create_bucket(Bucket=bucket)
    put(moto_target, WEIGHTS, archive({f"./{name}": text for name, text in FILES.items()}))
    put(moto_target, SCRIPT, archive({"inference.py": b"def model_fn(): ...", "lib/a.py": b"1"}))
    return moto_target


def content(target: Target, uri: str) -> dict[str, bytes]:
    place = s3.parse(uri)
    body = target.client("s3").get_object(Bucket=place.bucket, Key=place.key)["Body"].read()
    with tarfile.open(fileobj=io.BytesIO(body)) as tar:
        return {
            entry.name: file.read() for entry in tar if (file := tar.extractfile(entry)) is not None
        }


def test_the_script_is_in_code_and_the_weights_are_as_they_were(aws: Target) -> None:
    wanted = repack.plan(aws, WEIGHTS, SCRIPT, BUCKET)
    assert repack.make(aws, wanted)
    assert content(aws, wanted.place) == FILES | {
        "code/inference.py": b"def model_fn(): ...",
        "code/lib/a.py": b"1",
    }


def test_planning_writes_nothing_and_making_twice_writes_once(aws: Target) -> None:
    wanted = repack.plan(aws, WEIGHTS, SCRIPT, BUCKET)
    assert s3.is_empty(aws, s3.S3Uri(BUCKET, ""))
    assert repack.make(aws, wanted)
    assert not repack.make(aws, wanted)
    assert repack.plan(aws, WEIGHTS, SCRIPT, BUCKET) == wanted


def test_another_script_is_another_archive(aws: Target) -> None:
    before = repack.plan(aws, WEIGHTS, SCRIPT, BUCKET)
    put(aws, SCRIPT, archive({"inference.py": b"def other(): ..."}))
    assert repack.plan(aws, WEIGHTS, SCRIPT, BUCKET).place != before.place


def test_code_that_the_weights_bring_is_replaced(aws: Target) -> None:
    put(aws, WEIGHTS, archive(FILES | {"code/inference.py": b"old", "code/old.py": b"old"}))
    wanted = repack.plan(aws, WEIGHTS, SCRIPT, BUCKET)
    repack.make(aws, wanted)
    found = content(aws, wanted.place)
    assert found["code/inference.py"] == b"def model_fn(): ..."
    assert "code/old.py" not in found


def test_the_archive_is_encrypted_with_the_key(aws: Target) -> None:
    wanted = repack.plan(aws, WEIGHTS, SCRIPT, BUCKET)
    repack.make(aws, wanted, "alias/reports")
    place = s3.parse(wanted.place)
    head = aws.client("s3").head_object(Bucket=place.bucket, Key=place.key)
    assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", "alias/reports")


@pytest.mark.parametrize(
    ("uri", "body", "says"),
    [
        (WEIGHTS, b"no archive", "is not a .tar.gz that can be read"),
        (WEIGHTS, archive(FILES)[:-2_000], "is not a .tar.gz that can be read"),
        (SCRIPT, archive({"../inference.py": b""}), "is not safe to use"),
        (WEIGHTS, archive({"/etc/passwd": b""}), "is not safe to use"),
        (SCRIPT, archive({}, {"inference.py": "/etc/passwd"}), "contains links"),
    ],
)
def test_an_archive_that_cannot_be_used_leaves_nothing(
    aws: Target, uri: str, body: bytes, says: str
) -> None:
    put(aws, uri, body)
    wanted = repack.plan(aws, WEIGHTS, SCRIPT, BUCKET)
    with pytest.raises(SettingError) as caught:
        repack.make(aws, wanted)
    assert str(caught.value).startswith(uri)
    assert says in str(caught.value)
    assert s3.is_empty(aws, s3.S3Uri(BUCKET, ""))


def test_what_does_not_exist_or_is_no_archive_is_refused_before(aws: Target) -> None:
    with pytest.raises(AwsError, match="does not exist"):
        repack.plan(aws, WEIGHTS.replace("small", "smaller"), SCRIPT, BUCKET)
    with pytest.raises(SettingError, match=r"is not a \.tar\.gz"):
        repack.plan(aws, f"s3://{JUMPSTART}/prefix/", SCRIPT, BUCKET)


def test_a_disk_that_is_too_small_is_told_before_it_is_full(
    aws: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted: Repack = repack.plan(aws, WEIGHTS, SCRIPT, BUCKET)

    def full(_: Any) -> Any:
        return SimpleNamespace(free=10)

    monkeypatch.setattr(shutil, "disk_usage", full)
    with pytest.raises(SettingError, match="set TMPDIR to a larger disk"):
        repack.make(aws, wanted)
