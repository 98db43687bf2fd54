"""The claim of an invocation that is dead is still in progress.

Injected: The function is killed between claiming a unit and completing the claim, on a small file
and on the last chunk of a large one, before or after everything is written.
Asserted: The claim ends with the invocation at the latest. Until then, a delivery waits for as
long as the claim lasts and pays nothing; afterwards it takes the claim over and finishes the work,
without paying again for what was written.
"""

from __future__ import annotations

import re
import time
from typing import Any

import pytest

from tests.account.account import Account
from tests.account.deliveries import deliver_and_die, deliver_once, kill_before
from tests.account.faults import body_of, expire_claims
from tests.account.model import draft_for
from tests.account.settings import INVOCATION_MS, SETTINGS
from tests.account.texts import json_lines

KEY = "incoming/ward/a.json"


def completes(request: Any) -> bool:
    return b"COMPLETED" in body_of(request)


@pytest.mark.parametrize("records", [1, 2], ids=["small", "in chunks"])
@pytest.mark.parametrize("written", [False, True], ids=["nothing written", "all written"])
def test_23_it_is_taken_over_when_it_expires(
    account: Account, *, records: int, written: bool
) -> None:
    account.configure({"CHUNK_RECORDS": "1"})
    account.drop(KEY, json_lines(*[{"findings": "Clear."}] * records))
    if records > 1:
        deliver_once(account)
    if written:
        kill_before(account, "dynamodb", "UpdateItem", records, completes)
    else:
        kill_before(account, "sagemaker_runtime", "InvokeEndpoint", records)
    killed_at = time.time()
    deliver_and_die(account)
    paid = len(account.model.prompts)
    assert paid == (records if written else records - 1)

    (claim,) = [
        item
        for item in account.dynamodb.scan(TableName=SETTINGS["IDEMPOTENCY_TABLE"])["Items"]
        if item["status"]["S"] == "INPROGRESS"
    ]
    ends_s = int(claim["in_progress_expiration"]["N"]) / 1000
    assert ends_s <= killed_at + INVOCATION_MS / 1000 + 5

    account.redeliver()
    account.drain()
    assert len(account.given_back) == 1
    delays = [int(found) for found in re.findall(r'"delay_s": ?(\d+)', account.logs)]
    assert delays == [pytest.approx(ends_s - time.time(), abs=5)]
    assert len(account.model.prompts) == paid

    expire_claims(account)
    account.redeliver()
    account.drain()

    assert account.given_back == []
    assert account.result(KEY)["status"] == "complete"
    assert [one["impression"] for one in account.entries(KEY)] == [draft_for("Clear.")] * records
    assert len(account.rows("impressions")) == records
    assert len(account.model.prompts) == records
