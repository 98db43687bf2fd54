"""Stores the answers to an object's reports beside its result, and removes those that are stale."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, NamedTuple

import msgspec
from botocore.exceptions import ClientError

from chalicelib import s3_errors
from chalicelib.errors import ConflictError
from chalicelib.intake.source import Source
from chalicelib.objects import answer_key, answers_part_key
from chalicelib.output import results
from chalicelib.output.answers.joining import FINAL, PRELIMINARY, Joined, join
from chalicelib.output.answers.making import CONTENT_TYPES, ENDINGS, Answer, Kind, kind_of
from chalicelib.output.results import StandingResult

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from chalicelib.intake.frames import Form

# What is longer is kept in a file until it is written.
MEMORY_BYTES = 8 << 20
READERS = 8


class Stored(NamedTuple):
    """The answer that stands beside a result: its key, and how many reports it answers.

    `key` is None if nothing was answered. `withheld` says that the answer to the final version of
    the same reports stands under the key, and this one, to preliminary reports, was not written.
    """

    key: str | None
    reports: int
    withheld: bool = False


def write_part(
    s3: S3Client, bucket: str, source: Source, chunk: int, answers: Sequence[Answer]
) -> None:
    """Keep a chunk's answers until those of all chunks can be joined."""
    s3.put_object(
        Bucket=bucket,
        Key=answers_part_key(source.work.ref, chunk),
        Body=msgspec.json.Encoder().encode_lines(answers),
        ContentType="application/x-ndjson",
    )


def store(
    s3: S3Client, bucket: str, source: Source, form: Form, answers: Sequence[Answer]
) -> Stored:
    """Write the answers to the reports of a small object, unless a later upload's stand there."""
    with _spooled() as target:
        return _put(
            s3, bucket, source, form, joined=join(form, lambda: answers, target), target=target
        )


def store_parts(s3: S3Client, bucket: str, source: Source, form: Form, chunks: int) -> Stored:
    """Join the answers of all chunks and write them, unless a later upload's stand there.

    Raises:
        ConflictError: the answers of a chunk are not there yet.
    """
    keys = [answers_part_key(source.work.ref, chunk) for chunk in range(chunks)]
    read = partial(_read_part, s3, bucket)
    with _spooled() as lines, _spooled() as target, ThreadPoolExecutor(READERS) as pool:
        for place in range(0, chunks, READERS):  # a few at a time: memory stays flat
            lines.writelines(pool.map(read, keys[place : place + READERS]))
        joined = join(form, lambda: _answers_in(lines), target)
        return _put(s3, bucket, source, form, joined=joined, target=target)


def remove_replaced(
    s3: S3Client, bucket: str, source: Source, replaced: StandingResult, kind: Kind | None
) -> None:
    """Remove the answer beside a result that is about to be replaced, unless a new one replaces it.

    Without it, an answer to an earlier upload would stand beside the result of a later one.
    """
    for other, ending in ENDINGS.items():
        if other == replaced.answer != kind:
            s3.delete_object(Bucket=bucket, Key=answer_key(source.work.ref, ending))


def take_back(s3: S3Client, bucket: str, source: Source, kind: Kind) -> None:
    """Remove the answer of an upload whose result does not stand, if it has been written."""
    key = answer_key(source.work.ref, ENDINGS[kind])
    found = s3_errors.unless_missing(s3.head_object, Bucket=bucket, Key=key)
    if found is None or not StandingResult.of(found["Metadata"]).is_of(source.work.ref):
        return
    try:
        s3.delete_object(Bucket=bucket, Key=key, IfMatch=found["ETag"])
    except ClientError as error:
        if not s3_errors.is_missing_or_replaced(error):
            raise


def _spooled() -> IO[bytes]:
    return SpooledTemporaryFile(max_size=MEMORY_BYTES)


def _read_part(s3: S3Client, bucket: str, key: str) -> bytes:
    found = s3_errors.unless_missing(s3.get_object, Bucket=bucket, Key=key)
    if found is None:
        raise ConflictError("the answers of a chunk are missing; re-run the file")
    return found["Body"].read()


def _answers_in(lines: IO[bytes]) -> Iterator[Answer]:
    decoder = msgspec.json.Decoder(Answer)
    lines.seek(0)
    for line in lines:
        yield decoder.decode(line)


def _put(  # noqa: PLR0913  # what is written, where, and whom it concerns
    s3: S3Client, bucket: str, source: Source, form: Form, *, joined: Joined, target: IO[bytes]
) -> Stored:
    kind = kind_of(form)
    if kind is None or not joined.answered:
        return Stored(None, 0)
    withheld = False

    def replaces(existing: Mapping[str, str]) -> bool:
        nonlocal withheld
        is_final_there = existing.get("report-status") == FINAL
        is_same_report = existing.get("reports") == joined.reports
        if is_same_report and is_final_there and joined.status == PRELIMINARY:
            withheld = True
            return False
        return results.may_replace(s3, source, existing)

    key = answer_key(source.work.ref, ENDINGS[kind])
    request = {
        "Bucket": bucket,
        "Key": key,
        "Body": target,
        "ContentType": CONTENT_TYPES[kind],
        "Metadata": {
            **results.identity(source),
            "reports": joined.reports,
            "report-status": joined.status,
        },
    }
    if results.put_unless_later(s3, request, replaces):
        return Stored(key, joined.answered)
    return Stored(None, 0, withheld)
