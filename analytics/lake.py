"""Opens a lake and provides its objects as local files.

A lake is a folder or `s3://bucket/prefix` that contains `<table>/dt=YYYY-MM-DD/<object>.jsonl.gz`.
For S3, the objects of the tables that a query reads are copied to a temporary folder: DuckDB's own
S3 reader is an extension that it downloads at run time.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from analytics.errors import LakeError
from analytics.tables import TABLES
from common import s3
from common.aws import Target, explained

PREFIX = "lake"
_OBJECT = re.compile(r"dt=\d{4}-\d\d-\d\d/[^/_.][^/]*\.jsonl\.gz")
_AT_ONCE = 16


class Lake(Protocol):
    """A lake's objects, fetched one table at a time."""

    place: str

    def files(self, table: str) -> list[Path]:
        """The table's objects as files, in order, each in a folder `dt=…`."""


class FolderLake:
    """A lake in a local folder."""

    def __init__(self, folder: Path) -> None:
        self.place = str(folder)
        inner = folder / PREFIX
        self.root = inner if inner.is_dir() else folder

    def files(self, table: str) -> list[Path]:
        """The table's objects."""
        below = self.root / table
        found = (path for path in below.glob("dt=*/*") if path.is_file())
        return sorted(
            path for path in found if _OBJECT.fullmatch(path.relative_to(below).as_posix())
        )


class BucketLake:
    """A lake in S3, copied to `folder` on demand."""

    def __init__(self, target: Target, place: s3.S3Uri, folder: Path) -> None:
        self.place = str(place)
        self._target, self._uri, self._folder = target, place, folder

    def files(self, table: str) -> list[Path]:
        """The table's objects, fetched; raises AwsError."""
        client = self._target.client("s3")
        start = self._uri.below(table).below("").key
        keys = [
            key
            for key in s3.objects(client, s3.S3Uri(self._uri.bucket, start))
            if _OBJECT.fullmatch(key.removeprefix(start))
        ]

        def fetch(key: str) -> Path:
            path = self._folder / table / key.removeprefix(start)
            path.parent.mkdir(parents=True, exist_ok=True)
            with explained(f"s3://{self._uri.bucket}/{key}"), path.open("wb") as file:
                body = client.get_object(Bucket=self._uri.bucket, Key=key)["Body"]
                shutil.copyfileobj(body, file)
            return path

        with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
            return sorted(pool.map(fetch, keys))


@contextmanager
def opened(place: str, target: Target) -> Iterator[Lake]:
    """The lake at `place`; copies are deleted at the end, because they contain report text.

    Raises:
        LakeError: the folder does not exist or contains none of the lake's tables.
    """
    if s3.is_s3(place):
        uri = s3.parse(place)
        # A bucket without a prefix means its prefix lake/.
        uri = uri if uri.key.strip("/") else s3.S3Uri(uri.bucket, PREFIX)
        with tempfile.TemporaryDirectory(prefix="impressions-lake-") as copies:
            yield BucketLake(target, s3.S3Uri(uri.bucket, uri.key.rstrip("/")), Path(copies))
        return
    folder = Path(place)
    if not folder.is_dir():
        raise LakeError(place, "is not a folder; give the lake's folder or s3://bucket/lake")
    lake = FolderLake(folder)
    if any(folder.iterdir()) and not any((lake.root / name).is_dir() for name in TABLES):
        raise LakeError(place, f"contains none of the tables {', '.join(TABLES)}")
    yield lake
