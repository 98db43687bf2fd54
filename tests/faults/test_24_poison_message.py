"""24: poison message: dead-letter queue after the set number; `redrive` twice is harmless."""

from __future__ import annotations

from tests.operators import operate_on
from tests.worlds import World, draft_for

RECEIVES = 5  # template.yaml: maxReceiveCount


def give_up(world: World) -> None:
    """Deliver what is in the queue until the queue itself gives it up."""
    for _ in range(RECEIVES + 1):
        world.drain()
        world.redeliver()


def test_24_a_message_that_nobody_knows_ends_in_the_dead_letter_queue(world: World) -> None:
    world.deliver('{"who": "knows"}')

    give_up(world)

    told = operate_on("counts")
    assert told["dead_letters"] == 1
    assert told["queue"] == {"waiting": 0, "in_work": 0}
    assert world.logs.count("given back to the queue") == RECEIVES


def test_24_redrive_finishes_what_was_given_up_and_twice_is_harmless(world: World) -> None:
    is_away = True
    world.trouble_endpoint(lambda *_: (503, "ServiceUnavailable") if is_away else None)
    landed = world.drop("incoming/ward/a.json", b'{"findings": "Clear."}')
    give_up(world)
    assert operate_on("counts")["dead_letters"] == 1
    assert operate_on("counts")["files"] == {"waiting": 1}

    is_away = False
    first = operate_on("redrive")
    world.drain()
    second = operate_on("redrive")
    world.drain()

    assert (first, second) == ({"redriven": 1, "left": 0}, {"redriven": 0, "left": 0})
    assert world.result(landed.key)["impressions"][0]["impression"] == draft_for("Clear.")
    assert len(world.rows("impressions")) == 1
    assert len(world.model.prompts) == 1
    assert operate_on("counts")["files"] == {"complete": 1}


def test_24_a_message_that_is_redriven_twice_is_answered_once(world: World) -> None:
    landed = world.put("incoming/ward/a.json", b'{"findings": "Clear."}')
    # Killed between sending and deleting: the message lies in both queues, and is sent again.
    for _ in range(2):
        world.sqs.send_message(QueueUrl=world.dead_letter_url, MessageBody=landed.notification())

    assert operate_on("redrive")["redriven"] == 2
    world.drain()

    assert len(world.model.prompts) == 1
    assert len(world.rows("impressions")) == 1
