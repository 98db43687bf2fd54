"""Runs scenarios: undisturbed, which enumerates the calls, and with one fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import pytest
from botocore.retries.quota import RetryQuota

from tests.account.account import account_in_moto
from tests.account.model import Runtime
from tests.injection.clock import virtual_time
from tests.injection.control_plane import serve
from tests.injection.deployment import Deployment, EndlessError
from tests.injection.kinds import Fault, Kind
from tests.injection.outcome import Outcome, deviations, outcome_of
from tests.injection.scenarios import Scenario
from tests.injection.wire import Call, Wire
from tests.nights import Transforms


@dataclass(frozen=True)
class Undisturbed:
    """A scenario's run without a fault: its calls, in order, and what it comes to."""

    scenario: Scenario
    calls: Sequence[Call]
    outcome: Outcome

    def injections(self, kinds: Sequence[Kind]) -> list[tuple[Kind, Call]]:
        """Each call with each kind of fault that is another one there."""
        return [(kind, call) for kind in kinds for call in self.calls if kind.differs_at(call)]


def run_undisturbed(up: Runtime, scenario: Scenario) -> Undisturbed:
    """Run a scenario without a fault."""
    with _deployed(up, scenario) as deployment:
        scenario.act(deployment, scenario.files)
        return Undisturbed(scenario, tuple(deployment.wire.calls), outcome_of(deployment))


def inject(up: Runtime, undisturbed: Undisturbed, kind: Kind, call: Call) -> list[str]:
    """Run a scenario with one fault; returns in what it deviates from the undisturbed run."""
    scenario = undisturbed.scenario
    fault = Fault(kind, call)
    with _deployed(up, scenario) as deployment:
        deployment.wire.disturb = fault
        try:
            scenario.act(deployment, scenario.files)
            found = list(deviations_of(undisturbed, outcome_of(deployment)))
        except EndlessError:
            found = ["there is no end to its invocations"]
    if not fault.is_done:
        found.append(f"the fault struck {fault.hits} times and not {kind.strikes(call)}")
    return [f"{scenario.name}: {kind.name}: {call.label}: {one}" for one in found]


def deviations_of(undisturbed: Undisturbed, outcome: Outcome) -> Iterator[str]:
    """In what an outcome differs from the undisturbed one, in words."""
    return deviations(undisturbed.scenario, undisturbed.outcome, outcome)


def injected(
    up: Runtime,
    undisturbed: Undisturbed,
    injections: Sequence[tuple[Kind, Call]],
    record: Callable[[str, object], None],
) -> list[str]:
    """Make injections one by one; returns all deviations and records how many were made."""
    found = [one for kind, call in injections for one in inject(up, undisturbed, kind, call)]
    record("injections", len(injections))
    return found


@contextmanager
def _deployed(up: Runtime, scenario: Scenario) -> Iterator[Deployment]:
    with pytest.MonkeyPatch.context() as patch, isolated(up, patch) as deployment:
        account = deployment.account
        if scenario.has_pre_trained:
            account.add_pre_trained()
        account.configure(scenario.settings)
        with deployment.wire.tapped():
            yield deployment


@contextmanager
def isolated(up: Runtime, patch: pytest.MonkeyPatch) -> Iterator[Deployment]:
    """A new account in which nobody waits, with the functions in it."""
    # Each run is a new process, whose SDK has not repeated anything yet.
    patch.setattr(RetryQuota, "acquire", lambda _quota, _amount: True)
    with account_in_moto(up, patch) as account, virtual_time(patch) as clock:
        transforms = Transforms(account)
        wire = Wire({"sagemaker": partial(serve, transforms)})
        yield Deployment(account, clock, wire, transforms)
