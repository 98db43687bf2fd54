"""A, then B, then A again under one key; a result that was deleted.

Injected: Three uploads whose third has the content of the first, their events in any order; one
upload that several paths tell of; a deleted result; the event of an older version after the newer
one's.
Asserted: The result that stands is of the version that stands, nothing waits for ever, and one
upload is paid for once.
"""

from __future__ import annotations

import pytest

from tests.account.account import Account
from tests.account.faults import expire_claims
from tests.account.model import draft_for
from tests.account.settings import LANDING, RESULTS
from tests.account.texts import json_lines
from tests.nights import Nights
from tests.operators import operate_on

KEY = "incoming/ward/a.json"
A, B = "Content A.", "Content B."


@pytest.fixture(autouse=True, params=["encrypted", "not encrypted"])
def _etags(request: pytest.FixtureRequest, account: Account) -> None:
    """With SSE-KMS, each upload has an ETag of its own; without, A has the same one again."""
    if request.param == "not encrypted":
        account.stop_encrypting()


def upload(account: Account, findings: str, records: int = 1) -> None:
    account.drop(KEY, json_lines(*[{"findings": findings}] * records))
    account.drain()
    assert account.given_back == []


def drafts(account: Account) -> set[str]:
    return {entry["impression"] for entry in account.entries(KEY)}


@pytest.mark.parametrize("records", [1, 5], ids=["small", "in chunks"])
def test_39_the_third_upload_has_the_result(account: Account, records: int) -> None:
    account.configure({"CHUNK_RECORDS": "2"})
    for findings in (A, B, A):
        upload(account, findings, records)

    assert drafts(account) == {draft_for(A)}
    assert operate_on("counts")["files"] == {"complete": 1}
    assert len(account.entries(KEY)) == records


def test_39_events_of_the_uploads_may_come_in_any_order(account: Account) -> None:
    first, second, third = (
        account.put(KEY, json_lines({"findings": findings})) for findings in (A, B, A)
    )

    for landed in (third, second, first, second, third):
        account.deliver(landed.notification())
        account.drain()

    assert drafts(account) == {draft_for(A)}
    assert operate_on("counts")["files"] == {"complete": 1}


def test_39_one_upload_on_two_paths_is_paid_once(account: Account) -> None:
    landed = account.drop(KEY, json_lines({"findings": A}))
    account.deliver(landed.bridged(), landed.own(), landed.notification(versioned=False))
    account.drain()

    assert len(account.model.prompts) == 1


def test_39_a_result_that_was_deleted_comes_back(account: Account, nights: Nights) -> None:
    account.configure({"SWEEP_AFTER_S": "1"})
    upload(account, A)
    account.s3.delete_object(Bucket=RESULTS, Key=f"results/{KEY}.json")

    # Nothing else said that the file was done: its claim lasts as long as an invocation.
    expire_claims(account)
    nights.now += 60
    assert nights.run().requeued == 1
    account.drain()

    assert drafts(account) == {draft_for(A)}
    nights.now += 60
    assert nights.run().requeued == 0


def test_39_an_older_version_never_answers_for_a_newer_one(account: Account) -> None:
    first = account.put(KEY, json_lines({"findings": A}))
    upload(account, B)

    for _ in range(2):  # the second time, its record is complete
        account.deliver(first.notification())
        account.drain()

    assert drafts(account) == {draft_for(B)}
    assert len(account.model.prompts) == 2


def test_39_a_resend_is_drafted_again_and_stands(account: Account) -> None:
    upload(account, A)
    first = account.s3.head_object(Bucket=RESULTS, Key=f"results/{KEY}.json")["Metadata"]
    upload(account, A)
    second = account.s3.head_object(Bucket=RESULTS, Key=f"results/{KEY}.json")["Metadata"]

    assert len(account.model.prompts) == 2
    assert first["source-version"] != second["source-version"]
    assert {row["run_id"] for row in account.rows("impressions")} == {
        row["run_id"] for row in account.rows("files")
    }
    assert len(account.rows("files")) == 2


def test_39_a_withdrawn_upload_leaves_the_one_before(account: Account, nights: Nights) -> None:
    account.configure({"SWEEP_AFTER_S": "1"})
    upload(account, A)
    withdrawn = account.put(KEY, json_lines({"findings": B}))
    account.deliver(withdrawn.notification())
    account.drain()
    account.s3.delete_object(Bucket=LANDING, Key=KEY, VersionId=withdrawn.version_id)

    for requeued in (1, 0):
        nights.now += 60
        assert nights.run().requeued == requeued
        account.drain()

    assert drafts(account) == {draft_for(A)}
