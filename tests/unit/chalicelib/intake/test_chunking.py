"""A large object's messages: every record in one of them, and each leads to its own records."""

from __future__ import annotations

import gzip
import json
from itertools import pairwise
from typing import Any

import msgspec
import pytest

from chalicelib.intake import chunk_plan, reading
from chalicelib.intake.chunking import chunk_messages
from chalicelib.queue.messages import OwnMessage, WorkItem, read_message
from tests.unit.chalicelib.stores import NOTICED, PROGRESS, Stores

LIMIT = 1_000_000
RECORDS = [{"findings": f"Text {number} é."} for number in range(11)]
LINES = "\n".join(json.dumps(record, ensure_ascii=False) for record in RECORDS)
FORMS = {
    "lines": LINES.encode(),
    "array": json.dumps(RECORDS, indent=1).encode(),
    "gzip": gzip.compress(LINES.encode()),
    "UTF-16": LINES.encode("utf-16"),
}


def cut(stores: Stores, work: WorkItem, stride: int = 4) -> list[OwnMessage]:
    opened = reading.open_text(stores.s3, work.ref, LIMIT)
    found = reading.scan(opened.text, stride)
    return chunk_messages(stores.dynamodb, PROGRESS, work, found, opened.size)


def read(stores: Stores, message: OwnMessage) -> list[Any]:
    """The records that a message leads to."""
    (work,) = read_message(msgspec.json.encode(message).decode(), NOTICED)
    assert isinstance(work, WorkItem)
    plan = chunk_plan.read(stores.dynamodb, PROGRESS, message.ref.object_id)
    assert plan is not None
    chunk = (message.start or 0) // plan.chunk_records
    _, frames = reading.read_chunk(stores.s3, work, plan, chunk, LIMIT)
    return [json.loads(frame.data or b"") for frame in frames]


@pytest.mark.parametrize("form", FORMS)
def test_each_message_leads_to_its_own_records(stores: Stores, form: str) -> None:
    work = stores.land("incoming/a", FORMS[form])

    messages = cut(stores, work)

    assert [(one.start, one.stop) for one in messages] == [(0, 4), (4, 8), (8, 11)]
    assert [read(stores, one) for one in messages] == [RECORDS[:4], RECORDS[4:8], RECORDS[8:]]
    assert {one.ref for one in messages} == {work.ref}


@pytest.mark.parametrize("form", ["lines", "array"])
def test_a_message_spares_its_reader_what_lies_before(stores: Stores, form: str) -> None:
    data = FORMS[form]

    messages = cut(stores, stores.land("incoming/a", data))

    for message, first in zip(messages, (0, 4, 8), strict=True):
        rest = data[message.offset or 0 :].lstrip(b"[, \n")
        assert json.JSONDecoder().raw_decode(rest.decode())[0] == RECORDS[first]


@pytest.mark.parametrize("form", ["lines", "array"])
def test_a_message_spares_its_reader_what_lies_behind(
    stores: Stores, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    messages = cut(stores, stores.land("incoming/a", FORMS[form]))
    received: list[int] = []
    real = stores.s3.get_object

    def get_object(**asked: Any) -> Any:
        answer = real(**asked)
        received.append(answer["ContentLength"])
        return answer

    monkeypatch.setattr(stores.s3, "get_object", get_object)

    assert [read(stores, one) for one in messages[1:]] == [RECORDS[4:8], RECORDS[8:]]
    assert [one.end == two.offset for one, two in pairwise(messages)] == [True, True]
    assert messages[-1].end is None
    assert sum(received) <= len(FORMS[form]) - (messages[1].offset or 0)


def test_the_plan_is_stored_before_anybody_hears_of_a_chunk(stores: Stores) -> None:
    work = stores.land("incoming/a", FORMS["lines"])

    cut(stores, msgspec.structs.replace(work, rerun_token="t1"))

    plan = chunk_plan.read(stores.dynamodb, PROGRESS, work.ref.object_id)
    assert plan == chunk_plan.Plan(
        *(work.ref.object_id, 11, 4, "lines"),
        seekable=True,
        size=len(FORMS["lines"]),
        rerun_token="t1",
    )


def test_a_stored_plan_is_followed_whatever_the_setting_says_now(stores: Stores) -> None:
    work = stores.land("incoming/a", FORMS["lines"])
    first = cut(stores, work)

    second = cut(stores, work, stride=6)

    assert [(one.start, one.stop) for one in second] == [(one.start, one.stop) for one in first]
    # Only where both strides meet is the place of a record known.
    assert [one.offset is None for one in second] == [False, True, True]
    assert [one.end for one in second] == [None, None, None]
    assert [read(stores, one) for one in second] == [read(stores, one) for one in first]


def test_a_message_passes_on_what_its_object_s_message_said(stores: Stores) -> None:
    work = msgspec.structs.replace(
        stores.land("nightly/a", FORMS["lines"]),
        rerun_token="t1",
        batch_folder="work/nightly/n-1",
        drafts="work/nightly/n-1/out/00000.jsonl.out",
    )

    messages = cut(stores, work)

    told = {(one.rerun_token, one.batch_folder, one.drafts) for one in messages}
    assert told == {("t1", "work/nightly/n-1", "work/nightly/n-1/out/00000.jsonl.out")}


def test_there_are_never_more_chunks_than_a_plan_can_hold(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunk_plan, "MOST_CHUNKS", 3)
    work = stores.land("incoming/a", FORMS["lines"])

    messages = cut(stores, work, stride=2)

    assert [(one.start, one.stop) for one in messages] == [(0, 4), (4, 8), (8, 11)]
    assert [read(stores, one) for one in messages] == [RECORDS[:4], RECORDS[4:8], RECORDS[8:]]
