"""The endpoint rejects a request.

Injected: 400 and 424 `ModelError` for one record of a batch.
Asserted: The batch is halved until the rejected record is alone; only that record fails, and the
error says nothing of the report.
"""

from __future__ import annotations

import json

import pytest

from tests.account.account import Account
from tests.account.model import draft_for

KEY = "incoming/ward/a.json"


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [(400, "ValidationException", "EndpointRejected"), (424, "ModelError", "EndpointRejected")],
)
def test_16_only_the_refused_record_fails(
    account: Account, status: int, code: str, kind: str
) -> None:
    calls: list[str] = []

    def decide(_: str, body: str) -> tuple[int, str] | None:
        calls.append(body)
        return (status, code) if "poison" in body else None

    account.trouble_endpoint(decide)
    findings = [*(f"Clear {n}." for n in range(7)), "poison"]
    body = json.dumps([{"findings": text} for text in findings]).encode()

    document = account.finish(KEY, body)

    drafts = [one["impression"] for one in document["impressions"]]
    assert drafts == [*(draft_for(text) for text in findings[:7]), None]
    assert document["counts"] == {"records": 8, "ok": 7, "failed": 1}
    failure = account.only_failure()
    assert (failure["record_index"], failure["error_type"]) == (7, kind)
    # 8, 4 + 4, 2 + 2, 1 + 1: halving, not one call a record.
    assert len(calls) == 7


def test_16_a_refusal_says_nothing_of_the_report(account: Account) -> None:
    account.trouble_endpoint(lambda _, body: (424, "ModelError") if "canary" in body else None)

    account.finish(KEY, b'{"findings": "canary in the left lung"}')

    assert "canary" not in account.only_failure()["error_message"]
    assert "canary" not in account.logs
