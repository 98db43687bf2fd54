"""The verbs of `--backend local` from reports to a torn-down endpoint, as a user types them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from common.paths import ROOT
from common.stack_settings import STATE_DIRECTORY_VARIABLE
from training.synthetic.__main__ import main as synthetic

Run = subprocess.CompletedProcess[str]
Verb = Callable[..., Run]


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("verbs")
    synthetic(["reports", "--count", "400", "--seed", "verbs", "--out", str(folder / "r.jsonl")])
    return folder


@pytest.fixture(scope="module")
def command(work: Path) -> Iterator[Verb]:
    environment = {**os.environ, STATE_DIRECTORY_VARIABLE: str(work / "state")}

    def run(*words: str) -> Run:
        return subprocess.run(
            [sys.executable, "-m", *words],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )

    yield run
    run("local", "down")


@pytest.fixture(scope="module")
def verb(command: Verb) -> Verb:
    return lambda name, *words: command("training", name, *words, "--backend", "local")


@pytest.fixture(scope="module")
def prepared(command: Verb, work: Path) -> Path:
    out = work / "prepared"
    done = command("training", "prepare", str(work / "r.jsonl"), "--out", str(out))
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="module")
def job(verb: Verb, prepared: Path) -> dict[str, Any]:
    """A job that was killed in its middle and went on under the same command."""
    train = ("fine-tune", "--data", str(prepared), "--epochs", "6", "--json")
    started = verb(*train, "--no-wait")
    assert started.returncode == 0, started.stderr
    name = json.loads(started.stdout)["job"]
    _kill_after_a_checkpoint(name, prepared.parent / "state")
    failed = _ended(verb, name)
    assert failed["status"] == "Failed"
    assert "killed by signal 9" in failed["failure_reason"]
    again = verb(*train)
    assert again.returncode == 0, again.stderr
    assert "resumed an earlier job" in again.stderr
    told: dict[str, Any] = json.loads(again.stdout)
    assert told["job"] != name
    return told


def _kill_after_a_checkpoint(name: str, state: Path) -> None:
    """SIGKILL to the trainer once a checkpoint is in S3."""
    until = time.monotonic() + 240
    while time.monotonic() < until:
        time.sleep(0.2)
        # The objects of the local S3 are files.
        if not list((state / "ministack" / "s3").rglob("checkpoints/*/*")):
            continue
        for process in Path("/proc").iterdir():
            if process.name.isdigit() and _is_trainer(process, name):
                os.kill(int(process.name), signal.SIGKILL)
                return
    pytest.fail("no checkpoint came")


def _is_trainer(process: Path, name: str) -> bool:
    try:
        command = (process / "cmdline").read_bytes()
        environment = (process / "environ").read_bytes()
    except OSError:
        return False
    is_container = b"training.container" in command
    return is_container and f"TRAINING_JOB_NAME={name}\0".encode() in environment


def _ended(verb: Verb, name: str) -> dict[str, Any]:
    for _ in range(60):
        told: dict[str, Any] = json.loads(verb("status", "--job", name, "--json").stdout)["job"]
        if told["status"] in ("Failed", "Completed", "Stopped"):
            return told
        time.sleep(0.5)
    pytest.fail(f"{name} does not end")


def test_the_same_command_finds_what_is_done(
    verb: Verb, prepared: Path, job: dict[str, Any]
) -> None:
    assert job["status"] == "Completed"
    again = verb("fine-tune", "--data", str(prepared), "--epochs", "6", "--json")
    assert json.loads(again.stdout)["job"] == job["job"]
    assert "already done" in again.stderr


def test_it_went_on_from_the_checkpoint_and_not_from_the_start(
    job: dict[str, Any], work: Path
) -> None:
    log = work / "state" / "sagemaker" / "jobs" / job["job"] / "output" / "log.txt"
    assert "resuming at step " in log.read_text(encoding="utf-8")


def test_metrics_are_a_table_rows_and_a_plot(verb: Verb, job: dict[str, Any], work: Path) -> None:
    plot = work / "loss.svg"
    done = verb("metrics", "--job", job["job"], "--plot", str(plot), "--follow")
    assert done.returncode == 0, done.stderr
    assert "val_loss" in done.stdout
    assert "lake/training_metrics/dt=" in done.stderr
    assert plot.read_text(encoding="utf-8").startswith("<?xml")
    rows = json.loads(verb("metrics", "--job", job["job"], "--json").stdout)
    assert {row["metric_name"] for row in rows} == {"train_loss", "val_loss", "epoch"}
    assert {row["training_job_name"] for row in rows} == {job["job"]}


def test_deploy_evaluate_teardown(verb: Verb, prepared: Path, job: dict[str, Any]) -> None:
    shown = verb("deploy", "--job", job["job"], "--dry-run")
    weights = json.loads(shown.stdout)["fine-tuned"]["CreateModel"][0]["PrimaryContainer"]
    assert weights["ModelDataUrl"] == job["model"]

    first = json.loads(verb("deploy", "--json", "--quiet").stdout)
    assert set(first["endpoints"].values()) == {"updated"}  # the project's own served before
    assert first["registered"] == "registered in the stack impressions-local"
    second = json.loads(verb("deploy", "--json", "--quiet").stdout)
    assert set(second["endpoints"].values()) == {"unchanged"}
    assert second["registered"] == "already registered"

    files = prepared / "evaluation"
    scored = verb("evaluate", str(files), "--dataset", "held-out", "--json", "--quiet")
    assert scored.returncode == 0, scored.stderr
    scores = json.loads(scored.stdout)["scores"]["held-out"]
    assert scores["fine-tuned"]["rouge1"] > scores["pre-trained"]["rouge1"]

    listed = verb("teardown").stdout
    assert "would delete endpoint impressions-fine-tuned\n" in listed
    assert json.loads(verb("status", "--json").stdout)["endpoints"]["fine-tuned"]["status"] == (
        "InService"
    )
    assert verb("teardown", "--yes").returncode == 0
    # The next verb starts the local stack, and with it the models that came with the project.
    told = json.loads(verb("status", "--json").stdout)
    served = told["endpoints"]["fine-tuned"]
    assert (served["status"], served["configuration"]) == ("InService", "impressions-fine-tuned")
    assert told["job"]["model"] == job["model"]  # data stays
    assert "nothing to delete" in verb("teardown", "--yes").stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("fine-tune", "--data", "nowhere"), "nowhere: contains no train.jsonl; create it with"),
        (("status", "--job", "none"), "none: there is no such training job"),
        (("deploy", "--job", "none"), "none: there is no such training job"),
        (("fine-tune", "--data", "x", "--kms-key", "k"), "works only with --backend sagemaker"),
        (("fine-tune", "--data", "x", "--epochs", "-1"), "epochs"),
        (("evaluate", "nowhere.jsonl"), "nowhere.jsonl"),
    ],
)
def test_what_is_wrong_is_told_in_a_line(verb: Verb, words: tuple[str, ...], says: str) -> None:
    done = verb(*words)
    assert done.returncode == (2 if words[0] == "evaluate" else 3)
    last = done.stderr.splitlines()[-1]
    assert last.startswith("error: ")
    assert says in last
    assert "Traceback" not in done.stderr
