"""A file is uploaded again under its key, with other content.

Injected: After the first version is done, an upload with other findings, with more or fewer
records, or with content that cannot be read; its event names the version, or does not.
Asserted: The result is that of the new content, never the old one, and the old version's rows
stay as they were.
"""

from __future__ import annotations

import pytest

from tests.account.account import Account
from tests.account.model import draft_for
from tests.account.texts import json_lines
from tests.operators import operate_on

KEY = "incoming/ward/a.json"


def records(name: str, count: int) -> bytes:
    return json_lines(*({"report_id": "r", "findings": f"{name} {n}."} for n in range(count)))


@pytest.mark.parametrize("versioned", [True, False], ids=["version named", "no version named"])
@pytest.mark.parametrize(("before", "after"), [(1, 1), (1, 5), (5, 1), (5, 3)])
def test_03_the_result_is_of_the_new_content(
    account: Account, *, before: int, after: int, versioned: bool
) -> None:
    account.configure({"CHUNK_RECORDS": "2"})
    account.finish(KEY, records("Old", before))
    old_rows = account.rows("impressions")

    landed = account.put(KEY, records("New", after))
    account.deliver(landed.notification(versioned=versioned))
    account.drain()

    assert account.given_back == []
    expected = [draft_for(f"New {n}.") for n in range(after)]
    assert [one["impression"] for one in account.entries(KEY)] == expected
    assert account.result(KEY)["source"]["etag"] == landed.etag
    rows = account.rows("impressions")
    assert len(rows) == before + after
    assert all(row in rows for row in old_rows)
    assert operate_on("file", key=KEY)["state"] == "complete"


def test_03_new_content_that_cannot_be_read_does_not_leave_the_old_result(account: Account) -> None:
    account.finish(KEY, records("Old", 1))

    account.finish(KEY, b"")

    assert account.result(KEY)["status"] == "failed"
    assert account.entries(KEY)[0]["impression"] is None
    assert account.only_failure()["error_type"] == "Empty"
