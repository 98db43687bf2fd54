"""Every kind of fault, with a word in each place of a report.

Injected: Every AWS call of a run denied, failed, throttled, unreadable, unreachable, timed out,
carried out without its answer or the last one of a killed process; bad files and records, odd
answers of models and jobs, odd messages and requests, errors in the code itself; with words in
findings, impression, report id, metadata and key, traced and logged at the finest level. The runs
happen in processes of their own, one for each group of faults (`tests/account/leak_process.py`).
Asserted: No sink holds any of the words, plain or encoded, but those that are meant to: logs,
metrics, traces, errors, dead letters, DynamoDB, temporary files, the process's arguments.
"""

from __future__ import annotations

import functools
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests.account import traced
from tests.account.leak_account import ALLOWED, SINKS
from tests.account.leak_groups import CALLS, CALLS_OF, GROUPS, NIGHT, OPERATE, REQUESTS, faults_of
from tests.account.leak_plants import PLANTED, PLANTS
from tests.account.leaks import PLACES, search

pytestmark = pytest.mark.once

# Faults, places and sinks are combined; fewer than this, and something is no longer searched.
FEWEST_COMBINATIONS = 20_000
# The runs of a group come from one process, for which a worker waits. `make test` makes these only.
SAMPLE = ("incoming", NIGHT)


def marks_of(group: str) -> list[pytest.MarkDecorator]:
    """Where and when the runs of a group are made."""
    together = pytest.mark.xdist_group(f"leaks {group}")
    return [together] if group in SAMPLE else [together, pytest.mark.exhaustive]


RUNS = [
    pytest.param(group, fault, marks=marks_of(group))
    for group in GROUPS
    for fault in faults_of(group)
]


@functools.cache
def runs_of(group: str) -> dict[str, Any]:
    """What each run of a group said and left."""
    with (
        traced.daemon() as daemon,
        tempfile.TemporaryDirectory() as folder,
        tempfile.TemporaryDirectory() as scratch,
    ):
        command = ("tests.account.leak_process", group, folder, str(daemon.fileno()))
        traced.run(daemon, Path(scratch), *command, LOG_LEVEL="DEBUG")
        found: dict[str, Any] = json.loads(Path(folder, f"{group}.json").read_text("utf-8"))
        return found


def allowed_in(group: str, fault: str) -> tuple[tuple[str, str], ...]:
    """What may be said where, by design."""
    if fault.startswith("message: "):
        # What others put into the queue comes back as it was; nothing of ours was added to it.
        return (*ALLOWED, *((place, "dead letters") for place in PLACES))
    if group == OPERATE and fault.startswith("file: "):
        return (*ALLOWED, ("key", "answers"))  # the operator asked about this key
    return ALLOWED


@pytest.mark.parametrize(("group", "fault"), RUNS)
def test_31_no_sink_has_a_word_of_a_report(group: str, fault: str) -> None:
    run = runs_of(group)[fault]

    assert run["happened"] or fault.endswith("none"), "the fault did not happen: nothing is shown"
    assert set(run["sinks"]) == set(SINKS)
    assert run["sinks"]["traces"]
    assert search(run["sinks"], allowed_in(group, fault)) == []


def test_31_enough_is_searched() -> None:
    assert len(RUNS) * len(PLACES) * len(SINKS) >= FEWEST_COMBINATIONS


@pytest.mark.parametrize("group", [pytest.param(one, marks=marks_of(one)) for one in CALLS])
def test_31_every_call_of_a_run_has_its_faults(group: str) -> None:
    assert runs_of(group)["none"]["calls"] == sorted(CALLS[group])


@pytest.mark.exhaustive
@pytest.mark.xdist_group(f"leaks {OPERATE}")
@pytest.mark.parametrize("request_name", REQUESTS)
def test_31_every_call_of_a_request_has_its_faults(request_name: str) -> None:
    calls = runs_of(OPERATE)[f"{request_name}: none"]["calls"]

    assert calls == sorted(CALLS_OF[request_name])


@pytest.mark.xdist_group(f"leaks {NIGHT}")
@pytest.mark.parametrize("sink", [sink for sink in SINKS if sink not in {"files", "queue"}])
def test_31_every_sink_is_filled_by_some_run(sink: str) -> None:
    """A sink that is always empty would hide every leak; those planted fill the other two."""
    said = [run["sinks"][sink] for run in runs_of(NIGHT).values()]

    assert max(map(len, said)) > 100


@pytest.mark.xdist_group("leaks planted")
@pytest.mark.parametrize("plant", PLANTS)
def test_31_a_leak_into_a_sink_is_found_there(plant: str) -> None:
    sink = plant.partition(":")[0]

    leaks = search(runs_of(PLANTED)[plant]["sinks"])

    assert {(leak.place, leak.sink) for leak in leaks} >= {(place, sink) for place in PLACES}
    # Nor is anything found that was not planted.
    others = {leak.sink for leak in leaks} - {sink}
    assert not others
