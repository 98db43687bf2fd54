from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks import document
from benchmarks.figures import Figure
from benchmarks.surroundings import Commit

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
OLD, NEW = Commit("a" * 40, dirty=False), Commit("b" * 40, dirty=False)


def test_a_group_is_stored_with_its_runs_and_where_they_were_measured() -> None:
    found = document.added({}, "files", {"files_to_s3_puts": Figure.of(0.3, 0.1, 0.2)}, OLD, NOW)

    assert found["figures"] == {"files_to_s3_puts": 0.2}
    assert found["bars"]["files_to_s3_puts"] == {
        "value": 0.2,
        "bar": 0.25,
        "sense": "at least",
        "met": False,
    }
    assert found["measured"]["files_to_s3_puts"] == {
        "runs": [0.3, 0.1, 0.2],
        "median": 0.2,
        "spread": pytest.approx(1.0),
        "group": "files",
        "commit": OLD.sha,
        "dirty": False,
        "date": "2026-11-26T12:00:00+00:00",
    }
    assert (found["commit"], found["dirty"]) == (OLD.sha, False)
    assert found["machine"]["cpus"] >= 1
    assert {"python", "ministack", "boto3"} <= found["versions"].keys()


def test_a_group_that_runs_again_loses_its_earlier_figures_and_no_others() -> None:
    first = document.added({}, "files", {"a": Figure.of(1), "b": Figure.of(2)}, OLD, NOW)
    second = document.added(first, "calls", {"c": Figure.of(3)}, OLD, NOW)
    third = document.added(second, "files", {"a": Figure.of(4)}, NEW, NOW)

    assert third["figures"] == {"c": 3, "a": 4}
    assert third["measured"]["c"]["commit"] == OLD.sha
    assert third["measured"]["a"]["commit"] == NEW.sha


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    found = document.added({}, "files", {"a": Figure.of(1, 2)}, OLD, NOW)

    document.write(found, tmp_path / "build" / "bench.json")

    assert document.read(tmp_path / "build" / "bench.json") == found
    assert json.loads((tmp_path / "build" / "bench.json").read_text("utf-8")) == found


@pytest.mark.parametrize("text", ["", "{", "[]", '{"figures": {"a": 1.0}, "bars": {}}'])
def test_what_another_release_wrote_or_nobody_is_no_document(tmp_path: Path, text: str) -> None:
    (tmp_path / "bench.json").write_text(text, encoding="utf-8")

    assert document.read(tmp_path / "bench.json") == {}
    assert document.read(tmp_path / "missing.json") == {}


def test_the_table_marks_figures_that_are_older_than_the_commit() -> None:
    old = document.added({}, "files", {"a": Figure.of(1)}, OLD, NOW)
    found = document.added(old, "calls", {"b": Figure.of(2, 3)}, NEW, NOW)
    changed = document.added(
        found, "cold", {"unzipped_mb": Figure.of(76.5)}, Commit(NEW.sha, dirty=True), NOW
    )

    lines = {line.split()[1]: line for line in document.table(changed, NEW).splitlines()}

    assert lines["a"].endswith("measured on aaaaaaaaaa")
    assert "measured" not in lines["b"]
    assert "±20% of 2" in lines["b"]
    assert lines["unzipped_mb"].endswith("measured with changes")
    assert lines["unzipped_mb:"] == "bar unzipped_mb: 76.500, at most 70: NOT met"


def test_a_table_of_nothing_has_no_bars() -> None:
    assert "bar " not in document.table({}, NEW)
