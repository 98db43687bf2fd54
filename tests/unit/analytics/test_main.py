"""`python -m analytics …` as it is typed; the environment is the tests' own."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Protocol

import pytest

from analytics import __main__ as command
from analytics import building
from common import environments

from .conftest import LakeOnDisk


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Runner:
    monkeypatch.setattr(environments, "reexec", lambda *_: None)

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["analytics", *arguments])
        status = command.main()
        said = capsys.readouterr()
        return status, said.out, said.err

    return call


class Runner(Protocol):
    def __call__(self, *arguments: str) -> tuple[int, str, str]: ...


def test_sql_prints_a_table_csv_or_json(run: Runner, lake: LakeOnDisk) -> None:
    lake.drafts(3)
    place = ("--lake", str(lake.folder))

    _, table, _ = run("sql", "SELECT dataset, rouge1 FROM v_rouge_mean", *place)
    _, csv, _ = run("sql", "SELECT dataset FROM v_rouge_mean", "--csv", *place)
    status, text, err = run("sql", "SELECT rouge1 FROM v_rouge_mean", "--json", *place)

    assert table.splitlines()[-1] == "(1 row)"
    assert csv == '"dataset"\n"dev1"\n'
    assert json.loads(text) == [{"rouge1": 0.5}]
    assert (status, err) == (0, "")


def test_report_takes_a_restriction_and_names_what_is_wrong_with_one(
    run: Runner, lake: LakeOnDisk, tmp_path: Path
) -> None:
    lake.drafts(3)
    lake.drafts(2, dataset="dev2", run_id="o2", model_version="7")
    given = ("report", "--lake", str(lake.folder), "--out", str(tmp_path / "page.html"))

    status, out, _ = run(
        *given, "--since", "2026-11-01", "--dataset", "dev1", "--dataset", "dev2",
        "--model-version", "1",
    )  # fmt: skip
    day, _, said_of_day = run(*given, "--since", "1.11.2026")
    dataset, _, said_of_dataset = run(*given, "--dataset", "dev3")
    version, _, said_of_version = run(*given, "--model-version", "8")

    assert (status, out) == (0, f"{tmp_path / 'page.html'}\n")
    assert "Only datasets dev1, dev2." in (tmp_path / "page.html").read_text(encoding="utf-8")
    assert (day, dataset, version) == (2, 2, 2)
    assert "--since 1.11.2026: must be a day like 2026-11-02 (YYYY-MM-DD)" in said_of_day
    assert "--dataset dev3: the lake has no such dataset; it has: dev1, dev2" in said_of_dataset
    assert "--model-version 8: the lake has no such model version; it has: 1, 7" in said_of_version


def test_a_named_query_takes_its_parameters(run: Runner, lake: LakeOnDisk) -> None:
    lake.drafts(3)
    place = ("--lake", str(lake.folder))

    given = [word for value in ("3.6", "24", "1") for word in ("--parameter", value)]
    status, text, _ = run("sql", "--query", "cost_per_thousand", *given, "--json", *place)
    refused, _, said = run("sql", "--query", "cost_per_thousand", *place)
    unknown, _, listed = run("sql", "--query", "nope", *place)

    assert status == 0
    assert json.loads(text)[0]["cost_per_thousand"] == pytest.approx(0.01)
    assert (refused, unknown) == (2, 2)
    assert "price per instance hour" in said
    assert "worst_cases" in listed


def test_errors_are_one_line(run: Runner, lake: LakeOnDisk, tmp_path: Path) -> None:
    for arguments in (
        ("sql", "SELECT x FROM nope", "--lake", str(lake.folder)),
        ("sql", "SELECT 1", "--lake", str(tmp_path / "gone")),
        ("sql", "SELECT 1", "--lake", "s3://Not_A_Bucket"),
        ("report", "--lake", str(tmp_path / "gone")),
    ):
        status, out, err = run(*arguments)
        assert (status, out) == (3, "")
        assert err.startswith("error: ")
        assert err.count("\n") == 1


def test_the_views_are_listed_with_their_questions(run: Runner) -> None:
    status, out, _ = run("sql", "--list")

    assert status == 0
    assert "v_rouge_describe" in out
    assert "cost_per_thousand" in out


def test_report_writes_and_says_where(run: Runner, lake: LakeOnDisk, tmp_path: Path) -> None:
    out = tmp_path / "page.html"

    status, said, _ = run("report", "--lake", str(lake.folder), "--out", str(out))
    refused, _, _ = run("report", "--lake", str(lake.folder), "--cases", "-1")

    assert (status, said, refused) == (0, f"{out}\n", 2)
    assert out.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_build_says_what_it_wrote(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "write", lambda: ["docs/tables.md"])

    assert run("build") == (0, "docs/tables.md\n", "")


def test_no_local_stack_says_what_to_do(
    run: Runner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("IMPRESSIONS_STATE_DIR", str(tmp_path))

    status, _, err = run("sql", "SELECT 1")

    assert status == 3
    assert "python -m local up" in err
