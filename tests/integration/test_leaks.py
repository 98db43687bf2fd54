"""31 on the running stack: process arguments, files, logs of every part, answers of `status`."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from common.stack_state import read_state
from local.client import invoke
from local.client import run as running
from tests.account.leak_faults import RECORDS
from tests.account.leaks import PLACES, WORDS, record, search, shown

if TYPE_CHECKING:
    from local.stack.lifecycle import Stack

# Larger files are packages and models, which no run writes.
LONGEST_FILE = 1 << 20


def arguments_of(groups: set[int]) -> set[str]:
    """The arguments and names of all processes of these groups, workers of functions included."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            group = int((process / "stat").read_text().rsplit(")", 1)[1].split()[2])
            if group in groups:
                found.add((process / "cmdline").read_text("utf-8", "replace").replace("\0", " "))
                found.add((process / "environ").read_text("utf-8", "replace"))
        except OSError:
            continue  # it ended while we looked
    return found


@contextmanager
def watched(groups: set[int]) -> Iterator[set[str]]:
    """Look at the processes' arguments and environments again and again."""
    seen: set[str] = set()
    done = threading.Event()

    def look() -> None:
        while not done.wait(0.1):
            seen.update(arguments_of(groups))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        done.set()
        watcher.join()
        seen.update(arguments_of(groups))


def written_since(folder: Path, start: float) -> str:
    """Names and contents of the files below a folder that are newer than a moment.

    The unpacked code of functions, 200 MB that no run writes, is left out.
    """
    found = []
    for path in sorted(folder.rglob("*")):
        try:
            about = path.stat()
            if "code" in path.relative_to(folder).parts:
                continue
            if path.is_file() and about.st_mtime >= start and about.st_size <= LONGEST_FILE:
                found.append(f"{path.relative_to(folder)}\n{path.read_bytes()!r}")
        except OSError:
            continue  # deleted while we looked
    return "\n".join(found)


def logged(stack: Stack) -> str:
    """All log events of all functions."""
    logs = stack.client("logs")
    groups = [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]]
    events = [
        event["message"]
        for group in groups
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group)
        for event in page["events"]
    ]
    return "\n".join(events)


@pytest.mark.skipif(not Path("/proc/self/stat").is_file(), reason="reads Linux's /proc")
def test_31_a_run_leaves_report_text_only_in_its_buckets(stack: Stack, tmp_path: Path) -> None:
    state = read_state(stack.settings.state_file)
    assert state.ministack is not None
    assert state.sagemaker is not None
    path = tmp_path / f"{WORDS['key']} ö.jsonl"
    lines = [json.dumps(one) for one in (record(), *RECORDS.values())]
    path.write_text("\n".join([*lines, lines[0][:-20]]), encoding="utf-8")
    start = time.time()

    with watched({state.ministack.pid, state.sagemaker.pid}) as processes:
        report = running.run(
            stack, [str(path)], dataset=f"ward-{WORDS['key']}", quiet=True, patience_s=120
        )
        counted = invoke.operate(stack, "counts")

    assert report.failed >= len(RECORDS)
    assert len(processes) >= 4
    sinks = {
        "process arguments": "\n".join(processes),
        "function logs": logged(stack),
        "stack logs": written_since(stack.settings.logs_directory, 0),
        "temporary files": written_since(stack.settings.temporary_directory, start),
        "SageMaker's files": written_since(stack.settings.sagemaker_directory, start),
        "answers": shown(counted),
        "failure messages": shown([one.error_message for one in report.failures]),
        "state file": stack.settings.state_file.read_text("utf-8"),
    }
    assert len(sinks["function logs"]) > 1000
    assert search(sinks) == []
    # The same search does find the text where it belongs.
    objects = written_since(stack.settings.objects_directory, start)
    assert {leak.place for leak in search({"objects": objects})} == set(PLACES)


@pytest.mark.skipif(not Path("/proc/self/stat").is_file(), reason="reads Linux's /proc")
def test_31_a_leak_into_arguments_environment_or_files_is_found(tmp_path: Path) -> None:
    words = WORDS["findings"], WORDS["impression"]
    with subprocess.Popen(
        [sys.executable, "-c", "input()", words[0]],
        env={"SAID": words[1]},
        stdin=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        try:
            with watched({process.pid}) as seen:
                time.sleep(0.3)
        finally:
            process.kill()
    start = time.time() - 1
    (tmp_path / f"{WORDS['key']}.txt").write_bytes(gzip.compress(WORDS["metadata"].encode()))

    found = search({"processes": "\n".join(seen), "files": written_since(tmp_path, start)})

    assert {(leak.place, leak.sink) for leak in found} == {
        ("findings", "processes"),
        ("impression", "processes"),
        ("key", "files"),
        ("metadata", "files"),
    }
