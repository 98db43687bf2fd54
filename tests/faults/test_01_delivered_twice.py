"""The same event is delivered twice, one delivery after the other or both at once.

Injected: The notification of a file again after the file is done, or while the model is drafting
it; a small file, one in chunks, and one of the evaluation lane with two models.
Asserted: There is one result, one row per model and metric, and no object is written a second
time. The model is paid once. A delivery that meets the other one goes back to the queue and later
finds the work done.
"""

from __future__ import annotations

from collections import Counter

import pytest

from tests.account.account import Account
from tests.account.deliveries import received
from tests.account.landed import Landed
from tests.account.model import draft_for, draft_of
from tests.account.settings import RESULTS
from tests.account.texts import json_lines

RECORDS = [
    {"report_id": f"r{number}", "findings": f"Findings {number}.", "impression": "Clear lungs."}
    for number in range(3)
]
CASES = pytest.mark.parametrize(
    ("lane", "chunk_records"),
    [("incoming", "50"), ("incoming", "1"), ("evaluation", "50")],
    ids=["small", "in chunks", "two models"],
)


def land(account: Account, lane: str, chunk_records: str) -> Landed:
    account.configure({"CHUNK_RECORDS": chunk_records})
    if lane == "evaluation":
        account.add_pre_trained()
    return account.drop(f"{lane}/ward/a.json", json_lines(*RECORDS))


def versions(account: Account) -> Counter[str]:
    """How often each object of the results bucket was written."""
    found = account.s3.list_object_versions(Bucket=RESULTS)
    return Counter(one["Key"] for one in found["Versions"])


def assert_answered_once(account: Account, landed: Landed) -> None:
    entries = account.entries(landed.key)
    models = 2 if landed.key.startswith("evaluation") else 1
    assert len(entries) == 3 * models
    assert {entry["impression"] for entry in entries} == {
        draft_for(record["findings"]) for record in RECORDS
    }
    rows = Counter(
        (row["report_id"], row["model_role"], row["metric"]) for row in account.rows("rouge_scores")
    )
    roles = {role for _, role, _ in rows}
    assert len(roles - {"baseline-constant", "baseline-lead"}) == models
    assert len(rows) == 3 * len(roles) * 4
    assert set(rows.values()) == {1}
    drafts = Counter((row["report_id"], row["model_role"]) for row in account.rows("impressions"))
    assert set(drafts.values()) == {1}
    assert len(account.rows("files")) == 1
    assert account.rows("failures") == []
    assert len(account.model.prompts) == 3


@CASES
def test_01_in_turn_the_second_delivery_finds_the_work_done(
    account: Account, lane: str, chunk_records: str
) -> None:
    landed = land(account, lane, chunk_records)
    account.drain()
    before = versions(account)

    for body in (landed.notification(), landed.bridged()):
        account.deliver(body)
        account.drain()

    assert account.given_back == []
    assert_answered_once(account, landed)
    assert versions(account) == before


@CASES
def test_01_at_once_the_later_delivery_waits_for_the_earlier(
    account: Account, lane: str, chunk_records: str
) -> None:
    landed = land(account, lane, chunk_records)
    again: list[int] = []

    def write(prompt: str) -> str:
        # The model is at work for the first delivery: the queue delivers everything once more.
        if not again:
            first_chunk = landed.own(start=0, stop=1)
            account.deliver(first_chunk if chunk_records == "1" else landed.notification())
            with received(account) as (_, event):
                again.append(len(account.invoke(event)["batchItemFailures"]))
        return draft_of(prompt)

    account.model.write = write
    account.drain()
    account.redeliver()
    account.drain()

    assert again == [1]
    assert account.waiting() == 0
    assert_answered_once(account, landed)
