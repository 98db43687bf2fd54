"""The night on the local stack: real function, real transform job, real drafts."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from chalicelib.nightly.ledger import ITEM, LedgerState, NightlyBatch
from common.paths import ROOT
from local.aws import client
from local.client import invoke, uploads, waiting
from local.client import run as running
from local.errors import InvokeError
from local.stack import lifecycle as stacks
from tests.breaking.kills import kill_function
from tests.integration.test_main_job import entries, rows

FILES = 300
SIZES = (1, 1, 1, 2, 3, 5, 1, 8)
LARGE_EVERY, LARGE = 60, 120  # above CHUNK_RECORDS
WAIT_S = 60.0


def night(stack: stacks.Stack, folder: Path, name: str) -> running.Report:
    run = partial(invoke.run_night, stack)
    return running.run(
        stack,
        [str(folder)],
        lane="nightly",
        dataset=name,
        quiet=True,
        patience_s=WAIT_S,
        night=run,
    )


def jobs(stack: stacks.Stack) -> list[dict[str, Any]]:
    found = client("sagemaker", stack.front_url, stack.settings).list_transform_jobs(MaxResults=100)
    return list(found["TransformJobSummaries"])


def drafts(stack: stacks.Stack, report: running.Report) -> dict[str, list[tuple[Any, ...]]]:
    return {
        one.dropped.upload.path.name: [
            (entry["impression"], entry["status"]) for entry in entries(stack, one)
        ]
        for one in report.answered
    }


def test_a_night_drafts_what_the_live_endpoint_drafts(stack: stacks.Stack) -> None:
    folder = ROOT / "examples" / "hospital"
    before = len(jobs(stack))

    batch = night(stack, folder, "by-night")
    live = running.run(stack, [str(folder)], dataset="by-day", quiet=True, patience_s=WAIT_S)

    assert drafts(stack, batch) == drafts(stack, live)
    assert (batch.records, batch.failed) == (live.records, live.failed)
    new = jobs(stack)[: len(jobs(stack)) - before]
    assert [job["TransformJobStatus"] for job in new] == ["Completed"]
    drafted = rows(stack, "impressions", batch)
    assert {row["call_records"] for row in drafted} == {len(drafted)}
    assert {row["lane"] for row in drafted} == {"nightly"}


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """300 files of mixed sizes, as arrays and as lines."""
    folder = tmp_path_factory.mktemp("many")
    source = (ROOT / "examples" / "evaluation" / "held-out.jsonl").read_text("utf-8").splitlines()
    taken = 0
    for number in range(FILES):
        size = LARGE if number % LARGE_EVERY == 0 else SIZES[number % len(SIZES)]
        records = []
        for _ in range(size):
            record = json.loads(source[taken % len(source)])
            records.append(record | {"report_id": f"night-{taken}"})
            taken += 1
        text = json.dumps(records) if number % 2 else "\n".join(map(json.dumps, records))
        (folder / f"{number:03d}.json").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.once
def test_a_night_that_is_killed_and_run_again_is_paid_once(stack: stacks.Stack, many: Path) -> None:
    before = len(jobs(stack))
    dropped: list[uploads.Dropped] = []
    planned = uploads.plan_uploads([str(many)], "nightly", "killed")
    uploads.drop(stack, planned, dropped.append)

    kill_in_the_middle(stack)
    assert len(jobs(stack)) == before
    let_the_dead_be_dead(stack)
    invoke.run_night(stack)
    invoke.run_night(stack)
    answered = waiting.Waiter(stack, dropped, lambda _: None, WAIT_S).wait()
    invoke.run_night(stack)

    assert len(jobs(stack)) == before + 1
    report = running.Report(answered, [], [], 0.0)
    drafted = rows(stack, "impressions", report)
    counted = Counter((row["run_id"], row["record_index"]) for row in drafted)
    assert set(counted.values()) == {1}
    assert len(counted) == report.records == sum(one.records for one in dropped)
    assert report.failed == 0
    # Every draft came from the one job, none from the endpoint.
    assert {row["call_records"] for row in drafted} == {report.records}
    assert record(stack).nights == ()


def kill_in_the_middle(stack: stacks.Stack) -> None:
    """SIGKILL the function's process while it gathers."""

    def gather() -> None:
        with suppress(InvokeError):
            invoke.run_night(stack)

    thread = threading.Thread(target=gather)
    thread.start()
    deadline = time.monotonic() + WAIT_S
    while not any(found.state == "gathering" for found in record(stack).nights):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert kill_function(stack, stack.outputs.nightly_function) >= 1
    thread.join(WAIT_S)
    assert not thread.is_alive()


def record(stack: stacks.Stack) -> LedgerState:
    item = stack.client("dynamodb").get_item(
        TableName=stack.outputs.progress_table, Key={"object_id": {"S": ITEM}}
    )
    if "Item" not in item:
        return LedgerState()
    return msgspec.json.decode(item["Item"]["record"]["S"], type=LedgerState)


def let_the_dead_be_dead(stack: stacks.Stack) -> None:
    """Let the two minutes pass after which a gathering counts as dead."""
    standing = record(stack)
    (gathering,) = (found for found in standing.nights if found.state == "gathering")
    assert isinstance(gathering, NightlyBatch)
    dead = standing.with_night(msgspec.structs.replace(gathering, alive_until=0.0))
    stack.client("dynamodb").update_item(
        TableName=stack.outputs.progress_table,
        Key={"object_id": {"S": ITEM}},
        UpdateExpression="SET #r = :r",
        ExpressionAttributeNames={"#r": "record"},
        ExpressionAttributeValues={":r": {"S": msgspec.json.encode(dead).decode()}},
    )


def test_a_night_whose_time_ends_goes_on_in_another_invocation(
    stack: stacks.Stack, tmp_path: Path
) -> None:
    functions, name = stack.client("lambda"), stack.outputs.nightly_function
    before = len(jobs(stack))
    for number in range(3):
        record = {"findings": f"The lungs are clear. Image {number}."}
        (tmp_path / f"{number}.json").write_text(json.dumps(record), encoding="utf-8")
    # Less than what it keeps to hand on: every page is the last.
    functions.update_function_configuration(FunctionName=name, Timeout=90)
    try:
        report = night(stack, tmp_path, "late")
    finally:
        functions.update_function_configuration(FunctionName=name, Timeout=900)

    assert (report.records, report.failed) == (3, 0)
    assert len(jobs(stack)) == before + 1


def test_an_operator_sees_and_re_runs_a_file(stack: stacks.Stack, tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    path.write_text('{"findings": "The lungs are clear."}', encoding="utf-8")
    report = running.run(stack, [str(path)], dataset="seen", quiet=True, patience_s=WAIT_S)
    key = report.answered[0].dropped.ref.key

    told = invoke.operate(stack, "file", key=key)
    again = invoke.operate(stack, "rerun", key=key)
    counted = invoke.operate(stack, "counts", prefix="incoming/seen/")

    assert (told["state"], told["counts"]["ok"]) == ("complete", 1)
    assert again["rerun"] == 1
    assert counted["files"] == {"complete": 1}
    assert invoke.operate(stack, "redrive") == {"redriven": 0, "left": 0}
