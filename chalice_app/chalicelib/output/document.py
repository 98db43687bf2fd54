"""The result document of one landing object, and its parts if the object is large."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from chalicelib.objects import ObjectRef
from chalicelib.output.tables import Row

Status = Literal["complete", "partial", "failed"]

# Sorted keys, and gzip without a timestamp: a replay writes the same bytes.
_ENCODER = msgspec.json.Encoder(order="sorted")


class Remark(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a check says of a draft: `flag` is its name, `sentence` says it in words.

    `findings` and `draft` are the places in both texts that it is about, each [begin, end) in
    characters.
    """

    flag: str
    sentence: str
    findings: list[tuple[int, int]] = []
    draft: list[tuple[int, int]] = []


# What the checks say of a draft; None if it was not checked.
Remarks = Sequence[Remark] | None


def flags_of(of_record: Sequence[str], remarks: Remarks) -> list[str]:
    """The names of all that a reader must know of a draft, each once."""
    return list(dict.fromkeys((*of_record, *(one.flag for one in remarks or ()))))


class Entry(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The outcome of one record with one model.

    `flags` names what a reader must know, the checks among them; `checks` says it in words.
    """

    report_id: str | None
    impression: str | None
    model: str | None
    status: Literal["ok", "failed"]
    flags: list[str]
    error: dict[str, str] | None = None
    metadata: dict[str, Any] | None = None
    checks: list[Remark] = []


class Counts(msgspec.Struct, frozen=True):
    """How many records an object has, and how many of them succeeded and failed."""

    records: int
    ok: int
    failed: int

    @property
    def status(self) -> Status:
        """`complete`: none failed; `failed`: all failed; `partial`: some failed."""
        if not self.failed:
            return "complete"
        return "partial" if self.ok else "failed"


class AnswerNote(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a result says of the answer in the format of its reports, which stands beside it.

    `reports` is how many of them are answered; `key` is None if none is. `withheld` says that the
    answer to the final version of the same reports was kept, and these are preliminary.
    """

    key: str | None
    reports: int
    withheld: bool = False


def result_document(
    ref: ObjectRef,
    counts: Counts,
    *,
    entries: Sequence[Entry] | None = None,
    parts: Sequence[str] | None = None,
    answer: AnswerNote | None = None,
) -> bytes:
    """Encode the document: with the impressions, or with the keys of the parts."""
    document: dict[str, Any] = {
        "source": {"bucket": ref.bucket, "key": ref.key, "etag": ref.etag},
        "status": counts.status,
        "counts": counts,
    }
    if parts is None:
        document["impressions"] = list(entries or ())
    else:
        document["parts"] = list(parts)
    if answer is not None:
        document["answer"] = answer
    return _ENCODER.encode(document)


def part_lines(entries: Sequence[Entry]) -> bytes:
    """Encode a part: the same entries as JSON Lines."""
    return _ENCODER.encode_lines(entries)


def table_lines(rows: Sequence[Row]) -> bytes:
    """Encode rows as gzipped JSON Lines."""
    return gzip.compress(_ENCODER.encode_lines(rows), mtime=0)
