"""The endpoint is busy.

Injected: Throttling, 429, 500, 503 and lost connections, for every call or for two calls in a row.
Asserted: A bounded number of calls with back-off, then the message goes back to the queue and is
done in the end. What passes quickly never reaches the queue.
"""

from __future__ import annotations

import pytest

from tests.account.account import Account
from tests.account.faults import refuse
from tests.account.model import draft_for

KEY = "incoming/ward/a.json"
BODY = b'{"findings": "Clear."}'
TROUBLE = [
    (400, "ThrottlingException"),
    (429, "ModelNotReadyException"),
    (500, "InternalFailure"),
    (503, "ServiceUnavailable"),
]


@pytest.mark.parametrize(("status", "code"), TROUBLE)
def test_17_a_busy_endpoint_is_asked_a_few_times_and_then_the_queue_waits(
    account: Account, status: int, code: str
) -> None:
    calls: list[str] = []
    is_busy = True

    def decide(_: str, body: str) -> tuple[int, str] | None:
        calls.append(body)
        return (status, code) if is_busy else None

    account.trouble_endpoint(decide)
    account.drop(KEY, BODY)
    account.drain()

    assert len(calls) == 4
    assert len(account.given_back) == 1
    assert not [key for key in account.list_keys() if key.startswith("results/")]

    is_busy = False
    account.redeliver()
    account.drain()

    assert account.result(KEY)["impressions"][0]["impression"] == draft_for("Clear.")
    assert account.rows("failures") == []
    assert len(account.rows("impressions")) == 1


def test_17_what_passes_quickly_never_reaches_the_queue(account: Account) -> None:
    answers = [(503, "ServiceUnavailable"), (429, "ModelNotReadyException"), None]
    account.trouble_endpoint(lambda _, __: answers.pop(0))

    document = account.finish(KEY, BODY)

    assert document["status"] == "complete"
    assert answers == []


@pytest.mark.parametrize(("lost", "deliveries"), [(2, 1), (4, 2)])
def test_17_a_lost_connection_is_tried_again(account: Account, lost: int, deliveries: int) -> None:
    failed = refuse(account, "sagemaker_runtime", "InvokeEndpoint", lost)
    account.drop(KEY, BODY)
    account.drain()
    assert len(failed) == lost
    assert len(account.given_back) == deliveries - 1

    account.redeliver()
    account.drain()

    assert account.result(KEY)["impressions"][0]["impression"] == draft_for("Clear.")
    assert account.rows("failures") == []
    assert len(account.model.prompts) == 1
