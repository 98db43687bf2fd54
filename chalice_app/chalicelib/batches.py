"""What lies in a night's folder: shards to draft, the units they stand for, the drafts.

`<folder>/in/00000.jsonl`     rows `{"id", "text_inputs"}` for the transform job
`<folder>/units/00000.jsonl`  the messages whose records are in that shard
`<folder>/out/…/00000.jsonl.out`  what the job wrote: a Python dict literal a line
`<folder>/batch.json`         who drafted it, and how long that took; written when it has ended
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from chalicelib import codecs, storage
from chalicelib.endpoint import Draft
from chalicelib.errors import EndpointAnswerError, TransformError
from chalicelib.events import OwnMessage
from chalicelib.settings import Model

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

FOLDER = "work/nightly/"
# One payload of the job is a mini-batch of whole lines, a shard is read whole by whoever joins it.
SHARD_BYTES = 4_000_000
_UNITS = msgspec.json.Decoder(OwnMessage)


class Ended(msgspec.Struct, frozen=True):
    """A batch that has ended: the model that drafted, in how many seconds, how many records."""

    model: Model
    seconds: float
    records: int


class Batch(msgspec.Struct, frozen=True):
    """One object's drafts of a batch, by the index of the record."""

    ended: Ended
    texts: Mapping[int, str]

    @property
    def model(self) -> Model:
        """The model that drafted, which need not be the live one any more."""
        return self.ended.model

    def draft(self, index: int) -> Draft | None:
        """The draft of one record, or None when there is none that can be used."""
        text = self.texts.get(index)
        if text is None:
            return None
        return Draft(text, round(self.ended.seconds * 1000, 3), self.ended.records)


def row_id(object_id: str, index: int) -> str:
    """What joins a row of a shard with its draft, whatever the order of the lines."""
    return f"{object_id}:{index}"


def row(object_id: str, index: int, prompt: str) -> bytes:
    """One line of a shard."""
    line = {"id": row_id(object_id, index), "text_inputs": prompt}
    return msgspec.json.encode(line) + b"\n"


def input_prefix(folder: str) -> str:
    """Where the shards of a night lie: all of them and nothing else."""
    return f"{folder}/in/"


def output_prefix(folder: str) -> str:
    """Where the job writes."""
    return f"{folder}/out"


def shard_key(folder: str, shard: int) -> str:
    """The key of a shard."""
    return f"{input_prefix(folder)}{shard:05d}.jsonl"


def units_key(folder: str, shard: int) -> str:
    """The key of the messages that a shard stands for."""
    return f"{folder}/units/{shard:05d}.jsonl"


def write_shard(  # noqa: PLR0913 - where it goes and what it is
    s3: S3Client, bucket: str, folder: str, *, shard: int, rows: bytes, units: Sequence[OwnMessage]
) -> None:
    """Write one shard and its units."""
    lines = msgspec.json.Encoder().encode_lines(units)
    storage.write_work(s3, bucket, units_key(folder, shard), lines)
    # A job refuses an empty object.
    if rows:
        storage.write_work(s3, bucket, shard_key(folder, shard), rows)


def read_units(s3: S3Client, bucket: str, folder: str, shards: int) -> Iterator[OwnMessage]:
    """Every unit of a night, in order, as it was gathered."""
    for shard in range(shards):
        lines = storage.read_work(s3, bucket, units_key(folder, shard)) or b""
        yield from _UNITS.decode_lines(lines)


def read_drafted_units(s3: S3Client, bucket: str, folder: str, shard: int) -> list[OwnMessage]:
    """The units of one shard, each with the night's folder and the shard's output, if there is one.

    Raises:
        TransformError: the folder is no night's.
    """
    _check(folder)
    output = _outputs(s3, bucket, folder).get(f"{shard:05d}.jsonl.out")
    lines = storage.read_work(s3, bucket, units_key(folder, shard)) or b""
    return [
        msgspec.structs.replace(unit, night=folder, drafts=output)
        for unit in _UNITS.decode_lines(lines)
    ]


def write_ended(s3: S3Client, bucket: str, folder: str, ended: Ended) -> None:
    """Write down who drafted a batch."""
    storage.write_work(s3, bucket, f"{folder}/batch.json", msgspec.json.encode(ended))


def read(s3: S3Client, bucket: str, folder: str, output: str | None, object_id: str) -> Batch:
    """Read what a batch drafted for one object.

    A line that is missing or cannot be read is a draft that is missing, and no more.

    Raises:
        TransformError: the night's folder is gone.
    """
    _check(folder, output or folder)
    found = storage.read_work(s3, bucket, f"{folder}/batch.json")
    if found is None:
        raise TransformError("the night's folder is gone; the next night drafts its files again")
    ended = msgspec.json.decode(found, type=Ended)
    lines = b"" if output is None else storage.read_work(s3, bucket, output) or b""
    return Batch(ended, read_output(lines, object_id))


def _check(folder: str, within: str = "") -> None:
    if not folder.startswith(FOLDER) or not (within or folder).startswith(folder):
        raise TransformError("the message names no folder of a night")


def read_output(output: bytes, object_id: str) -> dict[int, str]:
    """The texts of one object in a job's output, by the index of the record."""
    mark = f"{object_id}:".encode()
    texts: dict[int, str] = {}
    for line in output.splitlines():
        if mark in line:
            index, text = _read_line(line, object_id)
            if index is not None and text is not None:
                texts.setdefault(index, text)
    return texts


def _read_line(line: bytes, object_id: str) -> tuple[int | None, str | None]:
    """Index and text of one line, None for what is not there."""
    # A container prints Python's own notation; should one ever print JSON, that is read too.
    try:
        values = ast.literal_eval(line.decode())
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        try:
            values = msgspec.json.decode(line)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            return None, None
    if not isinstance(values, dict):
        return None, None
    owner, _, number = str(values.get("id")).rpartition(":")
    if owner != object_id or not (number.isascii() and number.isdigit()):
        return None, None
    try:
        text = codecs.text_of_batch(values)
    except EndpointAnswerError:
        return int(number), None
    return int(number), text


def _outputs(s3: S3Client, bucket: str, folder: str) -> dict[str, str]:
    """The keys of a job's outputs by their names; below which folder is the job's own affair."""
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix=f"{output_prefix(folder)}/"
    )
    keys = (item["Key"] for page in pages for item in page.get("Contents", []))
    return {key.rpartition("/")[2]: key for key in keys}
