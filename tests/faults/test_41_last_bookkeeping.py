"""Everything is done, and only the last bookkeeping call fails.

Injected: The completion of the idempotency record, or its removal after a failure, fails for all of
the SDK's attempts; for small files, chunks and re-runs.
Asserted: The message is done. A replay finds the result, changes no byte and pays nothing; a later
re-run with another token is still done.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.account.account import Account
from tests.account.faults import body_of, expire_claims, refuse
from tests.account.model import draft_for
from tests.account.texts import json_lines
from tests.operators import operate_on

KEY = "incoming/ward/a.json"
ALL_TRIES = 4
CHUNKS = [{"findings": "Clear."}] * 3


def completes(request: Any) -> bool:
    return b"COMPLETED" in body_of(request)


@pytest.mark.parametrize("records", [1, 3], ids=["small", "in chunks"])
def test_41_the_message_is_done_and_the_replay_pays_nothing(account: Account, records: int) -> None:
    account.configure({"CHUNK_RECORDS": "1"})
    refused = refuse(account, "dynamodb", "UpdateItem", ALL_TRIES, completes)
    landed = account.drop(KEY, json_lines(*CHUNKS[:records]))
    account.drain()

    assert len(refused) == ALL_TRIES
    assert account.given_back == []
    before = {key: account.read(key) for key in account.list_keys()}

    for _ in range(2):
        expire_claims(account)
        account.deliver(landed.notification())
        account.drain()

    assert account.given_back == []
    assert {entry["impression"] for entry in account.entries(KEY)} == {draft_for("Clear.")}
    assert len(account.model.prompts) == records
    assert {key: account.read(key) for key in account.list_keys()} == before


def test_41_a_re_run_is_not_answered_by_the_result_of_an_earlier_run(account: Account) -> None:
    account.finish(KEY, json_lines({"findings": "Clear."}))
    operate_on("rerun", key=KEY, token="again")
    refused = refuse(account, "dynamodb", "UpdateItem", ALL_TRIES, completes)
    account.drain()
    assert len(refused) == ALL_TRIES
    assert len(account.model.prompts) == 2

    expire_claims(account)
    operate_on("rerun", key=KEY, token="again")
    account.drain()
    assert len(account.model.prompts) == 2

    operate_on("rerun", key=KEY, token="third")
    account.drain()
    assert len(account.model.prompts) == 3


def test_41_a_failure_is_told_though_its_claim_cannot_be_given_up(account: Account) -> None:
    account.trouble_endpoint(lambda *_: (503, "ServiceUnavailable"))
    refuse(account, "dynamodb", "DeleteItem", ALL_TRIES)
    account.drop(KEY, json_lines({"findings": "Clear."}))

    account.drain()

    assert len(account.given_back) == 1
    assert '"error":"EndpointBusyError"' in account.logs.replace(": ", ":").replace("'", '"')
