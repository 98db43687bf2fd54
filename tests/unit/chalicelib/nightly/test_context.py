from __future__ import annotations

from typing import Any

import msgspec
import pytest

from chalicelib.nightly.context import RESERVE_S, Continuation, NightlyContext
from chalicelib.nightly.ledger import ITEM, NightlyBatch
from chalicelib.queue.messages import OwnMessage, ShardReady
from tests.unit.chalicelib.stores import LIVE, PROGRESS, Stores


def context(stores: Stores, seconds_left: float = 900.0) -> NightlyContext:
    sagemaker: Any = None
    return NightlyContext(
        stores.settings, stores.s3, stores.sqs, stores.dynamodb, sagemaker, lambda: seconds_left
    )


class TestContinuation:
    WHOLE = Continuation("nightly", "nightly/a", "night-1", 2, 3, 40, 500, 6)

    def test_comes_back_as_it_was_sent(self) -> None:
        sent = msgspec.json.encode(self.WHOLE)

        assert msgspec.json.decode(sent, type=Continuation) == self.WHOLE

    def test_has_the_names_that_functions_of_another_release_read(self) -> None:
        assert msgspec.json.decode(msgspec.json.encode(self.WHOLE)) == {
            "lane": "nightly",
            "after": "nightly/a",
            "night": "night-1",
            "attempt": 2,
            "shards": 3,
            "objects": 40,
            "records": 500,
            "requeued": 6,
        }

    def test_of_a_sweep_is_short(self) -> None:
        sent = msgspec.json.encode(Continuation("incoming", "incoming/a", requeued=7))

        assert msgspec.json.decode(sent) == {
            "lane": "incoming",
            "after": "incoming/a",
            "requeued": 7,
        }


@pytest.mark.parametrize(
    ("seconds_left", "late"), [(RESERVE_S, False), (RESERVE_S - 0.001, True), (0.0, True)]
)
def test_an_invocation_is_late_when_only_its_reserve_is_left(
    stores: Stores, seconds_left: float, *, late: bool
) -> None:
    assert context(stores, seconds_left).is_late is late


def test_the_ledger_lies_in_the_progress_table(stores: Stores) -> None:
    night = NightlyBatch("night-1", "job-1", LIVE)

    context(stores).ledger.change(lambda record: record.with_night(night))

    assert "Item" in stores.dynamodb.get_item(TableName=PROGRESS, Key={"object_id": {"S": ITEM}})


def test_messages_go_to_the_work_queue(stores: Stores) -> None:
    messages: list[OwnMessage | ShardReady] = [
        OwnMessage("b", "nightly/a", "e"),
        ShardReady("work/nightly/n-1", 0),
    ]

    assert context(stores).send(messages) == 2

    assert len(stores.messages()) == 2
