"""The process is killed before or after any one of its AWS calls.

Injected: In runs of every kind of file, of two models and of a whole night, the process is killed
before, or after, each AWS call, once in each run; a sample in `make test`, all of them in `make
test-faults`. Messages are delivered again with their real delays, in virtual time.
Asserted: After the last delivery, results and lake are those of the undisturbed run, byte for byte
except for clock columns, and the model is paid at most once more for the interrupted unit.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.account.model import Runtime
from tests.injection.campaign import Undisturbed, injected
from tests.injection.kinds import KILLS, Kind
from tests.injection.scenarios import SCENARIOS, Scenario
from tests.injection.selection import sample

pytestmark = pytest.mark.once

Runs = Callable[[Scenario], Undisturbed]
Record = Callable[[str, object], None]

scenarios = pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name)


@scenarios
def test_20_a_sample_of_kills_leaves_no_trace(
    runtime: Runtime, undisturbed: Runs, record_property: Record, scenario: Scenario
) -> None:
    run = undisturbed(scenario)

    assert injected(runtime, run, sample(run, KILLS), record_property) == []


@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", KILLS, ids=lambda one: one.name)
@scenarios
def test_20_a_kill_at_any_call_leaves_no_trace(
    runtime: Runtime, undisturbed: Runs, record_property: Record, scenario: Scenario, kind: Kind
) -> None:
    run = undisturbed(scenario)

    assert injected(runtime, run, run.injections([kind]), record_property) == []
