"""The undisturbed runs that faults are injected into, and how many injections there were."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.account.model import Runtime
    from tests.injection.campaign import Undisturbed
    from tests.injection.scenarios import Scenario

# The property of a test's report that holds its number of injections.
INJECTIONS = "injections"


@pytest.fixture(scope="session")
def undisturbed(runtime: Runtime) -> Callable[[Scenario], Undisturbed]:
    """A scenario's run without a fault, run once for all tests."""
    from tests.injection.campaign import run_undisturbed  # noqa: PLC0415  # after the environment is set

    done: dict[str, Undisturbed] = {}

    def find(scenario: Scenario) -> Undisturbed:
        if scenario.name not in done:
            done[scenario.name] = run_undisturbed(runtime, scenario)
        return done[scenario.name]

    return find


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the number of injections of all tests."""
    made = [
        int(str(value))
        for outcome in ("passed", "failed")
        for report in terminalreporter.getreports(outcome)
        for name, value in report.user_properties
        if name == INJECTIONS and report.when == "call"
    ]
    if made:
        terminalreporter.write_line(f"{sum(made)} faults injected, one at a time")
