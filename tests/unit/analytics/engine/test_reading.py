"""The rows of a lake that is not as it should be: the same here as in Athena."""

from __future__ import annotations

import gzip
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from analytics import sql
from analytics.engine import reading
from analytics.engine.athena import Athena
from analytics.errors import QueryError
from analytics.lake import FolderLake
from tests.unit.analytics.conftest import DAY, LakeOnDisk, file, impression, score

NOW = date(2026, 11, 10)


def lined(*lines: str | dict[str, Any]) -> bytes:
    texts = (one if isinstance(one, str) else json.dumps(one) for one in lines)
    return gzip.compress("".join(f"{text}\n" for text in texts).encode())


def put(lake: LakeOnDisk, table: str, *lines: str | dict[str, Any]) -> Path:
    path = lake.put(table)
    path.write_bytes(lined(*lines))
    return path


@pytest.mark.parametrize(
    ("day", "seen"),
    [
        ("2025-12-31", 0),
        ("2026-01-01", 1),
        ("2026-11-11", 1),
        ("2026-11-12", 0),
        ("2026-02-30", 0),
    ],
)
def test_only_projected_days_are_visible(
    lake: LakeOnDisk, warnings: list[str], day: str, seen: int
) -> None:
    lake.put("files", file(), day=day)

    with Athena(FolderLake(lake.folder), warnings.append, now=NOW) as athena:
        assert athena.query("SELECT count(*) FROM files").rows == ((seen,),)

    assert [("1 objects of files are invisible" in one) for one in warnings] == [True] * (1 - seen)


def test_without_a_day_now_is_today_in_utc(lake: LakeOnDisk) -> None:
    lake.put("files", file(), day=str(reading.last_day(reading.today())))

    with Athena(FolderLake(lake.folder)) as athena:
        assert athena.query("SELECT count(*) FROM files").rows == ((1,),)


def test_keys_are_read_in_any_case(lake: LakeOnDisk, athena: Athena) -> None:
    shouted = {name.upper(): value for name, value in file(run_id="o2").items()}
    put(lake, "files", shouted, {**file(run_id="o3"), "Status": "partial"})
    lake.put("files", file())

    found = athena.query("SELECT run_id, status, records_total FROM files ORDER BY run_id").rows

    assert found == (("o1", "complete", 1), ("o2", "complete", 1), ("o3", "partial", 1))


def test_a_line_that_is_not_json_is_a_row_of_nulls(
    lake: LakeOnDisk, athena: Athena, warnings: list[str]
) -> None:
    put(lake, "rouge_scores", score(), "no json", score(record_index=1), '{"run_id": "o1", "rep')
    unread = sql.queries()["unread_lines"].sql

    assert athena.query("SELECT run_id FROM rouge_scores ORDER BY 1").rows == (
        ("o1",),
        ("o1",),
        (None,),
        (None,),
    )
    assert athena.query(unread).rows == (("rouge_scores", date.fromisoformat(DAY), 2),)
    assert athena.rows_of("v_rouge") == 2
    assert athena.damaged == []
    assert len(warnings) == 1
    assert "are read value by value" in warnings[0]


def test_counts_and_averages_agree(lake: LakeOnDisk, athena: Athena) -> None:
    put(lake, "rouge_scores", score(fmeasure=0.5), "no json", "[1, 2]", score(fmeasure=1.0))

    (row,) = athena.query(
        "SELECT count(*) AS n, count(fmeasure) AS f, avg(fmeasure) AS a FROM rouge_scores"
    ).dicts()

    assert athena.query("SELECT count(*) AS n FROM rouge_scores").rows == ((row["n"],),)
    assert row == {"n": 4, "f": 2, "a": 0.75}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("latency_ms", "slow"),
        ("record_index", "1.5"),
        ("record_index", 10**12),
        ("output_truncated", "maybe"),
        ("generated_at", "yesterday"),
        ("flags", "one"),
    ],
)
def test_a_value_of_another_type_stops_who_reads_it(
    lake: LakeOnDisk, athena: Athena, column: str, value: Any
) -> None:
    put(lake, "impressions", impression() | {column: value}, "no json")

    assert athena.query("SELECT report_id FROM impressions ORDER BY 1").rows == (("r1",), (None,))
    with pytest.raises(QueryError, match=f"HIVE_BAD_DATA: a value of impressions.{column}") as bad:
        athena.query(f"SELECT {column} FROM impressions")
    assert str(value) not in str(bad.value)


def test_what_the_serde_converts_is_converted(lake: LakeOnDisk, athena: Athena) -> None:
    odd = {"latency_ms": "1.5", "record_index": "7", "output_truncated": "TRUE", "report_id": 5}
    put(lake, "impressions", impression() | odd | {"metadata": {"a": 1}}, "no json")

    found = athena.query(
        "SELECT latency_ms, record_index, output_truncated, report_id, metadata, flags, "
        "generated_at FROM impressions WHERE run_id IS NOT NULL"
    ).rows

    assert [*found[0][:5]] == [1.5, 7, True, "5", '{"a":1}']
    assert found[0][5] == []
    assert str(found[0][6]) == f"{DAY} 10:00:00.123000"
