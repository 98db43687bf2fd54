"""The nightly function: by the clock, by hand, and called by itself."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib import aws
from chalicelib.errors import RequestError
from chalicelib.handlers import nightly as handler
from chalicelib.nightly import claim
from tests.account.account import Account
from tests.account.landed import Context
from tests.nights import Nights, reports

CLOCK = {
    "version": "0",
    "id": "1",
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "account": "123456789012",
    "time": "2026-11-03T02:00:00Z",
    "region": "us-east-1",
    "resources": ["arn:aws:events:us-east-1:123456789012:rule/night"],
    "detail": {},
}


@pytest.mark.parametrize("event", [CLOCK, {}], ids=["by the clock", "by hand"])
def test_the_night_runs(account: Account, nights: Nights, event: dict[str, Any]) -> None:
    account.put("nightly/ward/a.json", reports(2))

    told = account.call("nightly", event)

    assert (told["status"], told["records"], told["job"]) == ("done", 2, nights.only_job)


@pytest.mark.parametrize(
    ("event", "problem"),
    [
        ({"hop": "Zqx"}, r"Expected `int`, got `str` - at `\$\.hop`"),
        ({"resume": {"lane": ["Zqx"]}}, r"Expected `str`, got `array` - at `\$\.resume\.lane`"),
    ],
)
def test_an_event_that_is_not_valid_is_named_and_not_repeated(
    account: Account, nights: Nights, event: dict[str, Any], problem: str
) -> None:
    del nights
    with pytest.raises(RequestError, match=problem) as caught:
        account.call("nightly", event)
    assert "Zqx" not in str(caught.value) + account.logs


def test_a_second_night_at_once_says_that_one_is_running(account: Account, nights: Nights) -> None:
    account.put("nightly/ward/a.json", reports(2))
    claim.claim(nights.context, None)

    assert account.call("nightly", {}) == {"status": "running"}


def test_a_night_that_cannot_run_raises_the_alarm(account: Account, nights: Nights) -> None:
    nights.sagemaker.refuses = "AccessDeniedException"
    account.put("nightly/ward/a.json", reports(2))

    with pytest.raises(Exception, match="CreateTransformJob is denied"):
        account.call("nightly", {})
    assert '"NightlyFailed":[1.0]' in account.logs


def test_the_night_goes_on_in_another_invocation(
    account: Account, nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    del nights
    calls: list[dict[str, Any]] = []

    class Functions:
        def invoke(self, **request: Any) -> None:
            calls.append(request)

    monkeypatch.setattr(aws, "functions", Functions)
    monkeypatch.setattr(Context, "get_remaining_time_in_millis", lambda _: 1000)
    account.put("incoming/ward/a.json", reports(2))

    told = account.call("nightly", {"hop": 4})

    assert told["status"] == "continues"
    (request,) = calls
    assert request["InvocationType"] == "Event"
    assert b'"hop":5' in request["Payload"]
    assert b'"after":"incoming/ward/a.json"' in request["Payload"]

    account.call("nightly", {"hop": handler.MAX_CONTINUATIONS})
    assert len(calls) == 1
    assert '"NightlyFailed":[1.0]' in account.logs
