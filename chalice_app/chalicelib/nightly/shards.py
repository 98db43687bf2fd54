"""Writes the folder of a nightly batch: the shards to draft, and their units.

`<folder>/in/00000.jsonl`     rows `{"id", "text_inputs"}` for the transform job
`<folder>/units/00000.jsonl`  the messages of the units whose records are in that shard
`drafting/batch_drafts.py` describes the files that are added once the job has run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from chalicelib import scratch
from chalicelib.drafting.batch_drafts import BatchMetadata, check_folder, metadata_key, row_id
from chalicelib.queue.messages import OwnMessage
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# A shard's output is read as a whole to join it. The job itself reads mini-batches of lines.
SHARD_BYTES = 4_000_000
_UNITS = msgspec.json.Decoder(OwnMessage)


@dataclass
class ShardWriter:
    """Packs whole units into shards, and writes each shard when it is full."""

    s3: S3Client
    settings: Settings
    folder: str
    count: int = 0
    records: int = 0
    objects: int = 0
    _rows: list[bytes] = field(default_factory=list)
    _bytes: int = 0
    _units: list[OwnMessage] = field(default_factory=list)

    def add(self, unit: OwnMessage, rows: Sequence[bytes]) -> None:
        """Add a unit; a unit is never split across shards."""
        size = sum(map(len, rows))
        full = len(self._rows) + len(rows) > self.settings.shard_records
        if self._units and (full or self._bytes + size > SHARD_BYTES):
            self.flush()
        self._units.append(unit)
        self._rows += rows
        self._bytes += size
        self.records += len(rows)

    def flush(self) -> None:
        """Write the current shard."""
        if not self._units:
            return
        write_shard(
            self.s3,
            self.settings.results_bucket,
            self.folder,
            shard=self.count,
            rows=b"".join(self._rows),
            units=self._units,
        )
        self.count += 1
        self._rows, self._units, self._bytes = [], [], 0


def row(object_id: str, index: int, prompt: str) -> bytes:
    """One line of a shard."""
    line = {"id": row_id(object_id, index), "text_inputs": prompt}
    return msgspec.json.encode(line) + b"\n"


def input_prefix(folder: str) -> str:
    """The prefix of the batch's shards; it contains nothing else."""
    return f"{folder}/in/"


def output_prefix(folder: str) -> str:
    """The prefix of the job's output."""
    return f"{folder}/out"


def shard_key(folder: str, shard: int) -> str:
    """The key of a shard."""
    return f"{input_prefix(folder)}{shard:05d}.jsonl"


def units_key(folder: str, shard: int) -> str:
    """The key of the unit messages of a shard."""
    return f"{folder}/units/{shard:05d}.jsonl"


def write_shard(  # noqa: PLR0913  # its location and its contents
    s3: S3Client, bucket: str, folder: str, *, shard: int, rows: bytes, units: Sequence[OwnMessage]
) -> None:
    """Write one shard and its units."""
    lines = msgspec.json.Encoder().encode_lines(units)
    scratch.write(s3, bucket, units_key(folder, shard), lines)
    # A transform job rejects an empty object.
    if rows:
        scratch.write(s3, bucket, shard_key(folder, shard), rows)


def read_units(s3: S3Client, bucket: str, folder: str, shards: int) -> Iterator[OwnMessage]:
    """Every unit of a batch, in the order of gathering."""
    for shard in range(shards):
        lines = scratch.read(s3, bucket, units_key(folder, shard)) or b""
        yield from _UNITS.decode_lines(lines)


def read_drafted_units(s3: S3Client, bucket: str, folder: str, shard: int) -> list[OwnMessage]:
    """The units of one shard, each with the batch's folder and the shard's output, if any.

    Raises:
        TransformError: the folder does not belong to a nightly batch.
    """
    check_folder(folder)
    output = _outputs(s3, bucket, folder).get(f"{shard:05d}.jsonl.out")
    lines = scratch.read(s3, bucket, units_key(folder, shard)) or b""
    return [
        msgspec.structs.replace(unit, batch_folder=folder, drafts=output)
        for unit in _UNITS.decode_lines(lines)
    ]


def write_metadata(s3: S3Client, bucket: str, folder: str, metadata: BatchMetadata) -> None:
    """Write the metadata of a finished batch."""
    scratch.write(s3, bucket, metadata_key(folder), msgspec.json.encode(metadata))


def _outputs(s3: S3Client, bucket: str, folder: str) -> dict[str, str]:
    """The keys of a job's outputs by file name; the job chooses the folders under the prefix."""
    keys = scratch.keys_below(s3, bucket, f"{output_prefix(folder)}/")
    return {key.rpartition("/")[2]: key for key in keys}
