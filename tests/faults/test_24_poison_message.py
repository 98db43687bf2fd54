"""A message that always fails.

Injected: A message in no known format, and one whose model stays unavailable until the message is
dead-lettered; then `redrive`, twice, and a message that is in both queues.
Asserted: After five deliveries it is in the dead-letter queue and counted there. Redriving it
completes the file, redriving twice changes nothing, and a duplicate is processed and paid for once.
"""

from __future__ import annotations

from tests.account.account import Account
from tests.account.model import draft_for
from tests.operators import operate_on

RECEIVES = 5  # template.yaml: maxReceiveCount


def give_up(account: Account) -> None:
    """Deliver what is in the queue until the queue itself gives it up."""
    for _ in range(RECEIVES + 1):
        account.drain()
        account.redeliver()


def test_24_a_message_that_nobody_knows_ends_in_the_dead_letter_queue(account: Account) -> None:
    account.deliver('{"who": "knows"}')

    give_up(account)

    told = operate_on("counts")
    assert told["dead_letters"] == 1
    assert told["queue"] == {"waiting": 0, "in_work": 0}
    assert account.logs.count("returned to the queue") == RECEIVES


def test_24_redrive_finishes_what_was_given_up_and_twice_is_harmless(account: Account) -> None:
    is_away = True
    account.trouble_endpoint(lambda *_: (503, "ServiceUnavailable") if is_away else None)
    landed = account.drop("incoming/ward/a.json", b'{"findings": "Clear."}')
    give_up(account)
    assert operate_on("counts")["dead_letters"] == 1
    assert operate_on("counts")["files"] == {"waiting": 1}

    is_away = False
    first = operate_on("redrive")
    account.drain()
    second = operate_on("redrive")
    account.drain()

    assert (first, second) == ({"redriven": 1, "left": 0}, {"redriven": 0, "left": 0})
    assert account.result(landed.key)["impressions"][0]["impression"] == draft_for("Clear.")
    assert len(account.rows("impressions")) == 1
    assert len(account.model.prompts) == 1
    assert operate_on("counts")["files"] == {"complete": 1}


def test_24_a_message_that_is_redriven_twice_is_answered_once(account: Account) -> None:
    landed = account.put("incoming/ward/a.json", b'{"findings": "Clear."}')
    # Killed between sending and deleting: the message lies in both queues, and is sent again.
    for _ in range(2):
        account.sqs.send_message(
            QueueUrl=account.dead_letter_url, MessageBody=landed.notification()
        )

    assert operate_on("redrive")["redriven"] == 2
    account.drain()

    assert len(account.model.prompts) == 1
    assert len(account.rows("impressions")) == 1
