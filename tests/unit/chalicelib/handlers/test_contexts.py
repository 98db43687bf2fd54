"""What the functions work with, built in an account as Lambda would have it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib import aws
from chalicelib.drafting.endpoint import Draft
from chalicelib.drafting.shared_calls import Question
from chalicelib.errors import ModelError, OutOfTimeError
from chalicelib.handlers import contexts
from chalicelib.observability import metrics
from chalicelib.processing.context import ProcessingContext
from chalicelib.settings import current_settings
from tests.account.account import Account
from tests.account.landed import Context
from tests.account.model import draft_of


def processing(invocation: Any) -> ProcessingContext:
    seat = contexts.shared_calls(invocation).seat()
    return contexts.processing_context(invocation, seat, contexts.plans(), 1)


BUILDERS = {
    "nightly": contexts.nightly_context,
    "operator": contexts.operator_context,
}


class Running(Context):
    """An invocation whose time goes by."""

    left_ms = 900_000

    def get_remaining_time_in_millis(self) -> int:
        return self.left_ms


@pytest.fixture
def invocation() -> Any:
    return Running("request-7")


def test_a_message_is_worked_on_with_what_is_known_of_its_delivery(
    account: Account, invocation: Any
) -> None:
    del account

    seat = contexts.shared_calls(invocation).seat()
    made = contexts.processing_context(invocation, seat, contexts.plans(), 3)

    assert (made.attempt, made.request_id) == (3, "request-7")
    assert timedelta(0) <= datetime.now(UTC) - made.started_at < timedelta(minutes=1)
    assert made.settings is current_settings()


def ask(invocation: Any) -> list[Draft | ModelError]:
    """Ask the live model as a message of this invocation does."""
    seat = contexts.shared_calls(invocation).seat()
    question = Question(current_settings().live_model, ["Clear."], [])
    seat.ask(question)
    return seat.wait(question)


def test_calls_of_an_invocation_draft_and_are_measured(account: Account, invocation: Any) -> None:
    with account._listening():
        (draft,) = ask(invocation)
        metrics.flush_metrics()

    assert isinstance(draft, Draft)
    assert draft.impression == draft_of("Clear.")
    assert '"EndpointLatency"' in account.logs


def test_endpoint_is_not_called_when_the_invocation_s_time_runs_out(
    account: Account, invocation: Any
) -> None:
    invocation.left_ms = 60_000

    with pytest.raises(OutOfTimeError):
        ask(invocation)
    assert account.model.prompts == []


@pytest.mark.parametrize("build", BUILDERS.values(), ids=BUILDERS)
def test_the_time_left_is_that_of_now_in_seconds(
    account: Account, invocation: Any, build: Any
) -> None:
    del account
    made = build(invocation)

    early = made.seconds_left(), made.is_late
    invocation.left_ms = 1500

    assert early == (900.0, False)
    assert (made.seconds_left(), made.is_late) == (1.5, True)


@pytest.mark.parametrize(
    "build",
    [processing, *BUILDERS.values()],
    ids=["processing", *BUILDERS],
)
def test_clients_are_made_once_a_process(account: Account, invocation: Any, build: Any) -> None:
    del account

    first, second = build(invocation), build(invocation)

    for name in ("s3", "sqs", "dynamodb"):
        assert getattr(first, name) is getattr(second, name) is getattr(aws, name)()
