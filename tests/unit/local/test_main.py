"""The command line of `python -m local`, up to where it would start something."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from common.paths import ROOT
from local.__main__ import parser


@pytest.mark.parametrize("verb", ["up", "down", "status", "demo", "run"])
def test_every_verb_of_the_contract_has_help(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parser().parse_args([verb, "--help"])

    assert ended.value.code == 0
    assert f"python -m local {verb}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["run"], 2, "PATH"),
        (["fly"], 2, "invalid choice"),
        (["run", "x.json", "--lane", "sideways"], 2, "invalid choice"),
        (["run", "x.json", "--lane", "nightly"], 3, "run `python -m local up` first"),
        (["rerun"], 2, "KEY|PREFIX/"),
        (["file", "incoming/a"], 3, "run `python -m local up` first"),
        (["run", "x.json", "--models", "best"], 2, "the roles are fine-tuned"),
        (["run", "x.json", "--json", "no/such/folder/out.json"], 2, "does not exist"),
        (["run", "x.json"], 3, "run `python -m local up` first"),
        (["status"], 3, "not everything is up"),
    ],
)
def test_wrong_use_is_one_line_and_its_own_exit_status(
    tmp_path: Path, arguments: list[str], status: int, said: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "local", *arguments],
        cwd=ROOT,
        env={"IMPRESSIONS_STATE_DIR": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    assert done.returncode == status, done.stderr
    assert said in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
