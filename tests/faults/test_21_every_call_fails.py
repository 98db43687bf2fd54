"""21: each AWS call fails once in every way, or is carried out and its answer lost: no trace."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.account.model import Runtime
from tests.injection.campaign import Undisturbed, injected
from tests.injection.kinds import FAILURES, Kind
from tests.injection.scenarios import SCENARIOS, Scenario
from tests.injection.selection import sample

Runs = Callable[[Scenario], Undisturbed]
Record = Callable[[str, object], None]

scenarios = pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name)


@scenarios
def test_21_a_sample_of_failures_leaves_no_trace(
    runtime: Runtime, undisturbed: Runs, record_property: Record, scenario: Scenario
) -> None:
    run = undisturbed(scenario)

    assert injected(runtime, run, sample(run, FAILURES), record_property) == []


@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", FAILURES, ids=lambda one: one.name)
@scenarios
def test_21_a_failure_of_any_call_leaves_no_trace(
    runtime: Runtime, undisturbed: Runs, record_property: Record, scenario: Scenario, kind: Kind
) -> None:
    run = undisturbed(scenario)

    assert injected(runtime, run, run.injections([kind]), record_property) == []
