"""Everything is done, and only the last bookkeeping call fails.

Injected: The completion of an idempotency record, one's own or that of a result that is replaced,
or giving it up after a failure, fails for all of the SDK's attempts.
Asserted: The message is done. A replay finds the result, changes no byte and pays nothing; a later
re-run with another token is still done.
"""

from __future__ import annotations

from typing import Any

from tests.account.account import Account
from tests.account.faults import body_of, expire_claims, refuse
from tests.account.landed import Landed
from tests.account.model import draft_for
from tests.account.texts import json_lines
from tests.operators import operate_on

KEY = "incoming/ward/a.json"
ALL_TRIES = 4
CHUNKS = [{"findings": "Clear."}] * 3


def completes(request: Any) -> bool:
    return b"COMPLETED" in body_of(request)


def gives_up(request: Any) -> bool:
    return b"given_up" in body_of(request)


def replays_pay_nothing(account: Account, landed: Landed, drafted: int) -> None:
    before = {key: account.read(key) for key in account.list_keys()}
    for _ in range(2):
        expire_claims(account)
        account.deliver(landed.notification())
        account.drain()
    assert account.given_back == []
    assert len(account.model.prompts) == drafted
    assert {key: account.read(key) for key in account.list_keys()} == before


def test_41_a_split_whose_record_is_not_completed_is_done_once(account: Account) -> None:
    account.configure({"CHUNK_RECORDS": "1"})
    refused = refuse(account, "dynamodb", "UpdateItem", ALL_TRIES, completes)
    landed = account.drop(KEY, json_lines(*CHUNKS))
    account.drain()

    assert len(refused) == ALL_TRIES
    assert {entry["impression"] for entry in account.entries(KEY)} == {draft_for("Clear.")}
    replays_pay_nothing(account, landed, len(CHUNKS))


def test_41_a_replay_whose_record_is_not_completed_pays_nothing(account: Account) -> None:
    landed = account.drop(KEY, json_lines(CHUNKS[0]))
    account.drain()
    expire_claims(account)
    refused = refuse(account, "dynamodb", "UpdateItem", ALL_TRIES, completes)
    account.deliver(landed.notification())
    account.drain()

    assert len(refused) == ALL_TRIES
    replays_pay_nothing(account, landed, 1)


def test_41_a_result_is_replaced_though_the_record_before_cannot_be_completed(
    account: Account,
) -> None:
    older = account.drop(KEY, json_lines({"findings": "Older."}))
    account.drain()
    refused = refuse(account, "dynamodb", "UpdateItem", ALL_TRIES, completes)
    account.drop(KEY, json_lines({"findings": "Newer."}))
    account.drain()

    assert len(refused) == ALL_TRIES
    assert account.given_back == []
    expire_claims(account)
    account.deliver(older.notification())
    account.drain()
    assert {entry["impression"] for entry in account.entries(KEY)} == {draft_for("Newer.")}


def test_41_a_re_run_is_not_answered_by_the_result_of_an_earlier_run(account: Account) -> None:
    account.finish(KEY, json_lines({"findings": "Clear."}))
    refused = refuse(account, "dynamodb", "UpdateItem", ALL_TRIES, completes)
    operate_on("rerun", key=KEY, token="again")
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
    refuse(account, "dynamodb", "UpdateItem", ALL_TRIES, gives_up)
    account.drop(KEY, json_lines({"findings": "Clear."}))

    account.drain()

    assert len(account.given_back) == 1
    assert '"error":"EndpointBusyError"' in account.logs.replace(": ", ":").replace("'", '"')
