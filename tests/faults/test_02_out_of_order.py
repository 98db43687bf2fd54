"""The events of two versions of one key arrive out of order.

Injected: Two versions of a file, uploaded an hour apart or within one second, whose notifications
are delivered in either order or in one message; small files and files in chunks.
Asserted: Both versions are drafted and keep their own rows in the lake, and the result document
is the newer version's. A later replay of either event changes nothing.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.account.account import Account
from tests.account.landed import Landed
from tests.account.model import draft_for
from tests.account.texts import json_lines

KEY = "incoming/ward/a.json"
OLDER, NEWER = "Older.", "Newer."
# An older version with more chunks must not lend any of them to the newer result.
RECORDS = {OLDER: 5, NEWER: 3}


def put(account: Account, findings: str) -> Landed:
    return account.put(KEY, json_lines(*[{"findings": findings}] * RECORDS[findings]))


@pytest.mark.parametrize("order", [(1, 0), (0, 1)], ids=["newer first", "older first"])
@pytest.mark.parametrize("apart_s", [3600, 0], ids=["an hour apart", "in one second"])
@pytest.mark.parametrize("chunk_records", ["50", "2"], ids=["small", "in chunks"])
@pytest.mark.parametrize("together", [False, True], ids=["in turn", "in one message"])
def test_02_both_versions_are_kept_and_the_result_is_the_newer_ones(
    account: Account,
    monkeypatch: pytest.MonkeyPatch,
    *,
    order: tuple[int, int],
    apart_s: int,
    chunk_records: str,
    together: bool,
) -> None:
    account.configure({"CHUNK_RECORDS": chunk_records})
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    with monkeypatch.context() as clock:
        clock.setattr("moto.s3.models.utcnow", lambda: now - timedelta(seconds=apart_s))
        older = put(account, OLDER)
        clock.setattr("moto.s3.models.utcnow", lambda: now)
        newer = put(account, NEWER)
    landed = (older, newer)

    if together:
        account.deliver(json.dumps({"Records": [landed[place].record() for place in order]}))
        account.drain()
    else:
        for place in order:
            account.deliver(landed[place].notification())
            account.drain()
    account.deliver(older.notification(), newer.notification())
    account.drain()

    assert account.given_back == []
    assert account.result(KEY)["source"]["etag"] == newer.etag
    assert [one["impression"] for one in account.entries(KEY)] == [draft_for(NEWER)] * 3
    by_run: dict[str, list[str]] = {}
    for row in account.rows("impressions"):
        by_run.setdefault(row["run_id"], []).append(row["findings"])
    assert sorted(by_run.values()) == [[NEWER] * 3, [OLDER] * 5]
    assert len(account.rows("files")) == 2
    assert account.rows("failures") == []
    assert len(account.model.prompts) == 8
