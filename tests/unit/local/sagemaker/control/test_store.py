from __future__ import annotations

import json
from pathlib import Path

import pytest

from local.sagemaker.control.jobs import LOST
from local.sagemaker.control.store import Store
from local.sagemaker.errors import StateFileError
from tests.unit.local.sagemaker.control.harness import ControlPlaneHarness, ended, job_request


def test_what_is_put_is_there_after_a_restart(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put("models", "b", {"a": 1})
    store.put("models", "a", {"a": 2})
    store.change("models", "b", a=3)
    store.delete("models", "a")

    again = Store(tmp_path)

    assert list(again.all("models")) == [{"a": 3}]
    assert again.get("models", "a") is None
    assert not list(tmp_path.rglob("*.partial"))


def test_what_is_read_is_a_copy(tmp_path: Path) -> None:
    store = Store(tmp_path)
    given = {"list": [1]}
    store.put("models", "a", given)

    given["list"].append(2)
    (store.get("models", "a") or {})["list"].append(3)

    assert store.get("models", "a") == {"list": [1]}


@pytest.mark.parametrize("content", ["", "{", "\x00"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "models" / "a.json"
    path.parent.mkdir()
    path.write_text(content)

    with pytest.raises(StateFileError, match=r"a\.json cannot be read: delete it"):
        Store(tmp_path)


@pytest.mark.parametrize(
    ("status", "secondary", "after", "reason"),
    [
        ("InProgress", "Training", "Failed", LOST),
        ("InProgress", "Starting", "Failed", LOST),
        ("Stopping", "Stopping", "Stopped", None),
        ("InProgress", "Pending", "Completed", None),
    ],
)
def test_jobs_that_a_killed_server_left_are_ended_or_begun(
    harness: ControlPlaneHarness, status: str, secondary: str, after: str, reason: str | None
) -> None:
    document = job_request() | {
        "TrainingJobArn": "arn:aws:sagemaker:us-east-1:000000000000:training-job/job-1",
        "TrainingJobStatus": status,
        "SecondaryStatus": secondary,
        "CreationTime": 1.0,
        "LastModifiedTime": 1.0,
        "SecondaryStatusTransitions": [{"Status": secondary, "StartTime": 1.0}],
    }
    path = harness.folder / "state" / "resources" / "training-jobs" / "job-1.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(document))

    with harness.server() as server:
        job = ended(server.client())

    assert job["TrainingJobStatus"] == after
    assert job.get("FailureReason") == reason
