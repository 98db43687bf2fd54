"""What Athena (Trino) answers, as its documentation says, and what is refused."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from analytics.engine.athena import Athena
from analytics.errors import QueryError, UntranslatableError

# Expression, its value on Athena, its type on Athena. Of those marked, sqlglot alone makes SQL that
# runs in DuckDB and says something else.
ANSWERS: list[tuple[str, Any, str]] = [
    ("7 / 2", 3, "integer"),  # marked: 3.5
    ("-7 / 2", -3, "integer"),  # marked
    ("7 / 2e0", 3.5, "double"),
    ("x / 2", 1, "integer"),  # marked: a column's type is known from its table
    ("cast(2.5e0 as integer)", 3, "integer"),  # marked: 2
    ("cast(-2.5e0 as bigint)", -3, "bigint"),  # marked: -2
    ("cast(2.5 as bigint)", 3, "bigint"),
    ("date_diff('day', timestamp '2026-01-01 23:00:00', timestamp '2026-01-02 01:00:00')", 0, ""),
    ("date_diff('month', date '2026-01-31', date '2026-02-27')", 0, "bigint"),  # marked: 1
    ("date_diff('day', date '2026-01-31', date '2026-02-28')", 28, "bigint"),
    ("slice(array[1, 2, 3, 4], 2, 2)", [2, 3], "array(integer)"),  # marked: [2]
    ("regexp_replace('abab', '(a)(b)', '$2$1')", "baba", "varchar"),  # marked
    ("regexp_extract('a12', '[0-9]+')", "12", "varchar"),
    ("regexp_like('abc', 'b')", True, "boolean"),
    ("greatest(1, null)", None, "integer"),
    ("least(null, 1)", None, "integer"),
    ("concat('a', null)", None, ""),
    ("'a' || null", None, ""),
    ("date_add('day', 30, date '2026-11-01')", date(2026, 12, 1), "date"),  # marked: a timestamp
    ("date '2026-11-01' + interval '1' day", date(2026, 11, 2), "date"),  # marked
    ("date_add('hour', 1, timestamp '2026-11-01 00:00:00')", datetime(2026, 11, 1, 1), ""),  # noqa: DTZ001  # Athena's has no zone
    ("date_trunc('month', date '2026-11-24')", date(2026, 11, 1), "date"),  # marked
    ("day_of_week(date '2026-11-22')", 7, "bigint"),  # marked: 0
    ("extract(dow from date '2026-11-22')", 7, "bigint"),  # marked: 0
    ("element_at(array[1, 2], 5)", None, "integer"),
    ("array[7, 8, 9][x]", 9, "integer"),  # marked: one too far
    ("array[7, 8, 9][x - 1]", 8, "integer"),  # marked
    ("array[7, 8, 9][1]", 7, "integer"),
    ("map(array['a'], array[1])['a']", 1, "integer"),
    ("width_bucket(0.5e0, 0, 1, 20)", 11, "bigint"),
    ("width_bucket(1e0, 0, 1, 20)", 21, "bigint"),
    ("is_nan(nan())", True, "boolean"),
    ("arrays_overlap(array[1], array[1, 2])", True, "boolean"),
    ("to_iso8601(timestamp '2026-11-24 10:05:00.000')", "2026-11-24T10:05:00.000", "varchar"),
    ("strpos('hello', 'l')", 3, "bigint"),
    ("substr('hello', 2, 3)", "ell", "varchar"),
    ("split_part('a,b', ',', 2)", "b", "varchar"),
    ("json_extract_scalar('{\"a\": 1}', '$.a')", "1", "varchar"),
    ("array_join(array['a', 'b'], '-')", "a-b", "varchar"),
    ("try_cast('x' as integer)", None, "integer"),
    ("round(2.5)", Decimal(3), ""),
    ("date_format(timestamp '2026-11-24 10:05:00', '%Y-%m-%d %H:%i')", "2026-11-24 10:05", ""),
    ("count(*) filter (where x > 5)", 0, "bigint"),
    ("sum(x)", 3, "bigint"),
    ("avg(x)", 3.0, "double"),
    ("count_if(x > 1)", 1, "bigint"),
    ("array_agg(x order by x)", [3], "array(integer)"),
    ("if(x > 1, 'many', 'one')", "many", "varchar"),
    ("url_decode('a%20b')", "a b", "varchar"),
    ("translate('abc', 'ab', 'xy')", "xyc", "varchar"),
    ("last_day_of_month(date '2026-11-24')", date(2026, 11, 30), "date"),
]


@pytest.mark.parametrize(("expression", "value", "kind"), ANSWERS)
def test_answers_are_athenas(athena: Athena, expression: str, value: Any, kind: str) -> None:
    result = athena.query(f"SELECT {expression} AS v FROM (VALUES 3) t(x)")

    assert result.rows == ((value,),)
    assert kind in {"", result.columns[0][1]}


@pytest.mark.parametrize(
    "expression",
    [
        "typeof(1)",
        "format('%.2f', 1.5e0)",
        "format_datetime(timestamp '2026-11-24 10:05:00', 'yyyy')",
        "numeric_histogram(2, x)",
        "map_agg(x, x)",
        "at_timezone(timestamp '2026-01-01 00:00:00 UTC', 'America/New_York')",
        "regexp_replace('a', 'b', cast(x as varchar))",
    ],
)
def test_what_cannot_be_said_in_duckdb_is_refused(athena: Athena, expression: str) -> None:
    with pytest.raises(UntranslatableError):
        athena.query(f"SELECT {expression} AS v FROM (VALUES 3) t(x)")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELECT x FROM files QUALIFY row_number() OVER () = 1", "SYNTAX_ERROR: line 1"),
        ("SELECT * EXCLUDE (run_id) FROM files", "EXCLUDE"),
        ("SELECT run_id FROM files LIMIT 5 OFFSET 2", "OFFSET must precede LIMIT"),
        ("SELECT run_id FROM (SELECT run_id FROM files LIMIT 5 OFFSET 2)", "OFFSET must precede"),
        (
            "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY chunks) FROM files",
            "SYNTAX_ERROR",
        ),
        ("SELECT 'half", "Unterminated"),
        ("SELECT 1; SELECT 2", "a query must be one statement: this has 2"),
        ("DROP TABLE files", "only queries can be run"),
        ("INSERT INTO files SELECT * FROM files", "only queries can be run"),
        ("SELECT run_id FROM nowhere", "table nowhere does not exist"),
        ("SELECT * FROM read_json('/etc/passwd')", "table functions"),
        ("SELECT ? AS v", "has 1 parameters"),
        ('SELECT "$path" FROM files', "exists only on Athena"),
    ],
)
def test_what_athena_refuses_is_refused_here(athena: Athena, query: str, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        athena.query(query)


def test_offset_before_limit_is_athenas_order(athena: Athena) -> None:
    result = athena.query("SELECT x FROM (VALUES 1, 2, 3) t(x) ORDER BY x OFFSET 1 LIMIT 1")

    assert result.rows == ((2,),)


def test_columns_without_a_name_are_named_as_athena_names_them(athena: Athena) -> None:
    result = athena.query("SELECT 1, x AS Named, count(*), x FROM (VALUES 3) t(x) GROUP BY x")

    assert result.names == ("_col0", "named", "_col2", "x")


def test_tables_may_be_named_with_catalog_and_database(athena: Athena) -> None:
    name = '"awsdatacatalog"."radiology_impressions"."v_files"'

    assert athena.query(f"SELECT run_id FROM {name}").rows == ()


def test_an_error_of_a_value_holds_no_value(athena: Athena) -> None:
    with pytest.raises(QueryError) as caught:
        athena.query("SELECT cast('Heart is normal' as integer) AS v")

    assert "Heart" not in str(caught.value)
    assert caught.value.__cause__ is None
