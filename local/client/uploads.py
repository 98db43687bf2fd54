"""Maps local files to landing keys, uploads them, and counts their records."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from chalicelib.errors import FileRejectedError
from chalicelib.intake.decoding import PIECE_BYTES, TextStream
from chalicelib.intake.reading import scan
from chalicelib.objects import ObjectRef
from common.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from local.client.deployed import Deployed

UPLOADERS = 8
# Counting is only for the progress bar; the function enforces the real limit.
COUNT_LIMIT_BYTES = 1 << 40
COUNT_STRIDE = 1000


@dataclass(frozen=True, slots=True)
class Upload:
    """One file and its landing key."""

    path: Path
    key: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """One uploaded file; `records` is its number of records, or 1 if it cannot be read."""

    upload: Upload
    ref: ObjectRef
    day: str
    records: int


def plan_uploads(paths: Sequence[str], lane: str, dataset: str | None) -> list[Upload]:
    """Map files and folders to landing keys: `<lane>/<dataset>/<path relative to PATH>`.

    The default dataset of each PATH is the folder's name, or the file's name without extensions.

    Raises UsageError if a path is missing or empty, the dataset is not a valid name, or two files
    have the same key.
    """
    if dataset is not None and (not dataset.strip() or "/" in dataset):
        message = f"--dataset {dataset!r}: use a name without slashes"
        raise UsageError(message)
    uploads: list[Upload] = []
    for argument in paths:
        path = Path(argument)
        if path.is_dir():
            found = sorted(_files(path))
            name = dataset or path.resolve().name
        elif path.is_file():
            found = [path]
            name = dataset or path.name.split(".")[0] or path.name
        else:
            message = f"{argument}: there is no such file or folder"
            raise UsageError(message)
        if not found:
            message = f"{argument}: the folder contains no files"
            raise UsageError(message)
        base = path if path.is_dir() else path.parent
        uploads += [
            Upload(file, f"{lane}/{name}/{file.relative_to(base).as_posix()}") for file in found
        ]
    keys = [upload.key for upload in uploads]
    duplicates = sorted({key for key in keys if keys.count(key) > 1})[:1] if len(paths) > 1 else []
    if duplicates:
        message = f"two files have the key {duplicates[0]}: upload them into different datasets"
        raise UsageError(message)
    return uploads


def drop(stack: Deployed, uploads: Sequence[Upload], done: Callable[[Dropped], None]) -> None:
    """Upload the files to the landing bucket, calling `done` for each."""
    s3, bucket = stack.client("s3"), stack.outputs.landing_bucket

    def put(upload: Upload) -> Dropped:
        with upload.path.open("rb") as body:
            response = s3.put_object(Bucket=bucket, Key=upload.key, Body=body)
        etag, version = response["ETag"].strip('"'), response.get("VersionId")
        ref = ObjectRef(bucket, upload.key, etag, version)
        landed = s3.head_object(Bucket=bucket, Key=upload.key)
        day = landed["LastModified"].strftime("%Y-%m-%d")
        return Dropped(upload, ref, day, count_records(upload.path))

    with ThreadPoolExecutor(max_workers=UPLOADERS) as pool:
        for dropped in pool.map(put, uploads):
            done(dropped)


def count_records(path: Path) -> int:
    """The number of records in a file, as the function counts them."""
    try:
        return scan(TextStream(_pieces(path), COUNT_LIMIT_BYTES), COUNT_STRIDE).total
    except FileRejectedError:
        return 1


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            yield piece


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden:
            yield path
