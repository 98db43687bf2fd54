"""A run breaks off, its message is dead-lettered, and redrive is a first delivery again.

Injected: Every run writes a failure and breaks off before the result, until the queue gives up; an
hour later the cause is gone. A file that could not be read, whose message came days after it, is
re-run once reading is allowed.
Asserted: No record counts both as failed and as done, and no file has two rows.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

import pytest

from chalicelib.handlers import contexts
from tests.account.account import Account
from tests.account.deliveries import deliver_once
from tests.account.faults import refuse
from tests.account.texts import json_lines
from tests.faults.test_24_poison_message import give_up
from tests.operators import operate_on

KEY = "incoming/ward/a.json"
RECORDS = [{"report_id": "a", "findings": "Poison."}, {"report_id": "b", "findings": "Clear."}]


class Later(datetime):
    """The clock of a function that runs an hour later."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # no subclass
        return datetime.now(tz) + timedelta(hours=1)


def test_43_no_record_counts_both_as_failed_and_as_done(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    poisoned = True
    account.trouble_endpoint(
        lambda _, body: (400, "ValidationException") if poisoned and "Poison" in body else None
    )
    # Every run writes its rows, and breaks off before the result.
    refuse(
        account, "s3", "PutObject", 1000, lambda request: poisoned and "/results/" in request.url
    )
    account.drop(KEY, json_lines(*RECORDS))
    give_up(account)
    assert [row["report_id"] for row in account.rows("failures")] == ["a"]
    assert operate_on("counts")["dead_letters"] == 1

    poisoned = False
    monkeypatch.setattr(contexts, "datetime", Later)
    operate_on("redrive")
    account.drain()

    assert account.result(KEY)["counts"] == {"records": 2, "ok": 2, "failed": 0}
    assert account.rows("failures") == []
    assert sorted(row["report_id"] for row in account.rows("impressions")) == ["a", "b"]


@pytest.mark.parametrize("chunk_records", ["50", "1"], ids=["small", "in chunks"])
def test_43_a_file_that_was_denied_and_is_done_later_counts_as_done_only(
    account: Account, monkeypatch: pytest.MonkeyPatch, chunk_records: str
) -> None:
    # The message comes days after the file, as the sweep's do.
    came = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=3)
    with monkeypatch.context() as clock:
        clock.setattr("moto.s3.models.utcnow", lambda: came)
        landed = account.put(KEY, json_lines(*RECORDS))
    account.configure({"CHUNK_RECORDS": chunk_records})
    account.deliver(landed.own())
    if chunk_records == "1":
        deliver_once(account)
    account.refuse("s3", "GetObject", 403, "AccessDenied")
    give_up(account)
    assert {row["error_type"] for row in account.rows("failures")} <= {
        "ObjectDenied",
        "RecordRejected",
    }
    assert account.rows("failures")
    assert account.result(KEY)["status"] == "failed"

    account.renew_client("s3")
    operate_on("rerun", key=KEY)
    account.drain()

    assert account.result(KEY)["counts"] == {"records": 2, "ok": 2, "failed": 0}
    assert account.rows("failures") == []
    assert len(account.rows("files")) == 1
    assert sorted(row["report_id"] for row in account.rows("impressions")) == ["a", "b"]
