"""17: an endpoint that is slow but healthy.

Injected: calls of 25, 35, 45 and 58 seconds, in virtual time, for four workers and 120 files of 50
records; and a unit whose calls take longer than the function may run.
Asserted: no dead letter, every file complete, at most 5 % of the records asked for twice.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable

import pytest

from tests.account.model import Runtime
from tests.account.texts import json_lines
from tests.injection.campaign import isolated
from tests.injection.clock import BEGINS
from tests.injection.deployment import Deployment

Record = Callable[[str, object], None]

WORKERS = 4
RECORDS = 50
# Of all records; the issue that this answers.
MOST_ASKED_TWICE = 0.05


def work_in_parallel(deployment: Deployment) -> float:
    """Let several workers take messages until none is left; returns the seconds that it took.

    Each worker has a time of its own: the one whose time is the earliest takes the next messages,
    and the clock is set to it.
    """
    clock = deployment.clock
    free = [clock.now] * WORKERS
    while True:
        clock.sleep(free[0] - clock.now)  # back, perhaps
        if not deployment._take_messages():
            visible = deployment._next_visible()
            if visible is None:
                return max(free) - BEGINS.timestamp()
            clock.sleep(max(visible - clock.now, 0.0))
        heapq.heapreplace(free, clock.now)


@pytest.mark.parametrize(
    ("seconds", "files", "batch_size"),
    [
        pytest.param(45, 20, 8, id="45 s a call"),
        *(
            pytest.param(
                seconds, 120, 8, marks=pytest.mark.exhaustive, id=f"{seconds} s, 120 files"
            )
            for seconds in (25, 35, 45, 58)
        ),
        # 50 calls take longer than the function may run: each unit is continued many times.
        pytest.param(45, 6, 1, id="45 s a call of one record"),
    ],
)
def test_17_a_slow_endpoint_costs_time_alone(  # the fixtures, and the case
    runtime: Runtime,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Record,
    seconds: int,
    files: int,
    batch_size: int,
) -> None:
    with isolated(runtime, monkeypatch) as deployment, deployment.wire.tapped():
        account = deployment.account
        account.configure({"MICRO_BATCH_RECORDS": str(batch_size)})
        write = account.model.generate

        def slowly(*asked: object) -> object:
            deployment.clock.sleep(seconds)
            return write(*asked)  # type: ignore[arg-type]  # passed on as they are

        monkeypatch.setattr(account.model, "generate", slowly)
        for number in range(files):
            findings = [{"findings": f"File {number}, report {one}."} for one in range(RECORDS)]
            deployment.drop(f"incoming/ward/{number}.jsonl", json_lines(*findings))

        took_s = work_in_parallel(deployment)

        calls = files * RECORDS / batch_size  # files share calls
        assert took_s >= calls * seconds / WORKERS
        asked = Counter(account.model.prompts)
        twice = sum(times - 1 for times in asked.values())
        record_property("asked_twice", twice)
        dead = account.sqs.get_queue_attributes(
            QueueUrl=account.dead_letter_url, AttributeNames=["ApproximateNumberOfMessages"]
        )
        assert dead["Attributes"]["ApproximateNumberOfMessages"] == "0"
        assert account.waiting() == 0
        assert len(asked) == files * RECORDS
        assert twice <= MOST_ASKED_TWICE * files * RECORDS
        documents = [account.result(f"incoming/ward/{number}.jsonl") for number in range(files)]
        assert {one["status"] for one in documents} == {"complete"}
