"""Errors that contain report text, keys or URLs.

Injected: A model error that echoes its input, refused reads and unreachable endpoints, with X-Ray
tracing on.
Asserted: Traces show calls, status and error types, and nothing of a report; what Lambda logs of an
uncaught error has neither key nor URL.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from chalicelib import aws
from chalicelib.errors import UnexpectedError
from common.paths import ROOT
from tests.account import traced
from tests.account.account import Account
from tests.nights import Nights

CANARY = "XyzzyCanary"


def segments_of_a_run() -> list[dict[str, Any]]:
    """The segments that a traced run sends to the X-Ray daemon's port."""
    with traced.daemon() as daemon:
        traced.run(daemon, ROOT, "tests.account.traced_run", CANARY)
        daemon.settimeout(0)
        found = []
        while True:
            try:
                found.append(daemon.recv(1 << 16).decode())
            except BlockingIOError:
                return [json.loads(one.partition("\n")[2]) for one in found]


def everything_below(segments: list[dict[str, Any]]) -> list[dict[str, Any]]:
    below = [one for segment in segments for one in segment.get("subsegments", [])]
    return [*segments, *(everything_below(below) if below else [])]


def test_46_traces_show_calls_and_outcomes_and_nothing_of_a_report() -> None:
    segments = segments_of_a_run()

    assert CANARY not in json.dumps(segments)
    calls = {one["aws"]["operation"]: one for one in everything_below(segments) if "aws" in one}
    assert {"GetObject", "PutObject", "InvokeEndpoint", "UpdateItem"} <= calls.keys()
    invoked = calls["InvokeEndpoint"]
    assert invoked["http"]["response"]["status"] == 424
    assert [one["type"] for one in invoked["cause"]["exceptions"]] == ["ModelError"]


@pytest.mark.parametrize(
    ("function", "event"), [("nightly", {}), ("operate", {"action": "counts"})]
)
def test_46_what_lambda_logs_of_an_uncaught_error_has_no_key_or_url(
    account: Account,
    nights: Nights,
    monkeypatch: pytest.MonkeyPatch,
    function: str,
    event: dict[str, Any],
) -> None:
    class Unreachable:
        def __getattr__(self, name: str) -> Any:
            raise EndpointConnectionError(endpoint_url=f"https://{CANARY}.s3.amazonaws.com/{name}")

    monkeypatch.setattr(aws, "s3", Unreachable)

    with pytest.raises(UnexpectedError) as caught:
        account.call(function, event)

    assert CANARY not in str(caught.value)
    assert "EndpointConnectionError" in str(caught.value)
    assert caught.value.__suppress_context__
    assert CANARY not in account.logs
