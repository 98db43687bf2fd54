"""The operators' function, called by its entry point."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib import aws
from chalicelib.errors import UnexpectedError
from tests.account.account import Account
from tests.account.landed import Context
from tests.nights import reports

KEY = "incoming/ward/a.jsonl"


def test_an_operator_is_answered(account: Account) -> None:
    account.finish(KEY, reports(2))

    counts = account.call("operate", {"action": "counts"})
    file = account.call("operate", {"action": "file", "key": KEY})

    assert counts["files"] == {"complete": 1}
    assert (file["state"], file["counts"]["ok"]) == ("complete", 2)


def test_a_re_run_is_work_for_the_queue(account: Account) -> None:
    account.finish(KEY, reports(2))
    account.model.write = lambda _: "Another draft."

    told = account.call("operate", {"action": "rerun", "key": KEY, "token": "t1"})
    account.drain()

    assert told == {"rerun": 1, "token": "t1"}
    assert [one["impression"] for one in account.entries(KEY)] == ["Another draft."] * 2


@pytest.mark.parametrize(
    ("event", "problem"),
    [
        ({"action": "file", "key": "nightly/x"}, "no such object"),
        ({"action": "fly"}, "Invalid enum value"),
        ({}, "missing required field"),
        ([], "Expected `object`"),
        (None, "Expected `object`"),
    ],
)
def test_what_cannot_be_answered_is_a_document_too(
    account: Account, event: Any, problem: str
) -> None:
    answer = account.call("operate", event)

    assert list(answer) == ["error"]
    assert problem in answer["error"]


def test_a_failure_of_aws_is_the_function_s_failure(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROGRESS_TABLE", "no-such-table")
    account.configure({})

    with pytest.raises(UnexpectedError) as caught:
        account.call("operate", {"action": "counts"})

    problem = "dynamodb:GetItem on the progress table failed with ResourceNotFoundException"
    assert str(caught.value) == f"{problem}; see docs/runbook.md"


def test_an_answer_that_takes_too_long_goes_on_in_another_call(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    for lane in ("evaluation", "incoming"):
        account.put(f"{lane}/ward/a.json", reports(1))
    monkeypatch.setattr(Context, "get_remaining_time_in_millis", lambda _: 29_000)

    first = account.call("operate", {"action": "counts"})
    second = account.call("operate", {"action": "counts", "after": first["next"]})

    assert (first["files"], first["next"]) == ({"waiting": 1}, "evaluation/ward/a.json")
    assert second["files"] == {"waiting": 1}


def test_it_has_no_need_of_sagemaker(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied() -> None:
        raise AssertionError("the operators' role permits no call of SageMaker")

    for service in ("sagemaker", "sagemaker_runtime"):
        monkeypatch.setattr(aws, service, denied)

    assert account.call("operate", {"action": "counts"})["files"] == {}
