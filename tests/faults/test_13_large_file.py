"""One file with very many records.

Injected: 100,000 records as JSON Lines, 10,000 as an array and as gzip, with a bad one in every
thousand; more chunks or more records than are allowed.
Asserted: Every record ends exactly once as a draft or as a failure, in order, and memory does not
grow with the number of records. Too many chunks become larger chunks; too many records are one
failure.
"""

from __future__ import annotations

import gzip
import json
import tracemalloc
from collections.abc import Callable, Iterator
from itertools import islice

import pytest

from chalicelib.intake import chunk_plan, reading
from chalicelib.intake.decoding import TextStream
from chalicelib.intake.frames import Form
from chalicelib.intake.json_text.framing import frame
from chalicelib.intake.reading import scan
from tests.account.account import Account
from tests.account.model import draft_for

MANY = 100_000
KEY = "incoming/ward/many.json"
# What may grow: one offset for each chunk of 50 records.
SLACK_BYTES = 256 << 10


def records(count: int) -> Iterator[bytes]:
    """No two alike, one in a thousand is bad."""
    for number in range(count):
        findings = "" if number % 1000 == 7 else f"Findings {number}."
        yield json.dumps({"report_id": f"r{number}", "findings": findings}).encode()


def as_lines(count: int) -> bytes:
    return b"\n".join(records(count))


def as_array(count: int) -> bytes:
    return b"[" + b",\n".join(records(count)) + b"]"


@pytest.mark.parametrize(
    ("make", "pack", "count"),
    [
        pytest.param(as_lines, bytes, MANY, marks=pytest.mark.once),
        (as_array, bytes, 10_000),
        (as_array, gzip.compress, 10_000),
    ],
    ids=["lines", "array", "array, gzip"],
)
def test_13_every_record_is_accounted_for_exactly_once(
    account: Account, make: Callable[[int], bytes], pack: Callable[[bytes], bytes], count: int
) -> None:
    # Larger chunks than deployed ones: the pretended AWS takes milliseconds for every call.
    account.configure({"CHUNK_RECORDS": "2500", "MICRO_BATCH_RECORDS": "2500"})

    account.drop(KEY, pack(make(count)))
    account.drain()

    bad = list(range(7, count, 1000))
    ids = [f"r{number}" for number in range(count)]
    drafts = [
        None if number % 1000 == 7 else draft_for(f"Findings {number}.") for number in range(count)
    ]
    entries = account.entries(KEY)
    rows = account.rows("impressions")
    result = account.result(KEY)
    (file_row,) = account.rows("files")
    assert (account.given_back, account.waiting()) == ([], 0)
    assert result["counts"] == {"records": count, "ok": count - len(bad), "failed": len(bad)}
    assert (file_row["records_total"], file_row["chunks"]) == (count, count // 2500)
    assert [entry["report_id"] for entry in entries] == ids
    assert [entry["impression"] for entry in entries] == drafts
    assert [row["record_index"] for row in account.rows("failures")] == bad
    assert [row["generated_impression"] for row in rows] == [draft for draft in drafts if draft]
    assert len(account.model.prompts) == count - len(bad)


def test_13_more_chunks_than_one_item_holds_are_made_larger(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunk_plan, "MOST_CHUNKS", 20)
    account.configure({"CHUNK_RECORDS": "1"})

    result = account.finish(KEY, as_lines(21))

    assert result["counts"] == {"records": 21, "ok": 20, "failed": 1}
    assert len(result["parts"]) == 11
    assert [entry["report_id"] for entry in account.entries(KEY)] == [f"r{n}" for n in range(21)]


def test_13_more_records_than_a_file_can_hold_are_one_failure(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_RECORDS", 3)

    taken = account.finish("incoming/ward/three.jsonl", as_lines(3))
    refused = account.finish("incoming/ward/four.jsonl", as_lines(4))

    assert taken["counts"]["records"] == 3
    assert refused["status"] == "failed"
    assert refused["counts"] == {"records": 1, "ok": 0, "failed": 1}
    assert "more than 3 records; split it into smaller files" in str(refused)


def a_piece_at_a_time(count: int, form: Form) -> Iterator[bytes]:
    """Pieces of a text of `count` records of 256 bytes each, made as they are read."""
    begin, between, end = (b"[", b",", b"]") if form == "array" else (b"", b"\n", b"")
    record = b'{"findings": "' + b"a" * (256 - 17) + b'"}'
    piece = (record + between) * 100
    yield begin
    for _ in range(count // 100 - 1):
        yield piece
    yield piece[: -len(between)] + end


def traced(work: Callable[[], int]) -> tuple[int, int]:
    """What the work came to, and the most bytes that it held at once."""
    tracemalloc.start()
    try:
        return work(), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def count_all(records: int, form: Form) -> int:
    return scan(TextStream(a_piece_at_a_time(records, form), 1 << 30), 50).total


def read_last(records: int, form: Form) -> int:
    text = TextStream(a_piece_at_a_time(records, form), 1 << 30)
    return len(list(islice(frame(text, form), records - 50, None)))


@pytest.mark.parametrize(
    ("read", "form"), [(count_all, "array"), (count_all, "lines"), (read_last, "lines")]
)
def test_13_memory_is_flat_in_the_number_of_records(
    read: Callable[[int, Form], int], form: Form
) -> None:
    few = 12_800

    found_few, peak_few = traced(lambda: read(few, form))
    found_many, peak_many = traced(lambda: read(MANY, form))

    assert (found_few, found_many) == ((few, MANY) if read is count_all else (50, 50))
    assert peak_many < peak_few * 1.2 + SLACK_BYTES
    assert peak_many < 10 << 20
