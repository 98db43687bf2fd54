"""Any one AWS call fails, or is carried out and its response is lost.

Injected: In the same runs, each AWS call is denied, fails, is throttled, or loses its connection or
its response, once or through all of the SDK's attempts; a sample in `make test`, all of them in
`make test-faults`.
Asserted: The same: no deviation from the undisturbed run.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.account.model import Runtime
from tests.injection.campaign import Undisturbed, injected
from tests.injection.kinds import FAILURES, Kind
from tests.injection.scenarios import SCENARIOS, Scenario
from tests.injection.selection import sample

pytestmark = pytest.mark.once

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
