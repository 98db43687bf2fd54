"""`python -m training prepare` as a user types it, with whatever Python is at hand."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from common.paths import ROOT


def training(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [sys.executable, "-m", "training", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_prepared_evaluation_file_goes_through_and_the_rest_is_for_training(tmp_path: Path) -> None:
    done = training("prepare", "examples/evaluation", "--out", str(tmp_path / "out"), "--json")

    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert (summary["reports"], sum(summary["kept"].values())) == (150, 150)
    assert (tmp_path / "out" / "evaluation" / "evaluation.jsonl").is_file()


def test_table_names_what_was_left_out(tmp_path: Path) -> None:
    done = training("prepare", "examples/hospital", "--out", str(tmp_path / "out"), "--quiet")

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"84 reports of hospital, written to {tmp_path / 'out'}\n")
    assert "left out: unreadable" in done.stdout
    assert done.stderr == ""


def test_wrong_use_ends_in_one_line_and_its_status(tmp_path: Path) -> None:
    missing = training("prepare", str(tmp_path / "none"), "--out", str(tmp_path / "out"))
    usage = training("prepare", "x", "--out", "y", "--evaluation-share", "2")

    assert (missing.returncode, usage.returncode) == (3, 2)
    assert missing.stderr.splitlines() == [
        f"error: {tmp_path / 'none'}: does not exist; give a file or a folder of reports"
    ]
    assert "2 is not between 0 and 1" in usage.stderr
