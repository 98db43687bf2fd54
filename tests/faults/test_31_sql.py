"""SQL that fails, and lakes that are damaged.

Injected: Queries that fail on values, on types and on damaged objects, of every kind that the
engine knows; results that do not fit into memory.
Asserted: No error, warning or file says what a row holds. The result of a query is for whoever may
run it; what is said beside it ends up in terminals, shell logs and CI.
"""

from __future__ import annotations

import gzip
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest

from analytics import __main__ as command
from analytics.engine.athena import Athena
from analytics.lake import FolderLake
from common import environments
from tests.account.account import Account
from tests.account.leaks import key, record, search
from tests.account.texts import json_lines

COLUMNS = (
    "findings",
    "reference_impression",
    "generated_impression",
    "report_id",
    "metadata",
    "source_key",
)
# Queries that read a column as what it is not, or fail in another way.
WRONG = (
    "SELECT CAST({} AS integer) FROM impressions",
    "SELECT CAST({} AS double) FROM impressions",
    "SELECT CAST({} AS date) FROM impressions",
    "SELECT CAST({} AS timestamp) FROM impressions",
    "SELECT CAST({} AS boolean) FROM impressions",
    "SELECT CAST({} AS array(integer)) FROM impressions",
    "SELECT date_parse({}, '%Y-%m-%d') FROM impressions",
    "SELECT from_iso8601_timestamp({}) FROM impressions",
    "SELECT json_parse({}) FROM impressions",
    "SELECT json_extract_scalar({}, '$.a.b') FROM impressions",
    "SELECT json_extract('{{}}', {}) FROM impressions",
    "SELECT regexp_extract('a', concat('(', {})) FROM impressions",
    "SELECT regexp_like('a', concat('[', {})) FROM impressions",
    "SELECT from_hex({}) FROM impressions",
    "SELECT from_base64({}) FROM impressions",
    "SELECT {} + 1 FROM impressions",
    "SELECT sum({}) FROM impressions",
    "SELECT avg(CAST({} AS double)) FROM impressions",
    "SELECT year({}) FROM impressions",
    "SELECT date_diff('day', {}, current_date) FROM impressions",
    "SELECT {}.a FROM impressions",
    "SELECT {}[1] FROM impressions",
    "SELECT no_such_function({}) FROM impressions",
    "SELECT no_such_column, {} FROM impressions",
    "SELECT * FROM impressions WHERE {} = DATE '2026-11-02'",
    "SELECT * FROM impressions WHERE {} > 5",
    "SELECT * FROM impressions GROUP BY {}",
    "SELECT 1 / (length({}) - length({})) FROM impressions",
    "SELECT (SELECT {} FROM rouge_scores) FROM impressions",
)


class Said(NamedTuple):
    """What a command line printed beside its result, and its exit status."""

    status: int
    out: str
    err: str


@pytest.fixture
def lake(account: Account, tmp_path: Path) -> Path:
    """The lake of a file with a word in each place, as the functions write it."""
    account.model.write = lambda prompt: f"Draft: {prompt[-90:]}"
    account.finish(key("evaluation"), json_lines(record(), record(findings=None)))
    for name in account.list_keys():
        if name.startswith("lake/"):
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(account.read(name))
    return tmp_path / "lake"


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Working folder, home and place of temporary files of the command lines."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def sql(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str
) -> Said:
    """Run `python -m analytics sql` as it is typed; the environment is the tests' own."""
    monkeypatch.setattr(environments, "reexec", lambda *_: None)
    monkeypatch.setattr(sys, "argv", ["analytics", "sql", *arguments])
    status = command.main()
    return Said(status, *capsys.readouterr())


def test_31_sql_that_fails_says_nothing_of_a_row(
    lake: Path,
    scratch: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    failed = 0
    for column in COLUMNS:
        for query in WRONG:
            text = query.format(*[column] * query.count("{}"))

            said = sql(monkeypatch, capsys, text, "--lake", str(lake))

            assert search({text: said.err}) == []
            assert said.status == 0 or (said.err.startswith("error: ") and not said.out), text
            failed += said.status != 0
    assert failed >= len(COLUMNS) * len(WRONG) // 2, failed
    assert list(scratch.rglob("*")) == []


@pytest.mark.parametrize("damage", ["cut", "no gzip", "no JSON", "other types"])
def test_31_a_damaged_lake_says_nothing_of_a_row(
    lake: Path,
    scratch: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    damage: str,
) -> None:
    for path in lake.glob("impressions/*/*"):
        whole = gzip.decompress(path.read_bytes())
        path.write_bytes(
            {
                "cut": gzip.compress(whole)[:-20],
                "no gzip": whole,
                "no JSON": gzip.compress(whole[: len(whole) // 2]),
                "other types": gzip.compress(
                    whole.replace(b'"latency_ms":', b'"latency_ms":"x","a":')
                ),
            }[damage]
        )

    said = sql(monkeypatch, capsys, "SELECT * FROM impressions", "--csv", "--lake", str(lake))

    assert {"no JSON": "are read value by value", "other types": "HIVE_BAD_DATA"}.get(
        damage, "is damaged"
    ) in said.err
    assert search({"stderr": said.err}) == []
    assert list(scratch.rglob("*")) == []


def test_31_what_does_not_fit_into_memory_is_spilled_where_only_the_user_reads(
    lake: Path, scratch: Path
) -> None:
    with Athena(FolderLake(lake)) as athena:
        ((spilled,),) = athena._duckdb.execute(
            "SELECT current_setting('temp_directory')"
        ).fetchall()
        folder = Path(spilled)
        assert folder.parent == scratch
        assert folder.stat().st_mode & 0o077 == 0
        (folder / "left-by-duckdb.tmp").write_bytes(b"a row")

    assert list(scratch.rglob("*")) == []


def test_31_the_search_finds_what_duckdb_would_say(lake: Path) -> None:
    """The errors that the command line replaces do hold what rows hold."""
    with Athena(FolderLake(lake)) as athena:
        athena._define("impressions")
        with pytest.raises(duckdb.ConversionException) as caught:
            athena._duckdb.execute("SELECT CAST(findings AS integer) FROM impressions").fetchall()

    assert {leak.place for leak in search({"error": str(caught.value)})} == {"findings"}
