"""Calls and the time that is left to the function."""

from __future__ import annotations

import pytest

from chalicelib.aws import LONGEST_CALL_S
from chalicelib.drafting.endpoint import RESERVE_S
from chalicelib.errors import OutOfTimeError
from tests.unit.chalicelib.drafting.endpoint.runtime import Clock, Runtime, draft, impressions


def test_no_call_begins_when_it_could_not_end_in_time() -> None:
    clock = Clock(seconds=LONGEST_CALL_S + RESERVE_S - 0.001)
    runtime = Runtime(clock=clock)

    with pytest.raises(OutOfTimeError):
        draft(runtime)

    assert runtime.calls == []


def test_call_begins_when_it_can_just_end_in_time() -> None:
    runtime = Runtime(clock=Clock(seconds=LONGEST_CALL_S + RESERVE_S))

    assert impressions(draft(runtime)) == ["seen: a"]


def test_time_that_runs_out_between_calls_gives_the_message_back() -> None:
    runtime = Runtime(clock=Clock(seconds=200), seconds=50)

    with pytest.raises(OutOfTimeError):
        draft(runtime, list("abcd"), micro_batch=1)

    assert len(runtime.calls) == 3
