from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.intake.chunk_plan import MOST_CHUNKS, Plan, begin, chunk_size, finish_chunk, read
from tests.unit.chalicelib.stores import PROGRESS, Stores

PLAN = Plan("object", 11, 4, "array", seekable=True, size=99)


def test_first_plan_wins(stores: Stores) -> None:
    later = Plan("object", 11, 5, "array", seekable=True, size=99)

    first = begin(stores.dynamodb, PROGRESS, PLAN)
    second = begin(stores.dynamodb, PROGRESS, later)

    assert first == second == PLAN
    assert read(stores.dynamodb, PROGRESS, "object") == PLAN


def test_object_that_was_never_cut_has_no_plan(stores: Stores) -> None:
    assert read(stores.dynamodb, PROGRESS, "object") is None


def test_plan_expires_after_its_messages(stores: Stores) -> None:
    begin(stores.dynamodb, PROGRESS, PLAN)

    item = stores.dynamodb.get_item(TableName=PROGRESS, Key={"object_id": {"S": "object"}})["Item"]

    assert 29 * 86_400 < int(item["expiration"]["N"]) - time.time() < 31 * 86_400


def test_finishing_chunks_adds_up_and_repeats_do_not(stores: Stores) -> None:
    begin(stores.dynamodb, PROGRESS, PLAN)

    first = finish_chunk(stores.dynamodb, PROGRESS, PLAN, 2, 1)
    again = finish_chunk(stores.dynamodb, PROGRESS, PLAN, 2, 1)
    last = finish_chunk(stores.dynamodb, PROGRESS, PLAN, 0, 3)

    assert first == again == {2: 1}
    assert last == {0: 3, 2: 1}


def test_progress_survives_a_second_reader(stores: Stores) -> None:
    begin(stores.dynamodb, PROGRESS, PLAN)
    finish_chunk(stores.dynamodb, PROGRESS, PLAN, 1, 0)

    begin(stores.dynamodb, PROGRESS, PLAN)

    assert finish_chunk(stores.dynamodb, PROGRESS, PLAN, 0, 0) == {0: 0, 1: 0}


@settings(deadline=None)
@given(total=st.integers(1, 5_000_000), wanted=st.integers(1, 500))
def test_chunks_cover_every_record_once_and_are_not_too_many(total: int, wanted: int) -> None:
    size = chunk_size(total, wanted)
    plan = Plan("object", total, size, "lines", seekable=False, size=1)

    assert size % wanted == 0
    assert plan.chunks <= MOST_CHUNKS
    assert plan.bounds(0)[0] == 0
    assert plan.bounds(plan.chunks - 1)[1] == total
    if plan.chunks > 1:
        assert plan.bounds(0)[1] == plan.bounds(1)[0]


@pytest.mark.parametrize(("total", "size"), [(100_000, 50), (100_001, 100), (5, 50)])
def test_chunks_grow_only_when_there_would_be_too_many(total: int, size: int) -> None:
    assert chunk_size(total, 50) == size
