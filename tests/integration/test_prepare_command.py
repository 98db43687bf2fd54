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


def test_options_name_columns_patients_split_and_page(tmp_path: Path) -> None:
    rows = [f"f{n};Befund {n};Urteil {n}" for n in range(20)]
    (tmp_path / "befunde.csv").write_text("\n".join(["Fall;Befund;Beurteilung", *rows]))
    splits = [f"f{n},{'test' if n < 5 else 'train'}" for n in range(20)]
    (tmp_path / "split.csv").write_text("\n".join(["id,split", *splits]))
    page = tmp_path / "page.html"

    done = training(
        *("prepare", str(tmp_path / "befunde.csv"), "--out", str(tmp_path / "out"), "--json"),
        *("--findings-column", "Befund", "--impression-column", "Beurteilung"),
        *("--id-column", "Fall", "--patient-pattern", "f([0-9]+)"),
        *("--split-file", str(tmp_path / "split.csv"), "--html", str(page)),
        *("--max-output-length", "20", "--leave-out-too-long"),
    )

    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert summary["kept"] == {"train": 15, "validate": 0, "evaluation": 5}
    assert summary["patients"]["known"] == 20
    assert summary["tokens"]["max_output_length"] == 20
    assert "Data quality of befunde" in page.read_text(encoding="utf-8")
    assert "Befund 1" not in page.read_text(encoding="utf-8")


def test_wrong_options_end_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,findings,section_findings,impression\n1,a,b,c\n")

    for arguments, problem in (
        (["--patient-pattern", "("], "--patient-pattern (: is not a regular expression"),
        ([], "choose one with --findings-column"),
        (["--findings-column", "x"], "has no column 'x' (--findings-column)"),
    ):
        done = training(
            "prepare", str(tmp_path / "a.csv"), "--out", str(tmp_path / "out"), *arguments
        )
        assert (done.returncode, len(done.stderr.splitlines())) == (3, 1), done.stderr
        assert problem in done.stderr
