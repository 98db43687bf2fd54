from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.errors import QueueError, RetryableError
from chalicelib.queue import sender
from chalicelib.queue.messages import OwnMessage, ShardReady, WorkItem, read_message
from tests.unit.chalicelib.stores import NOTICED, Stores


def messages(count: int) -> list[OwnMessage]:
    return [OwnMessage("b", f"incoming/{number}", "e") for number in range(count)]


def read_queue(stores: Stores) -> list[Any]:
    return [work for one in stores.messages() for work in read_message(one["Body"], NOTICED)]


class Recording:
    """The queue, and the sizes of the calls; `fails` says which call takes only some."""

    def __init__(self, stores: Stores, fails: int = -1) -> None:
        self.real, self.fails = stores.sqs, fails
        self.calls: list[int] = []

    def send_message_batch(self, **asked: Any) -> Any:
        self.calls.append(len(asked["Entries"]))
        if len(self.calls) - 1 == self.fails:
            refused = asked["Entries"].pop()
            self.real.send_message_batch(**asked)
            return {"Failed": [{"Id": refused["Id"]}]}
        return self.real.send_message_batch(**asked)


@pytest.mark.parametrize(
    ("count", "calls"), [(0, []), (1, [1]), (10, [10]), (11, [10, 1]), (25, [10, 10, 5])]
)
def test_every_message_is_sent_in_as_few_calls_as_there_can_be(
    stores: Stores, count: int, calls: list[int]
) -> None:
    sqs: Any = Recording(stores)

    sent = sender.send(sqs, stores.settings.work_queue_url, messages(count))

    assert (sent, sqs.calls) == (count, calls)
    keys = sorted(work.ref.key for work in read_queue(stores))
    assert keys == sorted(message.key for message in messages(count))


def test_what_is_read_is_what_was_sent(stores: Stores) -> None:
    unit = OwnMessage(
        *("b", "incoming/é b", "e", 4, 8, "v", 99),
        rerun_token="t",
        batch_folder="work/nightly/n-1",
        drafts="work/nightly/n-1/out/00000.jsonl.out",
    )
    ready = ShardReady("work/nightly/n-1", 3)

    sender.send(stores.sqs, stores.settings.work_queue_url, [unit, ready])

    work, shard = sorted(read_queue(stores), key=lambda one: isinstance(one, ShardReady))
    assert shard == ready
    assert work == WorkItem(
        *(unit.ref, NOTICED, 4, 8, 99, "t"), unit.batch_folder, drafts=unit.drafts
    )


def test_messages_that_are_made_on_the_way_are_not_held(stores: Stores) -> None:
    made: list[int] = []
    sqs: Any = Recording(stores)

    def endless() -> Iterator[OwnMessage]:
        for number, message in enumerate(messages(30)):
            made.append(number)
            assert number < 10 * (len(sqs.calls) + 1)
            yield message

    assert sender.send(sqs, stores.settings.work_queue_url, endless()) == 30
    assert len(made) == 30


def test_a_message_that_was_not_taken_is_an_error_to_try_again(stores: Stores) -> None:
    sqs: Any = Recording(stores, fails=1)

    with pytest.raises(QueueError, match="did not accept 1 messages") as caught:
        sender.send(sqs, stores.settings.work_queue_url, messages(25))

    assert isinstance(caught.value, RetryableError)
    # The third call is not made: whoever sends all of it again sends that too.
    assert sqs.calls == [10, 10]
    assert len(read_queue(stores)) == 19
