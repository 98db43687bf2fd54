"""What the functions work with, built in an account as Lambda would have it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib import aws
from chalicelib.drafting.endpoint import Draft
from chalicelib.errors import OutOfTimeError
from chalicelib.handlers import contexts
from chalicelib.observability import metrics
from chalicelib.settings import current_settings
from tests.account.account import Account
from tests.account.landed import Context
from tests.account.model import draft_for

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

    made = contexts.processing_context(invocation, attempt=3)

    assert (made.attempt, made.request_id) == (3, "request-7")
    assert timedelta(0) <= datetime.now(UTC) - made.started_at < timedelta(minutes=1)
    assert made.settings is current_settings()


def test_its_endpoint_drafts_and_is_measured(account: Account, invocation: Any) -> None:
    made = contexts.processing_context(invocation, attempt=1)

    with account._listening():
        (draft,) = made.endpoint.draft(made.settings.live_model, ["Clear."], 8)
        metrics.flush_metrics()

    assert isinstance(draft, Draft)
    assert draft.impression == draft_for("Clear.")
    assert '"EndpointLatency"' in account.logs


def test_its_endpoint_is_not_called_when_the_invocation_s_time_runs_out(
    account: Account, invocation: Any
) -> None:
    made = contexts.processing_context(invocation, attempt=1)

    invocation.left_ms = 60_000

    with pytest.raises(OutOfTimeError):
        made.endpoint.draft(made.settings.live_model, ["Clear."], 8)
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
    [lambda made: contexts.processing_context(made, 1), *BUILDERS.values()],
    ids=["processing", *BUILDERS],
)
def test_clients_are_made_once_a_process(account: Account, invocation: Any, build: Any) -> None:
    del account

    first, second = build(invocation), build(invocation)

    for name in ("s3", "sqs", "dynamodb"):
        assert getattr(first, name) is getattr(second, name) is getattr(aws, name)()
