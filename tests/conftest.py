"""What all tests share: the environment in which the functions are imported, and worlds."""

from __future__ import annotations

import gc
import os
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.account.account import Account
    from tests.account.model import Runtime
    from tests.nights import Nights

# Powertools reads these when chalicelib.observability is imported, which the conftest of a folder
# named on the command line does before any hook runs.
os.environ["POWERTOOLS_SERVICE_NAME"] = "impressions"
os.environ["POWERTOOLS_METRICS_NAMESPACE"] = "RadiologyImpressions"
os.environ["POWERTOOLS_TRACE_DISABLED"] = "true"

# Many tests of pure code with its own tables of cases: the oldest and the newest interpreter
# suffice.
ALIKE = (
    "/tests/unit/analytics/",
    "/tests/unit/benchmarks/",
    "/tests/unit/chalicelib/checks/",
    "/tests/unit/local/cloudformation/",
    "/tests/unit/training/prepare/",
)


@pytest.hookimpl(optionalhook=True)  # some environments have no xdist
def pytest_xdist_auto_num_workers() -> int:
    """One worker more than processors: tests of the local stack mostly wait for it."""
    return (os.cpu_count() or 1) + 1


def pytest_make_parametrize_id(val: object) -> str | None:
    """A name for gzip data: its bytes hold the time, and parallel workers must agree on names."""
    return "gzip" if isinstance(val, bytes) and val.startswith(b"\x1f\x8b") else None


@pytest.hookimpl(tryfirst=True)  # before pytest chooses by markers
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of the local stack share one worker, and so one stack; of many cases, a sample is run.

    `sampled(one_in=5)` leaves each fifth case of a test in `make test`; the others are exhaustive.
    """
    seen: Counter[str] = Counter()
    for item in items:
        if {"integration", "docs"} & set(item.path.parts):
            item.add_marker(pytest.mark.xdist_group("local stack"))
        if any(folder in item.path.as_posix() for folder in ALIKE):
            item.add_marker(pytest.mark.alike)
        sampled = item.get_closest_marker("sampled")
        if sampled is not None:
            test = item.nodeid.partition("[")[0]
            if seen[test] % sampled.kwargs["one_in"]:
                item.add_marker(pytest.mark.exhaustive)
            seen[test] += 1


def pytest_collection_finish() -> None:
    """Spare the garbage collector the million objects of all modules, each time that it looks."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def runtime() -> Iterator[Runtime]:
    """One local SageMaker runtime for all worlds."""
    from tests.account import model  # noqa: PLC0415  # after the environment is set

    with model.runtime() as up:
        yield up


@pytest.fixture
def account(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """A new account with the function in it."""
    from tests.account.account import account_in_moto  # noqa: PLC0415  # the same

    with account_in_moto(runtime, monkeypatch) as made:
        yield made


@pytest.fixture
def nights(account: Account, monkeypatch: pytest.MonkeyPatch) -> Nights:
    """The nightly function of the account."""
    from tests.nights import nights_of  # noqa: PLC0415  # after the environment is set

    return nights_of(account, monkeypatch)
