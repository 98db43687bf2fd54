"""Adds the inference script to the weights of a model whose archive lacks it.

JumpStart's large models are "prepacked": `code/inference.py` is in their archive, and their
training script adds it to what it trained. For smaller models, weights and script are two archives,
which version 2 of the SageMaker SDK joined on the caller's machine. So does this module, as a
stream: it needs as much disk space as the weights, and hardly any memory.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import tarfile
import tempfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Any

from common import s3
from common.aws import Target, explained
from common.errors import AwsError, SettingError
from training.config import Repack

CODE = "code"
# The joined archive may be a little larger than the one that it is made from.
_SPARE = 1.2
_BROKEN = (tarfile.TarError, EOFError, gzip.BadGzipFile, zlib.error)


def plan(target: Target, weights: str, script: str, bucket: str) -> Repack:
    """Where the joined archive is, derived from the content of both; creates nothing.

    Raises:
        SettingError: one of them is no .tar.gz.
        AwsError: one of them does not exist, or access is denied.
    """
    etags = []
    for uri in (weights, script):
        if not uri.endswith(".tar.gz"):
            raise SettingError(uri, "is not a .tar.gz, so no inference script can be added to it")
        etags.append(_head(target, uri)["ETag"])
    digest = hashlib.sha256(json.dumps(etags).encode()).hexdigest()[:16]
    place = s3.S3Uri(bucket, f"models/{digest}/model.tar.gz")
    return Repack(weights=weights, script=script, place=str(place))


def make(target: Target, wanted: Repack, kms_key: str | None = None) -> bool:
    """Write the joined archive unless it exists; returns whether it was written.

    Raises:
        SettingError: an archive is corrupt or not safe, or the disk is too small.
        AwsError: one does not exist, or access is denied.
    """
    place = s3.parse(wanted.place)
    try:
        _head(target, wanted.place)
    except AwsError as error:
        if error.code != "404":
            raise
    else:
        return False
    key = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms_key} if kms_key else {}
    with tempfile.TemporaryDirectory() as folder:
        size = _head(target, wanted.weights)["ContentLength"]
        free = shutil.disk_usage(folder).free
        if free < size * _SPARE:
            problem = f"needs {size * _SPARE / 1e9:.1f} GB in {folder}, where {free / 1e9:.1f} are"
            raise SettingError(wanted.weights, f"{problem} free: set TMPDIR to a larger disk")
        path = Path(folder) / "model.tar.gz"
        _join(target, wanted, path)
        with explained(wanted.place):
            target.client("s3").upload_file(str(path), place.bucket, place.key, ExtraArgs=key)
    return True


def _join(target: Target, wanted: Repack, path: Path) -> None:
    with (
        gzip.GzipFile(path, mode="wb", compresslevel=1, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w|") as joined,
    ):
        for uri, prefix in ((wanted.weights, ""), (wanted.script, CODE)):
            place = s3.parse(uri)
            with explained(uri):
                found = target.client("s3").get_object(Bucket=place.bucket, Key=place.key)
                try:
                    with tarfile.open(fileobj=found["Body"], mode="r|gz") as source:
                        _copy(source, joined, uri, prefix)
                except _BROKEN as error:
                    problem = f"is not a .tar.gz that can be read ({type(error).__name__})"
                    raise SettingError(uri, problem) from None


def _copy(source: tarfile.TarFile, joined: tarfile.TarFile, uri: str, prefix: str) -> None:
    """Copy the members below `prefix`; the weights' own `code/` is replaced by the script's."""
    for entry in source:
        name = PurePosixPath(entry.name)
        if name.is_absolute() or ".." in name.parts:
            raise SettingError(uri, "contains a file outside its folder: it is not safe to use")
        if not name.parts or (not prefix and name.parts[0] == CODE):
            continue
        if prefix and (entry.issym() or entry.islnk()):
            raise SettingError(uri, "contains links; an inference script consists of files")
        entry.name = str(PurePosixPath(prefix) / name)
        joined.addfile(entry, source.extractfile(entry) if entry.isreg() else None)


def _head(target: Target, uri: str) -> dict[str, Any]:
    place = s3.parse(uri)
    with explained(uri):
        found: dict[str, Any] = target.client("s3").head_object(Bucket=place.bucket, Key=place.key)
    return found
