"""The README's commands run as written, in a copy of the project with nothing made before."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from common.paths import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
LONGEST_DEMO_S = 180


def fenced(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def shape(text: str) -> list[str]:
    """Lines without what may differ: figures, their width, and drafts (by processor type)."""
    text = re.sub(r"^ +(?!incoming/).*$", "", text, flags=re.MULTILINE)
    plain = re.sub(r"[0-9]+(\.[0-9]+)?", "N", text)
    lines = [re.sub(r"\s+", " ", line).strip() for line in plain.splitlines()]
    return [line for line in lines if line and not set(line) <= set("- ")]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that git has or would take, in a new folder."""
    target = tmp_path_factory.mktemp("clone")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    return target


def sh(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    # As in a shell of its own: under `make test` a make below it would say where it is.
    ours = {"PYTHONPATH", "MAKEFLAGS", "MAKELEVEL", "MFLAGS"}
    environment = {name: value for name, value in os.environ.items() if name not in ours}
    return subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


def test_the_two_commands_are_the_ones_that_ci_runs() -> None:
    commands = [block.strip() for block in fenced("sh")]

    assert commands[:2] == ["make demo", "make test"]
    assert "\nmake test\n" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_make_demo_prints_what_the_readme_shows(clone: Path) -> None:
    began = time.monotonic()

    done = sh(fenced("sh")[0], clone)

    assert done.returncode == 0, done.stderr[-2000:]
    assert time.monotonic() - began < LONGEST_DEMO_S
    assert shape(done.stdout) == shape(fenced("text")[0])
    assert not (clone / "build" / "demo").exists()
    page = (clone / "build" / "report.html").read_text(encoding="utf-8")
    figures = re.findall(
        r"^(evaluation|hospital) +(\S+) +(\d+) +([0-9.]+)", done.stdout, re.MULTILINE
    )
    assert len(figures) == 5
    for dataset, model, reports, rouge1 in figures:
        # The page names the version too, and has the digits that its interval supports.
        row = rf'{dataset}</th><td>{model}[^<]*</td><td>all</td><td class="n">{reports}</td>'
        shown = re.search(rf'{row}<td class="n">(0\.(\d+)) <small>\[', page)
        assert shown
        assert abs(float(shown[1]) - float(rouge1)) < 0.51 * 10 ** -len(shown[2])


def test_up_run_down_and_analyse_work_as_written(clone: Path) -> None:
    block = next(block for block in fenced("sh") if "local up" in block)
    up, run, down = block.strip().splitlines()
    analyse = next(block for block in fenced("sh") if "local sql" in block)
    describe, worst, report = analyse.strip().splitlines()
    night = next(block for block in fenced("sh") if "--lane nightly" in block)

    try:
        started = sh(up, clone)
        ran = sh(run, clone)
        health = sh("python3 -m local status", clone)
        at_night, one_file, again = (sh(one, clone) for one in night.strip().splitlines())
        described, listed, page = (sh(one, clone) for one in (describe, worst, report))
    finally:
        stopped = sh(down, clone)

    assert started.returncode == 0, started.stderr[-2000:]
    assert "landing bucket" in started.stdout
    assert ran.returncode == 1, ran.stderr[-2000:]  # the examples hold bad records
    assert "84 records in: 78 impressions, 6 failed" in ran.stdout
    assert (clone / "out.json").is_file()
    assert at_night.returncode == 1, at_night.stderr[-2000:]
    assert "84 records in: 78 impressions, 6 failed" in at_night.stdout
    assert '"state": "partial"' in one_file.stdout
    assert '"rerun": 9' in again.stdout
    assert "(4 rows)" in described.stdout, described.stderr[-2000:]
    assert listed.returncode == 0, listed.stderr[-2000:]
    assert "generated_impression" in listed.stdout
    assert page.stdout == "report.html\n", page.stderr[-2000:]
    assert (clone / "report.html").read_text(encoding="utf-8").count("<svg ") == 1
    assert health.returncode == 0, health.stdout
    assert stopped.returncode == 0, stopped.stderr
    assert sh("python3 -m local run examples", clone).returncode == 3


def test_every_make_target_is_listed_and_documented() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", text, re.MULTILINE))

    listed = sh("make help", ROOT).stdout

    assert {"demo", "test", "lint", "bench", "package", "deploy", "help"} <= targets
    assert {line.split()[0] for line in listed.splitlines()} == targets


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))

    broken = [
        link
        for link in links
        if not link.startswith("https://") and not (page.parent / link).exists()
    ]

    assert broken == []
