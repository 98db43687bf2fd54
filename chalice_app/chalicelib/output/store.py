"""Writes the rows of the lake, and the parts of large results, to the results bucket."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from chalicelib.intake.source import Source
from chalicelib.objects import ObjectRef, lake_key, part_key
from chalicelib.output.document import Entry, part_lines, table_lines
from chalicelib.output.tables import TABLES, FileRow, Row

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def write_tables(  # noqa: PLR0913  # all of them are part of the keys
    s3: S3Client, bucket: str, source: Source, chunk: int, rows: Sequence[Row], *, tidy: bool
) -> None:
    """Write a chunk's rows, one object per table.

    `tidy` deletes the objects of tables for which this run has no rows: an earlier run that was
    interrupted may have left some, and a record would count as both failed and done.
    """

    def write(kind: type[Row], table: str) -> None:
        own = [row for row in rows if type(row) is kind]
        key = lake_key(table, source.day, source.work.ref, chunk)
        if own:
            s3.put_object(
                Bucket=bucket,
                Key=key,
                Body=table_lines(own),
                ContentType="application/x-ndjson",
                ContentEncoding="gzip",
            )
        elif tidy and kind is not FileRow:  # the run that completes the object writes that one
            s3.delete_object(Bucket=bucket, Key=key)

    # In parallel: a small file's processing time is mostly waiting for S3.
    with ThreadPoolExecutor(max_workers=len(TABLES)) as pool:
        list(pool.map(write, TABLES.keys(), TABLES.values()))


def write_part(
    s3: S3Client, bucket: str, ref: ObjectRef, chunk: int, entries: Sequence[Entry]
) -> None:
    """Write one chunk's part of a large object's result."""
    s3.put_object(
        Bucket=bucket,
        Key=part_key(ref, chunk),
        Body=part_lines(entries),
        ContentType="application/x-ndjson",
    )
