"""SIGKILL in the middle of runs on the local stack, with the real zip.

Injected: The function's process killed while the model is called, and between the rows and the
result; MiniStack and the local SageMaker killed together, with files done, in work and waiting.
Asserted: `up` and the sweep finish everything: each file has one result, nothing is lost or
doubled.
"""

from __future__ import annotations

import gzip
import json
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from common.stack_settings import LocalStackSettings
from local.client import invoke, uploads, waiting
from local.stack import lifecycle
from local.stack.lifecycle import Stack
from tests.breaking.kills import (
    configure,
    kill_function,
    kill_ministack,
    kill_sagemaker,
    let_claims_expire,
    wait_until,
)
from tests.breaking.proxy import Choose, Fault, Proxy, proxying

# One machine runs one local stack at a time.
pytestmark = [
    pytest.mark.xdist_group("local stack"),
    pytest.mark.once,
    pytest.mark.skipif(not Path("/proc/self").exists(), reason="finds processes in Linux's /proc"),
]

PATIENCE_S = 60.0
SWEEP_AFTER_S = 1
HOLD = Fault("hold")


def calls_model(_method: str, path: str, _body: bytes) -> Fault | None:
    """Hold a request while the model is being called."""
    return HOLD if path.endswith("/invocations") else None


def writes_result(method: str, path: str, _body: bytes) -> Fault | None:
    """Hold a request after the rows are written and before the result is."""
    return HOLD if method == "PUT" and "/results/incoming/" in path else None


class Broken:
    """A stack whose functions reach S3 and the model through proxies."""

    def __init__(self, stack: Stack, s3: Proxy, model: Proxy) -> None:
        self.stack, self.s3, self.model = stack, s3, model

    def drop(self, folder: Path, name: str, sizes: list[int]) -> list[uploads.Dropped]:
        """Upload files with so many records each; no two reports are alike."""
        source = folder / name
        source.mkdir()
        for number, size in enumerate(sizes):
            lines = [
                {"report_id": f"{name}-{number}-{index}", "findings": f"Clear. {number} {index}."}
                for index in range(size)
            ]
            text = "\n".join(map(json.dumps, lines))
            (source / f"{number:02d}.jsonl").write_text(text, encoding="utf-8")
        dropped: list[uploads.Dropped] = []
        planned = uploads.plan_uploads([str(source)], "incoming", name)
        uploads.drop(self.stack, planned, dropped.append)
        return dropped

    def sweep(self) -> int:
        """Run the sweep when the files are old enough for it; returns what it queued again."""
        time.sleep(SWEEP_AFTER_S + 1.0)  # LastModified is a whole second
        return int(invoke.run_night(self.stack)["requeued"])

    def wait(self, dropped: list[uploads.Dropped]) -> list[waiting.Answered]:
        return waiting.Waiter(self.stack, dropped, lambda _: None, PATIENCE_S).wait()

    def up(self) -> None:
        self.stack = lifecycle.up(self.stack.settings, progress=quiet)
        self.s3.target, self.model.target = self.stack.aws_url, self.stack.runtime_url

    def down(self) -> None:
        lifecycle.down(self.stack.settings, progress=quiet)

    def rows(self, table: str, name: str) -> list[dict[str, Any]]:
        s3, bucket = self.stack.client("s3"), self.stack.outputs.results_bucket
        found = []
        for page in s3.get_paginator("list_objects_v2").paginate(
            Bucket=bucket, Prefix=f"lake/{table}/"
        ):
            for item in page.get("Contents", []):
                body = s3.get_object(Bucket=bucket, Key=item["Key"])["Body"].read()
                found += [json.loads(line) for line in gzip.decompress(body).splitlines()]
        return [row for row in found if row["dataset"] == name]

    def versions(self) -> Counter[str]:
        """How often each key of the results bucket was written."""
        found: Counter[str] = Counter()
        pages = self.stack.client("s3").get_paginator("list_object_versions")
        for page in pages.paginate(Bucket=self.stack.outputs.results_bucket):
            found.update(item["Key"] for item in page.get("Versions", []))
        return found

    def has_no_work(self) -> bool:
        """Whether the work queue is empty, hidden messages included."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.stack.client("sqs").get_queue_attributes(
            QueueUrl=self.stack.outputs.work_queue_url, AttributeNames=names
        )
        return all(int(found["Attributes"][name]) == 0 for name in names)

    def results_of(self, name: str) -> int:
        return sum(key.startswith(f"results/incoming/{name}/") for key in self.versions())

    def assert_each_once(self, name: str, dropped: list[uploads.Dropped]) -> None:
        """Every record has one impression, in its file's result and in the lake."""
        wanted = {
            f"{name}-{number}-{index}"
            for number, one in enumerate(dropped)
            for index in range(one.records)
        }
        answered = self.wait(dropped)
        shown = [entry for one in answered for entry in one.document["impressions"]]
        assert {one.document["status"] for one in answered} == {"complete"}
        assert Counter(entry["report_id"] for entry in shown) == Counter(wanted)
        drafted = self.rows("impressions", name)
        assert Counter(row["report_id"] for row in drafted) == Counter(wanted)
        assert self.rows("failures", name) == []
        assert len(self.rows("files", name)) == len(dropped)
        # The rows say what the results say.
        texts = {row["report_id"]: row["generated_impression"] for row in drafted}
        assert texts == {entry["report_id"]: entry["impression"] for entry in shown}


