"""A passing 403 or 5xx on reading an object.

Injected: AccessDenied, InternalError and SlowDown on the first delivery, of a small file and of one
in chunks.
Asserted: The message goes back to the queue and is done on the next delivery, without a failure
row. Only a denial that persists is final (row 7).
"""

from __future__ import annotations

import pytest

from tests.account.account import Account
from tests.account.model import draft_for
from tests.account.texts import json_lines

KEY = "incoming/ward/a.json"


@pytest.mark.parametrize(
    ("status", "code"), [(403, "AccessDenied"), (500, "InternalError"), (503, "SlowDown")]
)
@pytest.mark.parametrize("records", [1, 3], ids=["small", "in chunks"])
def test_44_what_passes_leaves_no_trace(
    account: Account, status: int, code: str, records: int
) -> None:
    account.configure({"CHUNK_RECORDS": "1"})
    account.refuse("s3", "GetObject", status, code)
    account.drop(KEY, json_lines(*[{"findings": "Clear."}] * records))
    account.drain()
    assert len(account.given_back) == 1

    account.renew_client("s3")
    account.redeliver()
    account.drain()

    assert {entry["impression"] for entry in account.entries(KEY)} == {draft_for("Clear.")}
    assert account.rows("failures") == []
