"""The nightly MERGE, executed on lakes that change from night to night.

The engine runs no MERGE. Its source, a query, goes through the engine, on objects on disk; what is
done with the source's rows is DuckDB's MERGE, translated by sqlglot.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlglot

from analytics import sql
from analytics.building import curated
from analytics.building.names import HIVE as _HIVE
from analytics.engine import reading
from analytics.engine.athena import Athena
from analytics.engine.kinds import kind
from analytics.lake import FolderLake
from analytics.schema import DUCKDB, TRINO
from analytics.tables import ROUGE_SCORES, TABLES
from tests.unit.analytics.conftest import LakeOnDisk, file, score
from tests.unit.analytics.oracle.lakes import Lake, Row
from tests.unit.analytics.oracle.rows import standing, values

MERGE = sql.maintenance()["merge_rouge_scores"].sql
COLUMNS = {name: one for name, one in ROUGE_SCORES.kinds.items() if name != "schema_version"}
NAMES = tuple(COLUMNS)
Rows = list[tuple[Any, ...]]


def day(ago: int) -> str:
    return (reading.today() - timedelta(days=ago)).isoformat()


def at(ago: int) -> str:
    return f"{day(ago)} 00:00:00.000"


class Nights:
    """The curated table; `merge` is one night."""

    def __init__(self, folder: Path, statement: str = MERGE) -> None:
        self.folder, self.rows, self.number = folder, Rows(), 0
        found = re.fullmatch(r"(.*USING \()(.*)(\n\) u\nON .*)", statement, re.DOTALL)
        assert found
        self.source = found[2]
        rest = f"{found[1]}SELECT * FROM source{found[3]}"
        (self.statement,) = sqlglot.transpile(rest, read="trino", write="duckdb")

    def merge(self, lake: Lake) -> int:
        """Merge the lake as it is now; the number of rows that were written or deleted."""
        self.number += 1
        disk = LakeOnDisk(self.folder / str(self.number))
        disk.folder.mkdir(parents=True)
        lake.write(disk, random.Random(self.number))
        with Athena(FolderLake(disk.folder)) as athena:
            database = athena._duckdb
            # As in Iceberg, the columns of the key are required.
            listed = ", ".join(
                f"{name} {DUCKDB[one]}{' NOT NULL' if name in ROUGE_SCORES.key else ''}"
                for name, one in COLUMNS.items()
            )
            database.execute(f"CREATE TABLE {curated.TABLE} ({listed})")
            marks = ", ".join("?" * len(NAMES))
            for row in self.rows:
                database.execute(f"INSERT INTO {curated.TABLE} VALUES ({marks})", row)
            athena._schema[curated.TABLE] = {
                name: kind(TRINO[one]) for name, one in COLUMNS.items()
            }
            result = athena.query(self.source)
            types = ", ".join(f'"{n}" {DUCKDB[_HIVE[one]]}' for n, one in result.columns)
            database.execute(f"CREATE TABLE source ({types})")
            for row in result.rows:
                database.execute(f"INSERT INTO source VALUES ({marks}, ?)", row)
            # Athena stops if a row of the target has two in the source.
            keys = database.execute(
                f"SELECT count(*) FROM source GROUP BY {', '.join(ROUGE_SCORES.key)}"
            ).fetchall()
            assert {number for (number,) in keys} <= {1}
            [(written,)] = database.execute(self.statement).fetchall()
            self.rows = database.execute(
                f"SELECT {', '.join(NAMES)} FROM {curated.TABLE}"
            ).fetchall()
        return int(written)

    def runs(self) -> list[tuple[str, float]]:
        """Upload and F1 of each row."""
        return sorted(
            (row[NAMES.index("run_id")], row[NAMES.index("fmeasure")]) for row in self.rows
        )


def scored(lake: Lake, run: str, ago: int, *fmeasures: float, **given: Any) -> None:
    """The scores of one upload that landed so many days ago, a record each."""
    for index, fmeasure in enumerate(fmeasures):
        row = score(run_id=run, record_index=index, fmeasure=fmeasure, scored_at=at(ago))
        lake.add("rouge_scores", day(ago), row | given)


def done(
    lake: Lake, run: str, landed: int, finished: int, key: str | None = None, second: int = 0
) -> None:
    row = file(
        run_id=run,
        source_key=key or run,
        landed_at=at(landed),
        finished_at=f"{day(finished)} 00:00:{second:02}.000",
    )
    lake.add("files", day(landed), row)


def forget(lake: Lake, run: str) -> None:
    """What a re-run overwrites."""
    for table in ("files", "rouge_scores"):
        rows = lake.rows.get(table, [])
        lake.rows[table] = [row for row in rows if row["run_id"] != run]


@pytest.fixture
def nights(tmp_path: Path) -> Nights:
    return Nights(tmp_path)


def test_what_was_scored_late_is_merged(nights: Nights) -> None:
    lake = Lake()
    scored(lake, "on-time", 1, 0.1)
    done(lake, "on-time", 1, 1)
    scored(lake, "unfinished", 0, 0.2)
    scored(lake, "redriven", 30, 0.3)
    done(lake, "redriven", 30, 0)
    scored(lake, "missed-nights", 20, 0.4)
    done(lake, "missed-nights", 20, 7)
    scored(lake, "long-ago", 60, 0.5)  # merged in its time
    done(lake, "long-ago", 60, 60)

    nights.merge(lake)

    wanted = [("missed-nights", 0.4), ("on-time", 0.1), ("redriven", 0.3), ("unfinished", 0.2)]
    assert nights.runs() == wanted


def test_what_has_not_changed_is_not_written_again(nights: Nights) -> None:
    lake = Lake()
    scored(lake, "one", 1, 0.1, 0.2)
    scored(lake, "one", 1, 0.1, 0.2)  # a replay
    done(lake, "one", 1, 1)

    assert [nights.merge(lake) for _ in range(3)] == [2, 0, 0]
    assert nights.runs() == [("one", 0.1), ("one", 0.2)]


def test_a_change_of_any_value_is_written(nights: Nights) -> None:
    changes = {
        "model_id": "other",
        "model_version": "2",
        "stratum": "abnormal",
        "rouge_precision": 0.25,
        "rouge_recall": 0.25,
        "fmeasure": 0.25,
        "scorer": "other",
        "scored_at": at(0),
    }
    lake = Lake()
    scored(lake, "one", 1, *[0.5] * len(changes))
    nights.merge(lake)

    for row, (name, value) in zip(lake.rows["rouge_scores"], changes.items(), strict=True):
        row[name] = value
    written = nights.merge(lake)

    assert written == len(changes)
    assert set(map(_stored, _dicts(nights))) == set(map(_stored, lake.rows["rouge_scores"]))


def test_a_late_rerun_changes_its_scores_and_takes_back_what_it_no_longer_has(
    nights: Nights,
) -> None:
    lake = Lake()
    scored(lake, "old", 40, 0.1, 0.2, 0.3)
    scored(lake, "old", 40, 0.4, metric="rouge2")
    done(lake, "old", 40, 0)
    scored(lake, "other", 40, 0.9)  # of the same day; its objects have expired meanwhile
    done(lake, "other", 40, 0)
    nights.merge(lake)

    forget(lake, "old")
    forget(lake, "other")
    scored(lake, "old", 40, 0.5, 0.2, model_version="2")
    done(lake, "old", 40, 0)
    written = nights.merge(lake)

    assert nights.runs() == [("old", 0.2), ("old", 0.5), ("other", 0.9)]
    assert {row[NAMES.index("model_version")] for row in nights.rows} == {"1", "2"}
    assert written == 4


def test_scores_of_a_replaced_upload_are_taken_back(nights: Nights) -> None:
    lake = Lake()
    scored(lake, "first", 60, 0.1)
    done(lake, "first", 60, 0, key="one")
    nights.merge(lake)
    lake.rows["files"][0]["finished_at"] = at(60)  # long ago

    scored(lake, "second", 0, 0.2)
    nights.merge(lake)
    both = nights.runs()
    done(lake, "second", 0, 0, key="one")

    assert both == [("first", 0.1), ("second", 0.2)]
    assert [nights.merge(lake), nights.merge(lake)] == [1, 0]
    assert nights.runs() == [("second", 0.2)]


def test_a_row_without_a_key_does_not_stop_the_merge(nights: Nights) -> None:
    lake = Lake()
    scored(lake, "one", 1, 0.1)
    for name in ("record_index", "report_id", "model_role", "metric", "run_id"):
        scored(lake, "bad", 1, 0.5, **{name: None})
    lake.unread.append(("rouge_scores", day(1)))

    nights.merge(lake)

    assert nights.runs() == [("one", 0.1)]


@pytest.mark.parametrize("seed", [1, 2])
def test_after_any_night_the_curated_table_is_the_view(nights: Nights, seed: int) -> None:
    lake, draw = Lake(), random.Random(seed)

    for night in range(5):
        for change in range(3):
            _change(lake, draw, 3 * night + change)
        nights.merge(lake)

        wanted = Counter(_stored(row) for row in standing(lake, "rouge_scores"))
        assert Counter(map(_stored, _dicts(nights))) == wanted
    assert len(nights.rows) > 5


def _dicts(nights: Nights) -> list[Row]:
    return [dict(zip(NAMES, row, strict=True)) for row in nights.rows]


def _stored(row: Row) -> tuple[str, ...]:
    return tuple(str(value).removesuffix(".000") for value in values(row, NAMES))


def _change(lake: Lake, draw: random.Random, number: int) -> None:
    """An upload, of a new key or of one that is there, or a re-run; finished now or not at all."""
    known = sorted({(row["run_id"], row["dt"], row["source_key"]) for row in _rows(lake, "files")})
    what = draw.choice(("new", "new", "new", "again", "re-run")) if known else "new"
    fmeasures = [draw.random() for _ in range(draw.randint(0, 4))]
    ago, key, run = draw.choice((0, 2, 5, 50)), f"key-{number}", f"run-{number}"
    if what != "new":
        of, there, key = draw.choice(known)
        landed = (reading.today() - date.fromisoformat(there)).days
        ago = landed if what == "re-run" else draw.randint(0, landed)
        if what == "re-run":
            run = of
            forget(lake, run)
    scored(lake, run, ago, *fmeasures, model_version=str(number))
    if what != "new" or draw.random() < 0.8:
        done(lake, run, ago, 0, key, second=number)
    elif ago > 3:  # not finished, and too old to be seen: there is none
        forget(lake, run)


def _rows(lake: Lake, table: str) -> list[Row]:
    return lake.rows.get(table, [])


def test_the_merge_fills_every_curated_column() -> None:
    found = re.search(r"INSERT \((.*?)\)", MERGE, re.DOTALL)
    assert found
    inserted = re.split(r",\s*", found[1])

    properties = curated.resources()["CuratedScores"]["Properties"]
    iceberg = properties["OpenTableFormatInput"]["IcebergInput"]["IcebergTableInput"]
    assert set(inserted) == {one["Name"] for one in iceberg["Schema"]["Fields"]} == set(NAMES)
    assert curated.TABLE not in TABLES
