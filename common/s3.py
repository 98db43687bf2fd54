"""Files in S3: names, listing, fetching, putting."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from common.aws import Target, explained
from common.errors import SettingError

_URI = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(.*))?", re.DOTALL)


@dataclass(frozen=True)
class S3Uri:
    """An object, or all objects whose keys begin like this."""

    bucket: str
    key: str

    def __str__(self) -> str:
        """As it is written."""
        return f"s3://{self.bucket}/{self.key}"

    def below(self, name: str) -> S3Uri:
        """The object `name` of this folder."""
        return S3Uri(self.bucket, f"{self.key.rstrip('/')}/{name}" if self.key else name)


def is_s3(text: str) -> bool:
    """Whether a place is in S3 and not on this machine."""
    return text.startswith("s3://")


def parse(text: str) -> S3Uri:
    """Read an s3:// name.

    Raises:
        SettingError: it is not one.
    """
    found = _URI.fullmatch(text)
    if found is None:
        raise SettingError(text, "is not an S3 name; write s3://bucket/prefix")
    return S3Uri(found[1], found[2] or "")


def objects(s3: Any, place: S3Uri) -> Iterator[str]:  # noqa: ANN401  # boto3's
    """Key of the object, or of those in the folder; folder markers are none.

    Raises:
        AwsError: the bucket is missing or denied.
    """
    with explained(f"s3://{place.bucket}"):
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=place.bucket, Prefix=place.key)
        for page in pages:
            for item in page.get("Contents", []):
                if _belongs(item["Key"], place.key) and not item["Key"].endswith("/"):
                    yield item["Key"]


def download(target: Target, place: S3Uri, folder: Path) -> Path:
    """Fetch an object or a folder into `folder`; returns the file, or the folder.

    Raises:
        SettingError: nothing is there.
        AwsError: the bucket or an object is missing or denied.
    """
    s3 = target.client("s3")
    found = list(objects(s3, place))
    if not found:
        raise SettingError(str(place), "holds nothing; check the prefix")
    for key in found:
        path = folder / _relative(key, place.key)
        path.parent.mkdir(parents=True, exist_ok=True)
        with explained(f"s3://{place.bucket}/{key}"):
            s3.download_file(place.bucket, key, str(path))
    return folder / _relative(place.key, place.key) if found[0] == place.key else folder


def upload(target: Target, folder: Path, place: S3Uri, kms_key: str | None = None) -> None:
    """Put every file of a folder; when one cannot be put, those before it are taken back.

    `kms_key` encrypts them; None: as the bucket says.

    Raises:
        AwsError: the bucket is missing or denied.
    """
    s3 = target.client("s3")
    key = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms_key} if kms_key else {}
    put: list[S3Uri] = []
    try:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            there = place.below(path.relative_to(folder).as_posix())
            with explained(str(there)):
                s3.upload_file(str(path), there.bucket, there.key, ExtraArgs=key)
            put.append(there)
    except BaseException:
        for there in put:
            s3.delete_object(Bucket=there.bucket, Key=there.key)
        raise


def is_empty(target: Target, place: S3Uri) -> bool:
    """Whether nothing is in a folder of S3.

    Raises:
        AwsError: the bucket is missing or denied.
    """
    folder = S3Uri(place.bucket, f"{place.key.rstrip('/')}/" if place.key else "")
    return next(objects(target.client("s3"), folder), None) is None


def _belongs(key: str, prefix: str) -> bool:
    """Whether a listed key is the place itself or below it: `a/b` is not a folder of `a/bc`."""
    return key == prefix or not prefix or key.startswith(f"{prefix.rstrip('/')}/")


def _relative(key: str, prefix: str) -> str:
    """The path of a key below its prefix; keys are data, so no part leads upwards."""
    rest = PurePosixPath(key).name if key == prefix else key[len(prefix) :]
    return "/".join(part.replace("\\", "_") for part in rest.split("/") if part not in _UPWARDS)


_UPWARDS = ("", ".", "..")
