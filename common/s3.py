"""Files in S3: URIs, listing, downloads, uploads."""

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
    """An object, or all objects whose keys have this prefix."""

    bucket: str
    key: str

    def __str__(self) -> str:
        """The URI as text."""
        return f"s3://{self.bucket}/{self.key}"

    def below(self, name: str) -> S3Uri:
        """The object `name` of this folder."""
        return S3Uri(self.bucket, f"{self.key.rstrip('/')}/{name}" if self.key else name)


def is_s3(text: str) -> bool:
    """Whether a location is in S3 rather than on this machine."""
    return text.startswith("s3://")


def parse(text: str) -> S3Uri:
    """Parse an S3 URI.

    Raises:
        SettingError: the text is not one.
    """
    found = _URI.fullmatch(text)
    if found is None:
        raise SettingError(text, "is not an S3 URI; write s3://bucket/prefix")
    return S3Uri(found[1], found[2] or "")


def objects(s3: Any, place: S3Uri) -> Iterator[str]:  # noqa: ANN401  # boto3's
    """The key of the object, or of all objects in the folder except folder markers.

    Raises:
        AwsError: the bucket does not exist, or access is denied.
    """
    with explained(f"s3://{place.bucket}"):
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=place.bucket, Prefix=place.key)
        for page in pages:
            for item in page.get("Contents", []):
                if _belongs(item["Key"], place.key) and not item["Key"].endswith("/"):
                    yield item["Key"]


def download(target: Target, place: S3Uri, folder: Path) -> Path:
    """Download an object or a folder into `folder`; returns the file, or the folder.

    Raises:
        SettingError: there are no objects.
        AwsError: the bucket or an object does not exist, or access is denied.
    """
    s3 = target.client("s3")
    found = list(objects(s3, place))
    if not found:
        raise SettingError(str(place), "is empty; check the prefix")
    for key in found:
        path = folder / _relative(key, place.key)
        path.parent.mkdir(parents=True, exist_ok=True)
        with explained(f"s3://{place.bucket}/{key}"):
            s3.download_file(place.bucket, key, str(path))
    return folder / _relative(place.key, place.key) if found[0] == place.key else folder


def upload(target: Target, folder: Path, place: S3Uri, kms_key: str | None = None) -> None:
    """Upload every file of a folder; if one fails, those already uploaded are deleted.

    `kms_key` encrypts them; None: with the bucket's default.

    Raises:
        AwsError: the bucket does not exist, or access is denied.
    """
    s3 = target.client("s3")
    key = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms_key} if kms_key else {}
    uploaded: list[S3Uri] = []
    try:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            uri = place.below(path.relative_to(folder).as_posix())
            with explained(str(uri)):
                s3.upload_file(str(path), uri.bucket, uri.key, ExtraArgs=key)
            uploaded.append(uri)
    except BaseException:
        for uri in uploaded:
            s3.delete_object(Bucket=uri.bucket, Key=uri.key)
        raise


def is_empty(target: Target, place: S3Uri) -> bool:
    """Whether a folder in S3 is empty.

    Raises:
        AwsError: the bucket does not exist, or access is denied.
    """
    folder = S3Uri(place.bucket, f"{place.key.rstrip('/')}/" if place.key else "")
    return next(objects(target.client("s3"), folder), None) is None


def _belongs(key: str, prefix: str) -> bool:
    """Whether a listed key is the prefix itself or in its folder: `a/bc` is not in `a/b`."""
    return key == prefix or not prefix or key.startswith(f"{prefix.rstrip('/')}/")


def _relative(key: str, prefix: str) -> str:
    """The path of a key relative to its prefix; keys are data, so `..` and similar are removed."""
    rest = PurePosixPath(key).name if key == prefix else key[len(prefix) :]
    return "/".join(part.replace("\\", "_") for part in rest.split("/") if part not in _UPWARDS)


_UPWARDS = ("", ".", "..")
