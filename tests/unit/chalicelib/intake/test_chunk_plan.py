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
    Finished,
    Plan,
    Plans,
    begin,
    chunk_size,
    finish_chunk,
    read,
    read_progress,
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

    finished = [
        finish_chunk(stores.dynamodb, PROGRESS, PLAN, chunk, failed)
        for chunk, failed in ((2, 1), (2, 1), (0, 3), (0, 2), (1, 0), (2, 1))
    ]

    # The last chunk of three, and a repetition after it, know the sum.
    assert finished == [*[Finished()] * 4, Finished(3), Finished(3)]
    progress = read_progress(stores.dynamodb, PROGRESS, PLAN.object_id)
    assert progress is not None
    assert progress.done == {0: 2, 1: 0, 2: 1}


def test_progress_is_asked_for_only_when_it_may_be_complete(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = Plan("large", 80, 4, "array", seekable=True, size=99)
    begin(stores.dynamodb, PROGRESS, plan)
    told: list[bool] = []
    real = stores.dynamodb.update_item

    def update_item(**asked: Any) -> Any:
        answer = real(**asked)
        told.append("Attributes" in answer)
        return answer

    monkeypatch.setattr(stores.dynamodb, "update_item", update_item)
    finished = [
        finish_chunk(stores.dynamodb, PROGRESS, plan, chunk, 1) for chunk in range(plan.chunks)
    ]

    assert finished == [*[Finished()] * 19, Finished(20)]
    assert told == [*[False] * 19, True]


def test_chunks_that_finish_at_the_same_time_are_completed_by_one(stores: Stores) -> None:
    plan = Plan("busy", 160, 4, "array", seekable=True, size=99)
    begin(stores.dynamodb, PROGRESS, plan)

    with ThreadPoolExecutor(max_workers=8) as pool:
        finished = list(
            pool.map(
                lambda chunk: finish_chunk(stores.dynamodb, PROGRESS, plan, chunk, 1),
                range(plan.chunks),
            )
        )

    assert [one for one in finished if one.failed is not None] == [Finished(40)]


def test_chunk_of_a_superseded_plan_does_not_count(stores: Stores) -> None:
    begin(stores.dynamodb, PROGRESS, PLAN)
    finish_chunk(stores.dynamodb, PROGRESS, PLAN, 1, 0)
    rerun = begin(
        stores.dynamodb,
        PROGRESS,
        msgspec.structs.replace(PLAN, rerun_token="again"),
    )

    assert finish_chunk(stores.dynamodb, PROGRESS, PLAN, 2, 5) == Finished(superseded=True)
    finished = [finish_chunk(stores.dynamodb, PROGRESS, rerun, chunk, 0) for chunk in range(3)]
    assert finished == [Finished(), Finished(), Finished(0)]


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

    progress = read_progress(stores.dynamodb, PROGRESS, PLAN.object_id)
    assert progress is not None
    assert progress.done == {1: 0}


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
