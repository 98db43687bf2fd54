"""Gathers a night's objects into shards for a transform job; memory does not grow with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.drafting.masks import normalize_masks
from chalicelib.drafting.prompts import build_prompt
from chalicelib.errors import FileRejectedError, RecordRejectedError
from chalicelib.intake import chunking, reading
from chalicelib.intake.framing import Frame
from chalicelib.intake.records import read_record
from chalicelib.nightly.shards import ShardWriter, row
from chalicelib.objects import ObjectRef
from chalicelib.queue.messages import OwnMessage, WorkItem, whole_object_message
from chalicelib.settings import Model, Settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

READERS = 8
# Objects that are read at once, of each no more than a chunk of records held: few enough that the
# largest there may be take an invocation no longer than it keeps to hand on.
SLICE = 16


class Stores(NamedTuple):
    """What objects are read from and plans are kept in."""

    s3: S3Client
    dynamodb: DynamoDBClient


class _Read(NamedTuple):
    """One object, read: its units' messages, and the frames of a small one."""

    ref: ObjectRef
    units: list[OwnMessage]
    head: list[Frame]


def gather(
    stores: Stores,
    model: Model,
    refs: Sequence[ObjectRef],
    shards: ShardWriter,
    beat: Callable[[], None],
) -> list[OwnMessage]:
    """Put objects into shards.

    Args:
        stores: where they are.
        model: whose prompt the rows hold.
        refs: the objects, at most SLICE.
        shards: takes their rows.
        beat: called again and again, to say that this run is alive.

    Returns:
        The messages of those that nobody can read: each fails by the usual way.
    """
    settings = shards.settings
    unreadable: list[OwnMessage] = []
    with ThreadPoolExecutor(max_workers=READERS) as pool:
        for found in pool.map(lambda ref: _read(stores, settings, ref), refs):
            beat()
            if not found.units:
                unreadable.append(whole_object_message(found.ref))
                continue
            shards.objects += 1
            for unit, frames in _by_unit(stores.s3, settings, found):
                shards.add(unit, list(_rows(frames, unit.ref, settings, model)))
                beat()
    return unreadable


def _read(stores: Stores, settings: Settings, ref: ObjectRef) -> _Read:
    try:
        opened = reading.open_text(stores.s3, ref, settings.max_object_bytes)
        found = reading.scan(opened.text, settings.chunk_records)
    except FileRejectedError:
        return _Read(ref, [], [])
    if found.total <= settings.chunk_records:
        return _Read(ref, [whole_object_message(ref)], found.head)
    work = WorkItem(ref, datetime.now(UTC))
    table = settings.progress_table
    units = chunking.chunk_messages(stores.dynamodb, table, work, found, opened.size)
    return _Read(ref, units, [])


def _by_unit(
    s3: S3Client, settings: Settings, found: _Read
) -> Iterator[tuple[OwnMessage, list[Frame]]]:
    """Each unit of an object with its records; a large object is read once more, in order."""
    if len(found.units) == 1 and found.units[0].start is None:
        yield found.units[0], found.head
        return
    try:
        opened = reading.open_text(s3, found.ref, settings.max_object_bytes)
        _, frames = reading.frames_of(opened.text)
        for unit in found.units:
            yield unit, list(islice(frames, (unit.stop or 0) - (unit.start or 0)))
    except FileRejectedError:
        # It went between two looks. Its units find that out by themselves.
        return


def _rows(
    frames: Sequence[Frame], ref: ObjectRef, settings: Settings, model: Model
) -> Iterator[bytes]:
    """The rows of the records that can be used; the others fail when they are joined."""
    object_id = ref.object_id
    for frame in frames:
        try:
            record = read_record(frame, object_id, settings.max_findings_characters)
        except RecordRejectedError:
            continue
        prompt = build_prompt(model.prompt, normalize_masks(record.findings))
        yield row(object_id, record.index, prompt)