def quiet(_: str) -> None:
    """Progress that nobody reads."""


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broken]:
    settings = LocalStackSettings(state_directory=tmp_path_factory.mktemp("killed"))
    up = partial(lifecycle.up, settings, progress=quiet)
    try:
        stack = up()
        with proxying(stack.aws_url) as s3, proxying(stack.runtime_url) as model:
            summarize, nightly = stack.outputs.function_name, stack.outputs.nightly_function
            proxies = {
                "AWS_ENDPOINT_URL_S3": s3.url,
                "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME": model.url,
            }
            configure(stack, summarize, proxies)
            configure(stack, nightly, {"SWEEP_AFTER_S": str(SWEEP_AFTER_S)})
            made = Broken(stack, s3, model)
            # Only what a MiniStack saves when it stops is there after SIGKILL.
            made.down()
            made.up()
            yield made
    finally:
        lifecycle.down(settings, progress=quiet)


@pytest.mark.parametrize(
    ("through", "moment", "rows_written"),
    [("model", calls_model, False), ("s3", writes_result, True)],
    ids=["while the model is called", "between rows and result"],
)
def test_38_a_killed_function_is_finished_by_the_sweep(
    broken: Broken, tmp_path: Path, through: str, moment: Choose, *, rows_written: bool
) -> None:
    name = f"killed-{through}"
    proxy: Proxy = getattr(broken, through)
    calls = broken.model.forwarded
    proxy.choose = moment
    dropped = broken.drop(tmp_path, name, [1, 3, 1])
    proxy.wait_for_held(1, PATIENCE_S)
    assert kill_function(broken.stack, broken.stack.outputs.function_name) >= 1
    assert bool(broken.rows("impressions", name)) is rows_written
    assert broken.results_of(name) == 0
    proxy.release()
    # The sweep meets the claim that the dead function left.
    assert let_claims_expire(broken.stack) >= 1

    # What was not in the batch that died goes on meanwhile.
    assert 1 <= broken.sweep() <= len(dropped)

    broken.assert_each_once(name, dropped)
    assert broken.model.forwarded - calls <= 2 * len(dropped)


def test_38_messages_of_a_killed_function_that_come_back_change_nothing(
    broken: Broken, tmp_path: Path
) -> None:
    broken.model.choose = calls_model
    dropped = broken.drop(tmp_path, "back", [1, 2])
    broken.model.wait_for_held(1, PATIENCE_S)
    kill_function(broken.stack, broken.stack.outputs.function_name)
    broken.model.release()
    let_claims_expire(broken.stack)
    broken.sweep()
    broken.wait(dropped)
    before, calls = broken.versions(), broken.model.forwarded

    # Its messages are hidden for 90 minutes; a restart releases them.
    broken.down()
    saved = broken.stack.settings.saved_directory / "sqs.json"
    assert "incoming/back/" in saved.read_text(encoding="utf-8")
    broken.up()
    wait_until(broken.has_no_work, PATIENCE_S)

    assert (broken.versions(), broken.model.forwarded) == (before, calls)
    broken.assert_each_once("back", dropped)


def test_38_a_killed_stack_is_finished_by_up_and_the_sweep(broken: Broken, tmp_path: Path) -> None:
    done = broken.drop(tmp_path, "done", [1, 2, 60])
    broken.wait(done)
    before = broken.versions()
    broken.model.choose = calls_model
    # More than two functions take at once: some are in work, the others wait.
    caught = broken.drop(tmp_path, "caught", [1, 2, 3, 1, 1, 4, 1, 1, 1, 1, 2, 1, 1, 1])
    broken.model.wait_for_held(2, PATIENCE_S)

    kill_ministack(broken.stack)
    kill_sagemaker(broken.stack)
    broken.model.release()
    broken.up()

    assert broken.results_of("caught") == 0
    assert broken.sweep() == len(caught)
    broken.assert_each_once("caught", caught)
    after = broken.versions()
    assert {key: after[key] for key in before} == before
    assert broken.sweep() == 0
