"""Reads the drafts of a nightly batch from its folder in the results bucket.

`<folder>/out/…/00000.jsonl.out`  output of the transform job: one Python dict literal per line
`<folder>/batch.json`             the model and the job's duration
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from chalicelib import scratch
from chalicelib.drafting import codecs
from chalicelib.drafting.endpoint import Draft
from chalicelib.drafting.truncation import truncation_of
from chalicelib.errors import EndpointAnswerError, TransformError
from chalicelib.objects import ObjectRef
from chalicelib.settings import Model

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# The prefix of all batch folders.
BATCHES = "work/nightly/"
# More digits than any record's index has: Python refuses to read thousands of them.
_INDEX = re.compile(r"[0-9]{1,18}")


class BatchMetadata(msgspec.Struct, frozen=True):
    """A finished batch: its model, its duration in seconds, and its number of records."""

    model: Model
    seconds: float
    records: int


class Batch(msgspec.Struct, frozen=True):
    """A batch's drafts of one object, by record index."""

    metadata: BatchMetadata
    texts: Mapping[int, str]

    @property
    def model(self) -> Model:
        """The model of the batch, which may no longer be the live one."""
        return self.metadata.model

    def draft(self, index: int) -> Draft | None:
        """The draft of one record, or None if there is no usable one."""
        text = self.texts.get(index)
        if text is None:
            return None
        truncation = truncation_of(text, None, self.model.generation)
        return Draft(
            text, round(self.metadata.seconds * 1000, 3), self.metadata.records, truncation
        )


def row_id(object_id: str, index: int) -> str:
    """The id that joins a row with its draft, independent of the order of the output lines."""
    return f"{object_id}:{index}"


def metadata_key(folder: str) -> str:
    """The key of a batch's metadata."""
    return f"{folder}/batch.json"


def check_folder(folder: str, output: str | None = None) -> None:
    """Reject a folder that does not belong to a batch, or an output key outside it.

    Raises:
        TransformError: the folder or key is not valid.
    """
    if not folder.startswith(BATCHES) or not (output or folder).startswith(folder):
        raise TransformError("the message does not name the folder of a nightly batch")


def read(s3: S3Client, bucket: str, folder: str, output: str | None, ref: ObjectRef) -> Batch:
    """Read the drafts of one object from a batch.

    A line that is missing or unreadable only means a missing draft.

    Raises:
        TransformError: the batch's folder no longer exists.
    """
    check_folder(folder, output)
    found = scratch.read(s3, bucket, metadata_key(folder))
    if found is None:
        problem = "the nightly batch folder no longer exists"
        raise TransformError(f"{problem}; the next nightly run processes its files again")
    metadata = msgspec.json.decode(found, type=BatchMetadata)
    lines = b"" if output is None else scratch.read(s3, bucket, output) or b""
    # A batch that release 0.1 gathered identifies its rows by content.
    texts = read_output(lines, ref.object_id) or read_output(lines, ref.content_id)
    return Batch(metadata, texts)


def read_output(output: bytes, object_id: str) -> dict[int, str]:
    """The texts of one object in a job's output, by record index."""
    id_start = f"{object_id}:".encode()
    texts: dict[int, str] = {}
    for line in output.splitlines():
        if id_start in line:
            index, text = _read_line(line, object_id)
            if index is not None and text is not None:
                texts.setdefault(index, text)
    return texts


def _read_line(line: bytes, object_id: str) -> tuple[int | None, str | None]:
    """Index and text of one line; None for a missing value."""
    # The container prints Python literals; JSON is accepted in case another one prints that.
    try:
        values = ast.literal_eval(line.decode())
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        try:
            values = msgspec.json.decode(line)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            return None, None
    if not isinstance(values, dict):
        return None, None
    identity = values.get("id")
    owner, _, number = identity.rpartition(":") if isinstance(identity, str) else ("", "", "")
    if owner != object_id or _INDEX.fullmatch(number) is None:
        return None, None
    try:
        text = codecs.text_of_batch(values)
    except EndpointAnswerError:
        return int(number), None
    return int(number), text
