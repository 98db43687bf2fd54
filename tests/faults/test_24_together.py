"""The messages of one invocation are processed at the same time, and end as each would alone.

Injected: An invocation with a file that is gone, one that is refused, one that is slow to read, one
with a poison record, and a message that is no message, beside good files.
Asserted: Each ends as it would alone, the good files share their calls, nobody waits for the slow
file, and only the message that is none is returned to the queue. A call that is refused does not
hold the files of the next one.
"""

from __future__ import annotations

import threading
from typing import Any

import pytest

from chalicelib.drafting import shared_calls
from tests.account.account import Account
from tests.account.faults import body_of
from tests.account.model import draft_for
from tests.account.settings import LANDING
from tests.account.texts import json_lines

POISON = "Poison."
LONG_S = 20.0


def good(account: Account, count: int) -> list[str]:
    """Land files of one record each."""
    keys = [f"incoming/ward/good-{number}.json" for number in range(count)]
    for key in keys:
        account.drop(key, json_lines({"findings": f"Clear lungs in {key}."}))
    return keys


def assert_drafted(account: Account, keys: list[str]) -> None:
    for key in keys:
        drafts = [entry["impression"] for entry in account.entries(key)]
        assert drafts == [draft_for(f"Clear lungs in {key}.")]


def hold_reads_of(account: Account, key: str) -> threading.Event:
    """Let reads of a landing object wait until the event is set."""
    released = threading.Event()
    client = account.renew_client("s3")

    def wait(request: Any, **_: Any) -> None:
        if key in request.url:
            assert released.wait(LONG_S)

    client.meta.events.register_first("before-send.s3.GetObject", wait)
    return released


def test_24_each_ends_as_it_would_alone_and_nobody_waits(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_calls, "PATIENCE_S", 0.3)
    account.trouble_endpoint(
        lambda _, body: (400, "ValidationException") if POISON in body else None
    )
    keys = good(account, 4)
    gone = account.drop("incoming/ward/gone.json", json_lines({"findings": "Gone."}))
    account.s3.delete_object(Bucket=LANDING, Key=gone.key, VersionId=gone.version_id)
    account.drop("incoming/ward/refused.json", b"\x00\x01 no records")
    account.drop(
        "incoming/ward/poison.json", json_lines({"findings": "Well."}, {"findings": POISON})
    )
    account.drop("incoming/ward/slow.json", json_lines({"findings": "Slow."}))
    account.deliver("no message")
    released = hold_reads_of(account, "incoming/ward/slow.json")
    answered = set[str]()

    def watch() -> None:
        # The slow file is read only when all others have their results.
        expected = {f"results/{key}.json" for key in keys}
        expected |= {
            f"results/incoming/ward/{name}.json.json" for name in ("gone", "refused", "poison")
        }
        for _ in range(400):
            answered.update(key for key in account.list_keys() if key.startswith("results/"))
            if expected <= answered:
                break
            threading.Event().wait(0.02)
        released.set()

    watcher = threading.Thread(target=watch)
    watcher.start()
    account.drain()
    watcher.join(LONG_S)

    assert "results/incoming/ward/slow.json.json" not in answered
    assert len(answered) == len(keys) + 3
    assert_drafted(account, keys)
    assert account.result("incoming/ward/gone.json")["status"] == "failed"
    assert account.result("incoming/ward/refused.json")["status"] == "failed"
    statuses = [entry["status"] for entry in account.entries("incoming/ward/poison.json")]
    assert statuses == ["ok", "failed"]
    assert account.result("incoming/ward/slow.json")["status"] == "complete"
    assert [message["Body"] for message in account.given_back] == ["no message"]
    errors = {
        row["source_key"].rpartition("/")[2]: row["error_type"] for row in account.rows("failures")
    }
    assert errors["gone.json"] == "ObjectGone"
    assert errors["poison.json"] == "EndpointRejected"
    assert len(errors) == 3


def test_24_good_files_share_their_calls(account: Account) -> None:
    calls: list[int] = []
    client = account.renew_client("sagemaker_runtime")
    client.meta.events.register_first(
        "before-send.sagemaker-runtime.InvokeEndpoint",
        lambda request, **_: calls.append(body_of(request).count(b"Clear lungs")),
    )
    keys = good(account, 10)

    account.drain()

    assert calls == [10]
    assert_drafted(account, keys)
    assert {row["call_records"] for row in account.rows("impressions")} == {10}


@pytest.mark.parametrize("code", ["ModelNotReadyException", "AccessDeniedException"])
def test_24_a_call_that_is_refused_holds_only_its_own_files(account: Account, code: str) -> None:
    account.configure({"MICRO_BATCH_RECORDS": "4"})
    first: list[str] = []

    def refuse_the_first(_: str, body: str) -> tuple[int, str] | None:
        first.append(body)
        return (429, code) if body == first[0] else None

    account.trouble_endpoint(refuse_the_first)
    keys = good(account, 8)

    account.drain()

    refused = [key for key in keys if f"Clear lungs in {key}." in first[0]]
    assert len(refused) == 4
    assert len(account.given_back) == 4
    assert_drafted(account, [key for key in keys if key not in refused])
    assert account.rows("failures") == []

    account.redeliver()
    first[0] = ""
    account.drain()
    assert_drafted(account, keys)
