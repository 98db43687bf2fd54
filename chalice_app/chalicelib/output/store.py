"""Writes the rows of the lake, and the parts of large results, to the results bucket."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from chalicelib.intake.source import Source
from chalicelib.objects import lake_key, part_key
from chalicelib.output.document import Entry, part_lines, table_lines
from chalicelib.output.tables import TABLES, FileRow, Row

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def write_chunk(  # noqa: PLR0913  # all of them are part of the keys
    s3: S3Client,
    bucket: str,
    source: Source,
    chunk: int,
    rows: Sequence[Row],
    *,
    entries: Sequence[Entry],
    tidy: bool,
) -> None:
    """Write a chunk's rows, and its part of a large object's result."""

    def write_part() -> None:
        s3.put_object(
            Bucket=bucket,
            Key=part_key(source.work.ref, chunk),
            Body=part_lines(entries),
            ContentType="application/x-ndjson",
        )

    _in_parallel([write_part, *_writes(s3, bucket, source, chunk, rows, tidy=tidy)])


def write_tables(  # noqa: PLR0913  # all of them are part of the keys
    s3: S3Client, bucket: str, source: Source, chunk: int, rows: Sequence[Row], *, tidy: bool
) -> None:
    """Write a chunk's rows, one object per table.

    `tidy` deletes the objects of tables for which this run has no rows: an earlier run that was
    interrupted may have left some, and a record would count as both failed and done.
    """
    _in_parallel(_writes(s3, bucket, source, chunk, rows, tidy=tidy))


def _writes(  # noqa: PLR0913  # all of them are part of the keys
    s3: S3Client, bucket: str, source: Source, chunk: int, rows: Sequence[Row], *, tidy: bool
) -> list[Callable[[], object]]:
    """The calls that write or delete the objects of the tables."""
    writes: list[Callable[[], object]] = []
    for kind, table in TABLES.items():
        own = [row for row in rows if type(row) is kind]
        key = lake_key(table, source.day, source.work.ref, chunk)
        if own:
            writes.append(partial(_write_rows, s3, bucket, key, own))
        elif tidy and kind is not FileRow:  # the run that completes the object writes that one
            writes.append(partial(s3.delete_object, Bucket=bucket, Key=key))
    return writes


def _write_rows(s3: S3Client, bucket: str, key: str, rows: Sequence[Row]) -> None:
    s3.put_object(
        Bucket=bucket,
        Key=key,
        Body=table_lines(rows),
        ContentType="application/x-ndjson",
        ContentEncoding="gzip",
    )


def _in_parallel(calls: Sequence[Callable[[], object]]) -> None:
    # A small file's processing time is mostly waiting for S3.
    with ThreadPoolExecutor(max_workers=max(1, len(calls))) as pool:
        for done in [pool.submit(call) for call in calls]:
            done.result()
