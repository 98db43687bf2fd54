"""The response to a conditional write is lost, and the SDK sends it again.

Injected: The claim of a unit, the result document and each change to the nightly ledger are
written, but the response is lost, once or for every attempt of the SDK.
Asserted: One's own write is recognised: no dead letter, no skipped night, and the model is paid
once. A claim whose owner never learned of it expires and is then taken over.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.account.account import Account
from tests.account.faults import body_of, expire_claims, lose_responses
from tests.account.model import draft_for
from tests.account.settings import INVOCATION_MS
from tests.account.texts import json_lines
from tests.nights import Nights, reports

KEY = "incoming/ward/a.json"


def claims(request: Any) -> bool:
    return b"INPROGRESS" in body_of(request) and b"ConditionExpression" in body_of(request)


def ledgers(request: Any) -> bool:
    return b'"nights"' in body_of(request)


@pytest.mark.parametrize("records", [1, 3], ids=["small", "in chunks"])
def test_40_ones_own_claim_is_recognised(account: Account, records: int) -> None:
    account.configure({"CHUNK_RECORDS": "1"})
    lost = lose_responses(account, "dynamodb", "PutItem", times=records + 1, chosen=claims)

    account.finish(KEY, json_lines(*[{"findings": "Clear."}] * records))

    assert lost
    assert {entry["impression"] for entry in account.entries(KEY)} == {draft_for("Clear.")}
    assert len(account.model.prompts) == records


def test_40_a_claim_that_nobody_knows_of_is_waited_for(account: Account) -> None:
    lost = lose_responses(account, "dynamodb", "PutItem", 4, claims, retries_too=True)
    landed = account.drop(KEY, json_lines({"findings": "Clear."}))
    account.drain()
    account.redeliver()
    account.drain()

    # The second delivery meets the claim of the first, and waits for as long as that lasts.
    assert len(lost) == 4
    delays = [
        int(found) for found in re.findall(r'"delay_s": ?(\d+)', account.logs.replace("'", '"'))
    ]
    assert delays[0] == 30
    assert INVOCATION_MS / 1000 - 60 < delays[1] <= INVOCATION_MS / 1000

    expire_claims(account)
    account.redeliver()
    account.drain()

    assert account.result(landed.key)["status"] == "complete"
    assert len(account.model.prompts) == 1


@pytest.mark.parametrize("uploads", [1, 2])
def test_40_ones_own_result_is_recognised(account: Account, uploads: int) -> None:
    for number in range(uploads - 1):
        account.finish(KEY, json_lines({"findings": f"Earlier {number}."}))
    lost = lose_responses(
        account, "s3", "PutObject", chosen=lambda request: "/results/" in request.url
    )

    account.finish(KEY, json_lines({"findings": "Clear."}))

    assert len(lost) == 1
    (entry,) = account.entries(KEY)
    assert entry["impression"] == draft_for("Clear.")
    assert len(account.model.prompts) == uploads


@pytest.mark.parametrize("which", range(1, 4), ids=["claimed", "gathered", "submitted"])
def test_40_the_night_recognises_its_own_ledger(
    account: Account, nights: Nights, which: int
) -> None:
    account.put("nightly/ward/a.json", reports(3))
    seen: list[int] = []

    def chosen(request: Any) -> bool:
        if ledgers(request):
            seen.append(1)
        return ledgers(request) and len(seen) == which

    lost = lose_responses(account, "dynamodb", "PutItem", chosen=chosen)

    told = nights.run()
    nights.finish()

    assert len(lost) == 1
    assert told.job == nights.only_job
    assert len(account.entries("nightly/ward/a.json")) == 3
    assert account.given_back == []
