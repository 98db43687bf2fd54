from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.intake.chunk_plan import (
    MOST_CHUNKS,
    Plan,
    Plans,
    begin,
    chunk_size,
    finish_chunk,
    read,
)
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


def test_chunk_of_a_superseded_plan_does_not_count(stores: Stores) -> None:
    begin(stores.dynamodb, PROGRESS, PLAN)
    finish_chunk(stores.dynamodb, PROGRESS, PLAN, 1, 0)
    rerun = begin(
        stores.dynamodb,
        PROGRESS,
        msgspec.structs.replace(PLAN, rerun_token="again"),
    )

    assert finish_chunk(stores.dynamodb, PROGRESS, PLAN, 2, 5) is None
    assert finish_chunk(stores.dynamodb, PROGRESS, rerun, 0, 0) == {0: 0}


class TestPlans:
    def test_are_read_once(self, stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
        begin(stores.dynamodb, PROGRESS, PLAN)
        reads: list[str] = []
        real = stores.dynamodb.get_item

        def get_item(**asked: Any) -> Any:
            reads.append(asked["Key"]["object_id"]["S"])
            return real(**asked)

        monkeypatch.setattr(stores.dynamodb, "get_item", get_item)
        plans = Plans(stores.dynamodb, PROGRESS)

        with ThreadPoolExecutor(max_workers=8) as pool:
            found = list(pool.map(lambda _: plans.of(PLAN.object_id, None), range(20)))

        assert found == [PLAN] * 20
        assert reads == [PLAN.object_id]

    def test_are_read_again_for_another_run(self, stores: Stores) -> None:
        begin(stores.dynamodb, PROGRESS, PLAN)
        plans = Plans(stores.dynamodb, PROGRESS)
        assert plans.of(PLAN.object_id, None) == PLAN
        rerun = msgspec.structs.replace(PLAN, rerun_token="again")
        begin(stores.dynamodb, PROGRESS, rerun)

        assert plans.of(PLAN.object_id, "again") == rerun
        # A late chunk of the run before sees that it is superseded.
        assert plans.of(PLAN.object_id, None) == rerun

    def test_of_what_was_never_split_are_none(self, stores: Stores) -> None:
        plans = Plans(stores.dynamodb, PROGRESS)

        assert plans.of("other", None) is None
        begin(stores.dynamodb, PROGRESS, PLAN)
        assert plans.of(PLAN.object_id, None) == PLAN


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
