"""Reads the records of a landing object: all of them to count them, or one chunk to draft it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from chalicelib.errors import FileRejectedError
from chalicelib.intake import forms
from chalicelib.intake.decoding import TextStream, skip
from chalicelib.intake.frames import HEAD_BYTES, Form, Frame
from chalicelib.intake.landing import open_object
from chalicelib.objects import ObjectRef
from chalicelib.queue.messages import WorkItem

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from chalicelib.intake.chunk_plan import Plan

# A file of 150 MB with more records than this has less than 75 bytes per record: not reports.
# Without the limit, a gzip bomb of 75 million zeros would become 75 million failures.
MOST_RECORDS = 2_000_000


class Scan(NamedTuple):
    """The result of one pass over an object.

    `head` contains the first records, so that a small object is read only once. `offsets` are the
    bytes of the text at which every `stride`-th record begins. `parts` contains, by their place in
    `offsets`, those that begin within a message or Bundle: how many records of it precede them.
    """

    total: int
    form: Form
    seekable: bool
    head: list[Frame]
    stride: int
    offsets: list[int]
    parts: dict[int, int]


class Opened(NamedTuple):
    """An object's text, opened, with its LastModified and size."""

    modified: datetime
    size: int
    text: TextStream


def open_text(s3: S3Client, ref: ObjectRef, limit: int) -> Opened:
    """Open an object's text.

    Raises:
        FileRejectedError: it was deleted, or access is denied.
    """
    landed = open_object(s3, ref)
    return Opened(landed.modified, landed.size, TextStream(landed.pieces, limit))


def frames_of(text: TextStream) -> tuple[Form, Iterator[Frame]]:
    """Detect the form of a text and frame its records.

    Raises:
        FileRejectedError: its records cannot be separated, or it is empty.
    """
    head, pieces = _take_head(text)
    form = forms.detect(head)
    if form is None and len(head) == HEAD_BYTES:
        problem = f"it begins with {HEAD_BYTES} bytes of white space; remove them"
        raise FileRejectedError("NotJson", problem)
    if form is None:
        problem = "it is empty; upload a JSON object, a JSON array or JSON Lines"
        raise FileRejectedError("Empty", problem)
    return form, forms.frame(pieces, form)


def scan(text: TextStream, stride: int) -> Scan:
    """Count the records of a text; apart from the offsets, memory use is constant.

    Raises:
        FileRejectedError: its records cannot be separated, it is empty, or it has too many.
    """
    form, frames = frames_of(text)
    total = 0
    kept: list[Frame] = []
    offsets: list[int] = []
    parts: dict[int, int] = {}
    for found in frames:
        if total == MOST_RECORDS:
            problem = f"it has more than {MOST_RECORDS:,} records; split it into smaller files"
            raise FileRejectedError("TooManyRecords", problem)
        if total % stride == 0:
            if found.part:
                parts[len(offsets)] = found.part
            offsets.append(found.offset)
        if total < stride:
            kept.append(found)
        total += 1
    return Scan(total, form, text.seekable, kept, stride, offsets, parts)


def read_chunk(
    s3: S3Client, work: WorkItem, plan: Plan, chunk: int, limit: int
) -> tuple[datetime, list[Frame]]:
    """Read the records of one chunk, from its offset if the message contains it.

    Raises:
        FileRejectedError: the object was deleted, or access is denied.
    """
    ref, offset = work.ref, work.offset
    start, stop = plan.bounds(chunk)
    end = work.end if work.stop == stop else None
    if offset is None or start == 0:  # an array begins with its bracket, not with record 0
        opened = open_text(s3, ref, limit)
        found = islice(forms.frame(opened.text, plan.form), start, stop)
        return opened.modified, list(found)
    if plan.seekable:
        landed = open_object(s3, ref, offset, end)
        modified, pieces = landed.modified, landed.pieces
    else:
        opened = open_text(s3, ref, limit)
        modified, pieces = opened.modified, skip(opened.text, offset)
    # A message is read from its beginning, with the records before the first of this chunk.
    from_its_beginning = forms.frame(pieces, plan.form, start - work.part, offset)
    frames = list(islice(from_its_beginning, work.part, work.part + stop - start))
    if end is not None and len(frames) < stop - start:
        # Never fewer records than were counted, whatever the message says.
        return read_chunk(s3, msgspec.structs.replace(work, end=None), plan, chunk, limit)
    return modified, frames


def _take_head(text: TextStream) -> tuple[bytes, Iterable[bytes]]:
    """Return the first HEAD_BYTES of a text, and an iterator over all of it."""
    pieces = iter(text)
    held: list[bytes] = []
    size = 0
    while size < HEAD_BYTES and (piece := next(pieces, None)) is not None:
        held.append(piece)
        size += len(piece)
    return b"".join(held)[:HEAD_BYTES], chain(_drain(held), pieces)


def _drain(held: list[bytes]) -> Iterator[bytes]:
    """Yield and release the pieces, so that the head is not held while the rest is read."""
    held.reverse()
    while held:
        yield held.pop()
