from dataclasses import replace
from typing import Any

import pytest

from benchmarks.scale import system, traffic
from benchmarks.scale.design import Design
from benchmarks.scale.endpoint import Curve
from benchmarks.scale.system import Arrival, Outcome


def run_one_batch(design: Design, files: int, exact: dict[str, Any], records: int = 1) -> Outcome:
    """Files that meet in one invocation: a window gathers them in the only poller."""
    design = replace(design, concurrency=1, window_s=1.0, batch_size=files)
    return system.run(design, traffic.backlog(files, records), **exact)


@pytest.mark.parametrize(
    ("files", "records", "calls"),
    [
        (1, 1, {1: 1}),
        (8, 1, {8: 1}),
        (10, 1, {8: 1, 2: 1}),
        (3, 5, {8: 1, 7: 1}),
        (1, 50, {8: 6, 2: 1}),
        (2, 50, {8: 12, 4: 1}),
    ],
)
def test_records_of_an_invocation_share_calls(
    base: Design, exact: dict[str, Any], files: int, records: int, calls: dict[int, int]
) -> None:
    outcome = run_one_batch(base, files, exact, records)

    assert outcome.endpoint.calls == calls
    assert outcome.reports == files * records


def test_without_sharing_every_file_makes_its_own_calls(
    base: Design, exact: dict[str, Any]
) -> None:
    outcome = run_one_batch(replace(base, shares_calls=False), 8, exact)

    assert outcome.endpoint.calls == {1: 8}


def test_a_large_file_is_split_into_chunks(base: Design, exact: dict[str, Any]) -> None:
    outcome = system.run(base, traffic.backlog(1, 120), **exact)

    assert outcome.queue.sent == 1 + 3
    assert outcome.reports == 120
    # impressions and rouge_scores per chunk, one row in files
    assert outcome.usage.lake_objects == 3 * 2 + 1
    assert outcome.usage.s3_put == 3 * 3 + 2


def test_a_small_file_makes_the_calls_that_the_code_makes(
    base: Design, exact: dict[str, Any]
) -> None:
    usage = system.run(base, traffic.backlog(1), **exact).usage

    assert (usage.s3_get, usage.s3_put, usage.dynamodb_write, usage.dynamodb_read) == (1, 4, 1, 0)


def test_without_sharing_the_record_of_a_file_is_completed(
    base: Design, exact: dict[str, Any]
) -> None:
    alone = replace(base, shares_calls=False)

    assert system.run(alone, traffic.backlog(1), **exact).usage.dynamodb_write == 2


def test_an_invocation_reads_the_plan_of_an_object_once(
    base: Design, exact: dict[str, Any]
) -> None:
    one = replace(base, concurrency=1)

    outcome = system.run(one, traffic.backlog(1, 400), **exact)

    # eight chunks, which wait while the first invocation splits the object
    assert outcome.queue.invocations == 2
    assert outcome.usage.dynamodb_read == 1


def test_calls_go_first_to_the_units_that_they_complete(
    base: Design, exact: dict[str, Any]
) -> None:
    arrivals = [Arrival(0.0, 40), *(Arrival(0.01) for _ in range(4))]
    met = replace(base, concurrency=1, window_s=5.0, batch_size=5)

    large, *small = system.run(met, arrivals, **exact).latencies

    # one call for them all, five more for the rest of the large file
    assert large - max(small) > 4 * 0.5


def test_an_invocation_hands_on_what_it_has_no_time_for(
    base: Design, exact: dict[str, Any]
) -> None:
    # Calls of 51 s: of seven, 16 minutes' worth would fit, 15 minutes less the reserve do not.
    short = replace(base, function_timeout_s=200.0)

    outcome = system.run(short, traffic.backlog(1, 50), curve=Curve(51_000, 0), **exact)

    assert outcome.reports == 50
    assert outcome.queue.invocations > 1
    assert outcome.endpoint.calls == {8: 6, 2: 1}
    assert not outcome.queue.dead


def test_files_that_the_endpoint_refuses_too_often_are_given_up(
    base: Design, exact: dict[str, Any]
) -> None:
    crowd = replace(base, concurrency=1000, batch_size=1)

    outcome = system.run(crowd, traffic.backlog(3000), curve=Curve(2000, 0), **exact)

    dead = {id(message.upload) for message in outcome.queue.dead}
    assert dead
    assert len(dead) + len(outcome.latencies) == 3000
