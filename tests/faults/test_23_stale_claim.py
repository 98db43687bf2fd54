"""The claim of an invocation that is dead is still in progress.

Injected: The function is killed after claiming a unit, on a small file and on the last chunk of a
large one, before or after everything is written.
Asserted: The claim ends with the invocation at the latest. Until then, a delivery waits for as
long as the claim lasts and pays nothing; afterwards it takes the claim over and finishes the work.
If everything was written, the next delivery is answered at once, and pays nothing.
"""

from __future__ import annotations

import re
import time

import pytest

from tests.account.account import Account
from tests.account.deliveries import deliver_and_die, deliver_once, kill_before, received
from tests.account.faults import expire_claims
from tests.account.model import draft_for
from tests.account.settings import INVOCATION_MS, SETTINGS
from tests.account.texts import json_lines

KEY = "incoming/ward/a.json"


@pytest.mark.parametrize("records", [1, 2], ids=["small", "in chunks"])
def test_23_it_is_taken_over_when_it_expires(account: Account, records: int) -> None:
    account.configure({"CHUNK_RECORDS": "1", "MICRO_BATCH_RECORDS": "1"})
    account.drop(KEY, json_lines(*[{"findings": "Clear."}] * records))
    if records > 1:
        deliver_once(account)
    kill_before(account, "sagemaker_runtime", "InvokeEndpoint", records)
    killed_at = time.time()
    deliver_and_die(account)
    paid = len(account.model.prompts)
    assert paid == records - 1

    ends_s = max(
        int(item["in_progress_expiration"]["N"]) / 1000
        for item in account.dynamodb.scan(TableName=SETTINGS["IDEMPOTENCY_TABLE"])["Items"]
        if item["status"]["S"] == "INPROGRESS"
    )
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

    assert_whole(account, records)


@pytest.mark.parametrize("records", [1, 2], ids=["small", "in chunks"])
@pytest.mark.parametrize("expired", [False, True], ids=["claims hold", "claims expired"])
def test_23_what_is_written_says_that_it_is_done(
    account: Account, *, records: int, expired: bool
) -> None:
    account.configure({"CHUNK_RECORDS": "1"})
    account.drop(KEY, json_lines(*[{"findings": "Clear."}] * records))
    if records > 1:
        deliver_once(account)
    with received(account) as (_, event):
        account.invoke(event)  # killed when all is written: nobody hears that it is done
    if expired:
        expire_claims(account)

    account.redeliver()
    account.drain()

    assert_whole(account, records)


def assert_whole(account: Account, records: int) -> None:
    assert account.given_back == []
    assert account.result(KEY)["status"] == "complete"
    assert [one["impression"] for one in account.entries(KEY)] == [draft_for("Clear.")] * records
    assert len(account.rows("impressions")) == records
    assert len(account.model.prompts) == records
