"""Single deliveries: one batch of messages, one invocation, which may be killed on its way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from tests.account.faults import Chosen, _register
from tests.nights import Killed

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

    from tests.account.account import Account


@contextmanager
def received(account: Account) -> Iterator[tuple[list[MessageTypeDef], dict[str, Any]]]:
    """Take the next batch from the queue; all of it comes back with `account.redeliver()`."""
    messages = account._receive()
    assert messages
    yield messages, {"Records": [account._sqs_record(message) for message in messages]}
    account.given_back += messages


def deliver_once(account: Account) -> None:
    """Deliver one batch of messages, and acknowledge what the function has done of it."""
    with received(account) as (messages, event):
        failed = {one["itemIdentifier"] for one in account.invoke(event)["batchItemFailures"]}
        for message in [one for one in messages if one["MessageId"] not in failed]:
            account.sqs.delete_message(
                QueueUrl=account.queue_url, ReceiptHandle=message["ReceiptHandle"]
            )
            messages.remove(message)


def deliver_and_die(account: Account) -> None:
    """Deliver one batch of messages to an invocation that is killed: nothing is acknowledged."""
    with received(account) as (_, event), pytest.raises(Killed):
        account.invoke(event)


def kill_before(
    account: Account, service: str, operation: str, at: int = 1, chosen: Chosen | None = None
) -> None:
    """Kill the function, once, before its `at`-th request of an operation."""
    seen: list[str] = []

    def die(request: Any, **_: Any) -> None:
        if chosen is not None and not chosen(request):
            return
        seen.append(request.url)
        if len(seen) == at:
            raise Killed

    _register(account, service, operation, die)
