from __future__ import annotations

import gzip
import json
import tracemalloc
from collections.abc import Callable, Iterator
from itertools import islice

import pytest

from chalicelib.decoding import TextStream
from chalicelib.framing import frame
from chalicelib.reading import survey
from tests.worlds import World, draft_for

MANY = 100_000
KEY = "incoming/ward/many.json"
KIB = 1 << 10
# What may differ from run to run: small objects, and one offset a chunk.
SLACK_BYTES = 256 * KIB


def records() -> Iterator[bytes]:
    """No two alike, one in a thousand is bad."""
    for number in range(MANY):
        findings = "" if number % 1000 == 7 else f"Findings {number}."
        yield json.dumps({"report_id": f"r{number}", "findings": findings}).encode()


def as_lines() -> bytes:
    return b"\n".join(records())


def as_array() -> bytes:
    return b"[" + b",\n".join(records()) + b"]"


@pytest.mark.parametrize(
    ("make", "pack"),
    [(as_lines, bytes), (as_array, bytes), (as_array, gzip.compress)],
    ids=["lines", "array", "array, gzip"],
)
def test_13_every_record_is_accounted_for_exactly_once(
    world: World, make: Callable[[], bytes], pack: Callable[[bytes], bytes]
) -> None:
    # Larger chunks than deployed ones: the pretended AWS takes milliseconds for every call.
    world.configure({"CHUNK_RECORDS": "5000", "MICRO_BATCH_RECORDS": "5000"})

    world.drop(KEY, pack(make()))
    world.drain()

    entries = world.entries(KEY)
    failures = [row["record_index"] for row in world.rows("failures")]
    drafted = {row["record_index"]: row["generated_impression"] for row in world.rows("impressions")}
    bad = list(range(7, MANY, 1000))
    assert world.given_back == []
    assert world.waiting() == 0
    assert world.result(KEY)["counts"] == {"records": MANY, "ok": MANY - 100, "failed": 100}
    assert len(world.result(KEY)["parts"]) == MANY // 5000
    assert [entry["report_id"] for entry in entries] == [f"r{number}" for number in range(MANY)]
    assert failures == bad
    assert len(world.rows("impressions")) == len(drafted) == MANY - 100
    assert len(world.model.prompts) == MANY - 100
    assert drafted.keys().isdisjoint(bad)
    assert all(draft == draft_for(f"Findings {number}.") for number, draft in drafted.items())
    (file_row,) = world.rows("files")
    assert (file_row["records_total"], file_row["chunks"]) == (MANY, MANY // 5000)


def test_13_more_chunks_than_an_item_holds_are_made_larger(world: World) -> None:
    world.configure({"CHUNK_RECORDS": "1"})
    world.drop(KEY, b"\n".join(b'{"findings": ""}' for _ in range(2_001)))
    event = {"Records": [world._sqs_record(message) for message in world._receive()]}

    world.invoke(event)

    assert world.waiting() - 1 == 1001


def a_piece_at_a_time(count: int, form: str) -> Iterator[bytes]:
    """Pieces of a text of `count` records of 1 KiB each, made as they are read."""
    begin, between, end = (b"[", b",", b"]") if form == "array" else (b"", b"\n", b"")
    record = b'{"findings": "' + b"a" * (KIB - 17) + b'"}'
    piece = (record + between) * 64
    yield begin
    for _ in range(count // 64):
        yield piece
    yield record + end


def peak_of(work: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("form", ["array", "lines"])
def test_13_counting_takes_no_more_memory_for_more_records(form: str) -> None:
    def count(records: int) -> int:
        return survey(TextStream(a_piece_at_a_time(records, form), 1 << 30), 50).total

    few = peak_of(lambda: count(3_200))
    many = peak_of(lambda: count(MANY))

    assert count(MANY) == MANY // 64 * 64 + 1
    assert many < few * 1.2 + SLACK_BYTES
    assert many < 10 * KIB * KIB


@pytest.mark.parametrize("form", ["array", "lines"])
def test_13_reading_the_last_chunk_takes_no_more_memory_than_the_first(form: str) -> None:
    def last_of(records: int) -> int:
        text = TextStream(a_piece_at_a_time(records, form), 1 << 30)
        return len(list(islice(frame(text, "array" if form == "array" else "lines"), records, None)))

    few = peak_of(lambda: last_of(3_200))
    many = peak_of(lambda: last_of(MANY))

    assert last_of(3_200) == 1
    assert many < few * 1.2 + SLACK_BYTES
