from __future__ import annotations

import gzip
import json
from itertools import islice, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.errors import FileRejectedError
from chalicelib.intake.chunk_plan import Plan
from chalicelib.intake.decoding import TextStream
from chalicelib.intake.json_text.framing import frame
from chalicelib.intake.reading import Scan, frames_of, open_text, read_chunk, scan
from chalicelib.queue.messages import WorkItem
from tests.unit.chalicelib.stores import NOTICED, Stores

LIMIT = 1_000_000
RECORDS = [{"findings": f"Record {number} é"} for number in range(11)]
LINES = "\n".join(json.dumps(record, ensure_ascii=False) for record in RECORDS)
WRITTEN = {
    "array": json.dumps(RECORDS, indent=1).encode(),
    "lines": LINES.encode(),
    "lines with BOM": LINES.encode("utf-8-sig"),
    "lines in UTF-16": LINES.encode("utf-16"),
    "array in gzip": gzip.compress(json.dumps(RECORDS).encode()),
    "glued": "".join(map(json.dumps, RECORDS)).encode(),
    "pretty": "\n".join(json.dumps(one, indent=2) for one in RECORDS).encode(),
    "commas": LINES.replace("\n", ",\n").encode(),
    "wrapped": json.dumps({"count": 11, "records": RECORDS, "next": None}).encode(),
    "wrapped, pages": b"\n".join(
        json.dumps({"Items": RECORDS[at : at + 3]}).encode() for at in range(0, 11, 3)
    ),
}


def surveyed(data: bytes, stride: int = 4) -> Scan:
    return scan(TextStream([data], LIMIT), stride)


def plan_of(found: Scan, work: WorkItem) -> Plan:
    return Plan(work.ref.object_id, found.total, found.stride, found.form, found.seekable, 0)


@pytest.mark.parametrize("name", WRITTEN)
def test_survey_counts_and_keeps_the_head_and_the_places(name: str) -> None:
    found = surveyed(WRITTEN[name])

    assert found.total == 11
    assert [json.loads(one.data or b"") for one in found.head] == RECORDS[:4]
    assert len(found.offsets) == 3
    assert found.seekable is (not any(part in name for part in ("BOM", "UTF-16", "gzip")))


@pytest.mark.parametrize("data", [b"", b" \n", gzip.compress(b""), b"\xef\xbb\xbf"])
def test_survey_of_nothing_is_rejected(data: bytes) -> None:
    with pytest.raises(FileRejectedError) as caught:
        surveyed(data)

    assert caught.value.reason == "Empty"


def test_survey_finds_a_form_whose_first_line_is_longer_than_a_piece() -> None:
    text = b'{"findings": "' + b"x" * 200_000 + b'"}\n{"findings": "y"}'
    pieces = [text[at : at + 1000] for at in range(0, len(text), 1000)]

    found = scan(TextStream(pieces, LIMIT), 4)

    assert (found.form, found.total) == ("lines", 2)


@pytest.mark.parametrize("known", [True, False], ids=["by offset", "by counting"])
@pytest.mark.parametrize("name", WRITTEN)
def test_chunks_hold_each_record_once(stores: Stores, name: str, *, known: bool) -> None:
    found = surveyed(WRITTEN[name])
    work = stores.land("incoming/a", WRITTEN[name])
    plan = plan_of(found, work)

    frames = []
    for chunk in range(plan.chunks):
        offset = found.offsets[chunk] if known else None
        ours = WorkItem(work.ref, NOTICED, *plan.bounds(chunk), offset)
        frames += read_chunk(stores.s3, ours, plan, chunk, LIMIT)[1]

    assert [one.index for one in frames] == list(range(11))
    assert [json.loads(one.data or b"") for one in frames] == RECORDS


def test_text_is_opened_with_what_s3_says_of_it(stores: Stores) -> None:
    work = stores.land("incoming/a", WRITTEN["lines"])

    opened = open_text(stores.s3, work.ref, LIMIT)

    assert opened.size == len(WRITTEN["lines"])
    assert b"".join(opened.text) == WRITTEN["lines"]


def test_text_over_the_limit_is_rejected(stores: Stores) -> None:
    work = stores.land("incoming/a", WRITTEN["lines"])

    with pytest.raises(FileRejectedError) as caught:
        scan(open_text(stores.s3, work.ref, 10).text, 4)

    assert caught.value.reason == "TooLarge"


# Text without records that could be separated is refused when it is counted.
DAMAGED = st.lists(
    st.sampled_from(
        [
            b'{"findings": "a"}',
            b'{"findings": "b\\"',
            b'"c"',
            b"d",
            b"{{",
            b"}",
            b"12",
            b'{"e": [1, "]"]}',
        ]
    ),
    min_size=2,
    max_size=14,
)


@given(parts=DAMAGED, form=st.sampled_from(["lines", "array"]), stride=st.integers(1, 4))
@settings(deadline=None)
def test_a_text_that_ends_with_its_chunk_has_the_same_records(
    parts: list[bytes], form: str, stride: int
) -> None:
    text = b"\n".join(parts) if form == "lines" else b"[" + b" ,\n".join(parts) + b"]"
    try:
        found = scan(TextStream([text], LIMIT), stride)
    except FileRejectedError:
        return
    everything = list(frames_of(TextStream([text], LIMIT))[1])
    for start, (offset, end) in zip(
        range(0, found.total, stride), pairwise([*found.offsets, len(text)]), strict=True
    ):
        if start == 0:
            continue  # it is read from the beginning
        wanted = everything[start : start + stride]
        cut = frame([text[offset:end]], found.form, start, offset)
        assert list(islice(cut, len(wanted))) == wanted


@pytest.mark.parametrize("end", [10, 25, 40])
def test_a_wrong_end_loses_no_record(stores: Stores, end: int) -> None:
    found = surveyed(WRITTEN["lines"])
    work = stores.land("incoming/a", WRITTEN["lines"])
    plan = plan_of(found, work)
    offset = found.offsets[1]
    ours = WorkItem(work.ref, NOTICED, *plan.bounds(1), offset, end=offset + end)

    frames = read_chunk(stores.s3, ours, plan, 1, LIMIT)[1]

    assert [json.loads(one.data or b"") for one in frames] == RECORDS[4:8]
