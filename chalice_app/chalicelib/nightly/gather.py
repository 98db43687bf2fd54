"""Gathers objects into shards for a transform job; memory use does not grow with their number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.drafting.prompts import prompt_for
from chalicelib.errors import FileRejectedError, RecordRejectedError
from chalicelib.intake import chunking, forms, reading
from chalicelib.intake.frames import Form, Frame
from chalicelib.nightly.shards import ShardWriter, row
from chalicelib.objects import ObjectRef
from chalicelib.observability import log_warning
from chalicelib.queue.messages import OwnMessage, WorkItem, whole_object_message
from chalicelib.settings import Model, Settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

READERS = 8
# Objects per slice; at most a chunk of records is held per object. Even the largest objects must
# not take longer than the time reserved in NightlyContext.
SLICE = 16


class Stores(NamedTuple):
    """The clients for reading objects and storing plans."""

    s3: S3Client
    dynamodb: DynamoDBClient


class _Read(NamedTuple):
    """One object that was read: the messages of its units, and the frames if it is small."""

    ref: ObjectRef
    units: list[OwnMessage]
    head: list[Frame]
    form: Form | None = None


def gather(
    stores: Stores,
    model: Model,
    refs: Sequence[ObjectRef],
    shards: ShardWriter,
    beat: Callable[[], None],
) -> list[OwnMessage]:
    """Pack objects into shards.

    Args:
        stores: the clients to read them with.
        model: the model whose prompt the rows contain.
        refs: the objects, at most SLICE.
        shards: receives their rows.
        beat: the heartbeat of this run, called regularly.

    Returns:
        The messages of unreadable objects: the work queue records each as a failure.
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
            for unit, form, frames in _by_unit(stores.s3, settings, found):
                shards.add(unit, list(_rows(form, frames, unit.ref, settings, model)))
                beat()
    return unreadable


def _read(stores: Stores, settings: Settings, ref: ObjectRef) -> _Read:
    try:
        opened = _open(stores.s3, ref, settings)
        found = reading.scan(opened.text, settings.chunk_records)
    except FileRejectedError as error:
        _log_denied(ref, error)
        return _Read(ref, [], [])
    if found.total <= settings.chunk_records:
        return _Read(ref, [whole_object_message(ref)], found.head, found.form)
    work = WorkItem(ref, datetime.now(UTC))
    table = settings.progress_table
    units = chunking.chunk_messages(stores.dynamodb, table, work, found, opened.size)
    return _Read(ref, units, [])


def _open(s3: S3Client, ref: ObjectRef, settings: Settings) -> reading.Opened:
    """Open an object's text; once more if it is denied, because a denial may pass.

    Otherwise one denied call would take the object out of the batch.
    """
    try:
        return reading.open_text(s3, ref, settings.max_object_bytes)
    except FileRejectedError as error:
        if error.reason != "ObjectDenied":
            raise
    return reading.open_text(s3, ref, settings.max_object_bytes)


def _by_unit(
    s3: S3Client, settings: Settings, found: _Read
) -> Iterator[tuple[OwnMessage, Form, list[Frame]]]:
    """Each unit of an object with its records; a large object is read a second time, in order."""
    if found.form is not None:
        yield found.units[0], found.form, found.head
        return
    try:
        opened = _open(s3, found.ref, settings)
        form, frames = reading.frames_of(opened.text)
        for unit in found.units:
            yield unit, form, list(islice(frames, (unit.stop or 0) - (unit.start or 0)))
    except FileRejectedError as error:
        # It was deleted or replaced in between. Its units will fail when they are processed.
        _log_denied(found.ref, error)
        return


def _log_denied(ref: ObjectRef, error: FileRejectedError) -> None:
    """Log that this function's role may not read an object, which the work function's perhaps may.

    Every other reason is found again, and recorded, by the work function.
    """
    if error.reason == "ObjectDenied":
        log_warning("could not gather a file", object_id=ref.object_id, problem=str(error))


def _rows(
    form: Form, frames: Sequence[Frame], ref: ObjectRef, settings: Settings, model: Model
) -> Iterator[bytes]:
    """The rows of the valid records; the others fail when they are joined."""
    object_id, limit = ref.object_id, settings.max_findings_characters
    for frame in frames:
        try:
            record = forms.read(form, frame, object_id, limit, ref.key)
        except RecordRejectedError:
            continue
        prompt = prompt_for(model.prompt, record.findings, record.context)
        yield row(object_id, record.index, prompt)
